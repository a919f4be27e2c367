"""Taking a request file: uploaded, or pasted where files can't be carried over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from licensing.offline.errors import RequestFileInvalid
from licensing.offline.rules import request_files
from licensing.offline.rules.request_files import RequestFile


class _OneFile(forms.FileField):
    """Stays empty when the text is pasted; neither of the two is optional by itself."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return super().clean(data, initial) if data else None


class _OneText(forms.CharField):
    def clean(self, value: Any) -> str:
        return super().clean(value) if value else ""


class OfflineForm(forms.Form):
    file = _OneFile(
        label=_("Request file"),
        allow_empty_file=True,
        help_text=_("The console saved it, for example as farm.rasreq."),
        widget=forms.FileInput(attrs={"accept": ".rasreq,application/json"}),
        error_messages={"invalid": _("Your browser didn't send the file. Choose it again.")},
    )
    text = _OneText(
        label=_("Text of the request file"),
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "autocapitalize": "none",
                "spellcheck": "false",
                "autocomplete": "off",
            }
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Read the request; what is wrong with it is said where it came from."""
        given: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        text: str = self.cleaned_data.get("text", "")
        if "file" in self.errors or "text" in self.errors:
            return self.cleaned_data
        if not given and not text.strip():
            self.add_error("file", _("Choose the file the console saved, or paste its text."))
        elif given and text.strip():
            self.add_error("file", _("Choose a file or paste its text, not both."))
        else:
            self._read("file" if given else "text", _content(given) if given else text.encode())
        return self.cleaned_data

    @property
    def request(self) -> RequestFile:
        """What the console asks for, of a valid form."""
        read: RequestFile = self.cleaned_data["request"]
        return read

    @property
    def source(self) -> str:
        """The field that the request came by."""
        return "file" if self.cleaned_data.get("file") else "text"

    def _read(self, field: str, content: bytes) -> None:
        try:
            self.cleaned_data["request"] = request_files.read(content)
        except RequestFileInvalid as error:
            self.add_error(field, str(error))


def _content(given: UploadedFile[bytes]) -> bytes:
    """One byte more than is allowed tells a file that is too large."""
    content: bytes = given.read(request_files.MAX_REQUEST_FILE_BYTES + 1)
    return content
