from accounts.sign_in.emails.codes import address_code, from_allauth, mailbox_code, sign_up_code
from accounts.sign_in.emails.security import Change, ChangeOrigin, heading_of, security_notice

__all__ = [
    "Change",
    "ChangeOrigin",
    "address_code",
    "from_allauth",
    "heading_of",
    "mailbox_code",
    "security_notice",
    "sign_up_code",
]
