from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FileAnswer(models.Model):
    """What a refresh or deactivation file was answered with, byte by byte: the same file again
    gives it again. Activation files are answered in ActivationRequest: they need an approval."""

    class Mode(models.TextChoices):
        REFRESH = "refresh", _("New license file")
        DEACTIVATE = "deactivate", _("Deactivation")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_digest = models.CharField(max_length=64, unique=True)
    mode = models.CharField(max_length=20, choices=Mode)
    activation = models.ForeignKey(
        "licensing.Activation", on_delete=models.PROTECT, related_name="file_answers"
    )
    # The `seq` of the document that the file carried; None: answered before it was kept.
    proof_sequence = models.PositiveIntegerField(null=True, blank=True)
    document = models.TextField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_mode_display()}: {self.activation.instance}"
