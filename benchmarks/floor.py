"""The floor: what plain Django costs for a page of words and for a list of 25 rows.

Its own middleware, a session and a person in the database, one query, one template, no more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

ROWS: Final = 25
_BASE: Final = """<!DOCTYPE html><html lang="en"><head><title>{% block title %}Portal{% endblock %}
</title></head><body><header>{{ user }}</header>{% for each in messages %}<p>{{ each }}</p>
{% endfor %}<main>{% block main %}{% endblock %}</main></body></html>"""
_WORDS: Final = """{% extends "base.html" %}{% block main %}<h1>Welcome</h1><form method="post">
{% csrf_token %}<input name="email"></form>{% endblock %}"""
_LIST: Final = """{% extends "base.html" %}{% block main %}<table>{% for each in people %}<tr>
<td><a href="/people/{{ each.pk }}/">{{ each.username }}</a></td><td>{{ each.first_name }}</td>
<td>{{ each.last_name }}</td><td>{{ each.email }}</td><td>{{ each.is_active }}</td>
<td>{{ each.date_joined|date:"Y-m-d" }}</td><td>{{ each.last_login|date:"Y-m-d" }}</td></tr>
{% endfor %}</table>{% endblock %}"""
TEMPLATES: Final = {"base.html": _BASE, "words.html": _WORDS, "list.html": _LIST}


def configure(folder: Path) -> None:
    """Set Django up as `startproject` does, without the admin."""
    processors = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
    processors.append("contrib.messages.context_processors.messages")
    settings.configure(
        SECRET_KEY="floor" * 10,
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="benchmarks.floor",
        USE_TZ=True,
        LOGGING_CONFIG=None,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "floor.sqlite3",
                "CONN_MAX_AGE": None,
            }
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [f"django.{name}" for name in processors],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [("django.template.loaders.locmem.Loader", TEMPLATES)],
                        )
                    ],
                },
            }
        ],
    )
    django.setup()


def fill() -> str:
    """Make its tables and the people; the cookie of one person's session."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    people = [User(username=f"person{n}", email=f"{n}@acme.example") for n in range(ROWS)]
    User.objects.bulk_create(people)
    browser = Client()
    person: Any = User.objects.get(username="person0")
    browser.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def words(request: HttpRequest) -> HttpResponse:
    from django.shortcuts import render

    return render(request, "words.html")


def people(request: HttpRequest) -> HttpResponse:
    from django.contrib.auth.models import User
    from django.shortcuts import render

    return render(request, "list.html", {"people": User.objects.order_by("pk")[:ROWS]})


urlpatterns = [path("words/", words), path("list/", people)]
