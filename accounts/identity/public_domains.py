"""Domains where anybody can have a mailbox: sharing one says nothing about sharing a company."""

from typing import Final

from django.db.models import Q

# Providers with a domain in many countries: whatever follows the name.
_FAMILIES: Final = frozenset(
    (
        "aol",
        "gmx",
        "googlemail",
        "hotmail",
        "live",
        "msn",
        "outlook",
        "protonmail",
        "yahoo",
        "yandex",
    )
)
_NAMES: Final = """
126.com 139.com 163.com 189.cn aim.com alice.it aliyun.com arcor.de att.net bellsouth.net
bigpond.com bluewin.ch blueyonder.co.uk bol.com.br btinternet.com charter.net comcast.net cox.net
daum.net duck.com earthlink.net email.com fastmail.com fastmail.fm foxmail.com free.fr freenet.de
gmail.com hanmail.net hey.com hushmail.com icloud.com inbox.com inbox.ru interia.pl juno.com
laposte.net libero.it list.ru mac.com mail.com mail.de mail.ee mail.ru mailbox.org mailfence.com
me.com naver.com netscape.net ntlworld.com o2.pl onet.pl online.de optonline.net orange.fr pm.me
posteo.de proton.me qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt
sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com sohu.com startmail.com sympatico.ca
t-online.de talktalk.net telenet.be telus.net terra.com.br tiscali.it tuta.com tuta.io
tutanota.com ukr.net uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de
windowslive.com wp.pl xtra.co.nz yeah.net ymail.com ziggo.nl zoho.com
"""
_DOMAINS: Final = frozenset(_NAMES.split())


def is_public(domain: str) -> bool:
    """True when people of any company may have an address at `domain` (SPEC 2.2)."""
    return domain in _DOMAINS or domain.partition(".")[0] in _FAMILIES


def public(column: str) -> Q:
    """The same as a condition on a column of domains."""
    found = Q((f"{column}__in", sorted(_DOMAINS)))
    for family in sorted(_FAMILIES):
        found |= Q((f"{column}__startswith", f"{family}."))
    return found
