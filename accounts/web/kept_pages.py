"""What a browser still holds of a person's pages, for those who come to it afterwards.

Pages of a session are `no-store`, but some browsers keep what Back shows in memory all the same.
Whoever signs out or sets a new password leaves none of it behind. Cookies stay: the known browser
is a way in (SPEC 5). So does the storage, where only the choice of light or dark is kept.
"""

from __future__ import annotations

from typing import Final

from django.http.response import HttpResponseBase

_HEADER: Final = "Clear-Site-Data"


def clear(response: HttpResponseBase) -> None:
    """Let the browser drop every page it holds of the portal."""
    response[_HEADER] = '"cache"'
