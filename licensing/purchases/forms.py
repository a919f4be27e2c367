"""Taking a file of purchases: streamed to disk, whatever its size, and never into memory."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

from licensing.purchases.rules.purchase_files import MAX_FILE_BYTES, new_temporary_file

_TOO_LONG = _("This file is larger than 200 MB. Split it. Each part needs the header line.")
# So much is read to its end, for only then does a browser show an answer.
_MAX_READ_BYTES = 5 * MAX_FILE_BYTES


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]  # generic in its stubs only
    """A whole file on disk; deleted with the request unless somebody has taken it over."""

    def __init__(self, path: Path, *, name: str, size: int, digest: str) -> None:
        super().__init__(path.open("rb"), name, "text/csv", size)
        self.path, self.digest = path, digest

    def close(self) -> None:
        super().close()
        self.path.unlink(missing_ok=True)


class DiskUploadHandler(FileUploadHandler):
    """Writes a file where it stays, and digests it on the way; stops when it gets too long."""

    is_too_long = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.path = new_temporary_file()
        self.out: BinaryIO = self.path.open("xb")
        self.digest = hashlib.sha256()
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MAX_FILE_BYTES:
            self._drop()
            self.is_too_long = True
            raise StopUpload(connection_reset=False)
        self.digest.update(raw_data)
        self.out.write(raw_data)

    def file_complete(self, file_size: int) -> ReceivedFile:
        self.out.close()
        name = self.file_name or ""
        return ReceivedFile(self.path, name=name, size=self.size, digest=self.digest.hexdigest())

    def upload_interrupted(self) -> None:
        self._drop()

    def _drop(self) -> None:
        self.out.close()
        self.path.unlink(missing_ok=True)


class PurchaseFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of purchases"),
        help_text=_("CSV in UTF-8, up to 200 MB. It's checked first, which changes nothing."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
            "invalid": _("Your browser didn't send the file. Choose it again."),
        },
    )

    def __init__(self, *args: Any, too_long: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_long:  # then nothing of it is left
            self.fields["file"].error_messages["required"] = _TOO_LONG


def is_too_long(content_length: str | None) -> bool:
    """True when a request is not even worth reading."""
    return int(content_length or 0) > _MAX_READ_BYTES
