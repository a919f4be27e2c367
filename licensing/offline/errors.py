"""Errors of request files, each with a stable code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class RequestFileInvalid(DomainError):
    code = "request_file_invalid"
    message = _("That isn't a request file from the console. Save it there again and upload it.")
