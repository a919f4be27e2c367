"""What waits for a person in a business account: the overview shows it, the digest mails it.

Read from the database, in few queries whatever the account holds; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attention:
    """Something that waits for a person, and the button that deals with it.

    Advice is worth saying beside the rest, but no reason to write a mail.
    """

    kind: str
    text: str
    button: str
    url: str
    is_advice: bool = False
