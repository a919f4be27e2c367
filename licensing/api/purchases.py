"""What the vendor's systems tell the portal: one purchase (CONTRACT)."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["Vendor"])
