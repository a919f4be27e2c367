"""The least that Django's own means take: one view with the standard middleware that looks up an
instance by its token, updates it, stores a day of usage and signs an answer."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

KEY: Final = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
MIDDLEWARE: Final = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class PlainInstance(models.Model):
    token = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=40)
    seats = models.IntegerField()
    last_seen_at = models.DateTimeField(null=True)
    peak_users = models.IntegerField(default=0)

    objects: models.Manager[PlainInstance] = models.Manager()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return self.token


class PlainDay(models.Model):
    instance = models.ForeignKey(PlainInstance, on_delete=models.CASCADE)
    date = models.DateField()
    peak_users = models.IntegerField()

    objects: models.Manager[PlainDay] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        constraints = [models.UniqueConstraint(fields=["instance", "date"], name="plain_day")]

    def __str__(self) -> str:
        return f"{self.date}: {self.peak_users}"


@csrf_exempt
def check_in(request: HttpRequest) -> JsonResponse:
    said = json.loads(request.body)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    now = timezone.now()
    with transaction.atomic():
        instance = PlainInstance.objects.get(token=token)
        PlainInstance.objects.filter(pk=instance.pk).update(
            last_seen_at=now, peak_users=said["peak_users"]
        )
        PlainDay.objects.bulk_create(
            [
                PlainDay(
                    instance=instance,
                    date=date.fromisoformat(said["date"]),
                    peak_users=said["peak_users"],
                )
            ],
            update_conflicts=True,
            unique_fields=["instance", "date"],
            update_fields=["peak_users"],
        )
    document = json.dumps({"key": instance.key, "seats": instance.seats, "at": now.isoformat()})
    signature = base64.b64encode(KEY.sign(document.encode())).decode()
    return JsonResponse({"document": document, "signature": signature})


urlpatterns = [path("check-in", check_in)]


def handler() -> Any:
    """This view behind Django's standard middleware, whatever the portal's settings."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        plain = WSGIHandler()

    def answer(environ: dict[str, Any], start: Any) -> Any:
        with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
            return plain(environ, start)

    return answer


def make_table() -> None:
    """100,000 rows of the plain kind, and tokens of the right length for the portal's."""
    with connection.cursor() as cursor, connection.schema_editor() as editor:
        for model in (PlainDay, PlainInstance):
            cursor.execute(f"DROP TABLE IF EXISTS {model._meta.db_table}")  # noqa: SLF001
        for model in (PlainInstance, PlainDay):
            editor.create_model(model)
        cursor.execute(
            "INSERT INTO benchmarks_plaininstance (token, key, seats, peak_users)"
            " SELECT 'rasi_' || lpad(n::text, 43, '0'), 'KEY-' || n, 50, 0"
            " FROM generate_series(1, 100000) AS n"
        )
        cursor.execute("ANALYZE benchmarks_plaininstance")
        cursor.execute(
            "UPDATE licensing_instance SET token_digest = encode(sha256(("
            "'rasi_' || lpad(id::text, 43, '0'))::bytea), 'hex')"
            " WHERE id < 5000 OR id IN (SELECT instance.id FROM licensing_instance AS instance"
            " JOIN accounts_businessaccount AS account ON account.id = instance.account_id"
            " WHERE slug = 'large-3' ORDER BY instance.id LIMIT 5000)"
        )
        # Enough seats for what is reported: overuse is told once and isn't measured.
        cursor.execute("UPDATE licensing_license SET seats = 1000 WHERE id < 5000 AND seats < 1000")
