"""Errors of purchases, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class PurchasesRefused(DomainError):
    """Purchases that can't be taken; `problems` say which lines, and why."""

    code = "purchases_refused"

    def __init__(self, problems: Sequence[CsvProblem], *, code: str = code) -> None:
        self.problems, self.code = problems, code
        super().__init__("; ".join(map(str, problems[:3])))


class ImportNotReady(DomainError):
    code = "import_not_ready"
    message = _("This import is running or has ended. See its page for the result.")


class ImportRunning(DomainError):
    code = "purchases_coming"
    message = _("Purchases are being recorded right now. Try again in a minute.")


class CsvProblem(NamedTuple):
    """Why a file is refused: the line (the header is 1) and the column, as far as known."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("line %(line)d") % {"line": self.line}
        if self.column:
            where = _("%(where)s, column %(column)s") % {"where": where, "column": self.column}
        return f"{where}: {self.message}"
