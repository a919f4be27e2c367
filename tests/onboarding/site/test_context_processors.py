"""What every page shows is a setting: the portal isn't the vendor's own site (SPEC A25)."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def test_brand_product_support_and_trademark_are_settings(
    client: Client, settings: Settings
) -> None:
    settings.PORTAL_BRAND = "Example Works"
    settings.PORTAL_PRODUCT = "Example Server"
    settings.PORTAL_SUPPORT_URL = "https://support.works.example/"
    settings.PORTAL_TRADEMARK = "Example Server is a trademark of Example Works."

    pages = [client.get(path).content.decode() for path in ("/accounts/login/", "/start/")]

    for page in pages:
        assert "Example Works" in page
        assert "Example Server is a trademark of Example Works." in page
        assert "Northbeam" not in page
        assert "Remote Application Server" not in page
    assert "https://support.works.example/" in client.get("/support/").content.decode()
