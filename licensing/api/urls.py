from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from licensing.api import docs
from licensing.api.v1 import api


def _of_bearers() -> list[URLPattern]:
    """The API's addresses: no session and no sign-in, each request proves itself by its token."""
    patterns, _app, _namespace = api.urls
    found = [each for each in patterns if isinstance(each, URLPattern) and each.name != "api-root"]
    for pattern in found:
        login_not_required(pattern.callback)
    return found


app_name = "api"
urlpatterns = [
    *_of_bearers(),
    path("openapi.json", docs.openapi_json, name="openapi"),
    path("docs", docs.docs, name="docs"),
]
