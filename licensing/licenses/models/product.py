from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.TextChoices):
    """What the vendor sells; only RAS is activated here (SPEC A1, A10)."""

    RAS = "ras", _("Remote Application Server")
    DESKTOP_BUSINESS = "desktop-business", _("Desktop Business Edition")
    ACCESS_BUSINESS = "access-business", _("Access for Business")
