"""All settings, driven by the environment (docs/configuration.md). No file per environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from onboarding.site.env import (
    BASE_DIR,
    LOOPBACK,
    env,
    is_loopback,
    license_keys,
    metrics_token,
    secret,
    secrets_list,
)
from onboarding.site.logs import logging_config
from onboarding.site.schedule import SCHEDULE

# --- The portal ------------------------------------------------------------------------------
PORT: Final[int] = env.int("PORT", default=8000)
PORTAL_LISTEN: str = env.str("PORTAL_LISTEN", default="127.0.0.1")
PORTAL_ORIGIN: str = (env.str("PORTAL_ORIGIN", default="") or f"http://localhost:{PORT}").rstrip(
    "/"
)
PORTAL_EMBEDDED: bool = is_loopback(PORTAL_ORIGIN)
PORTAL_DATA_DIR: Path = Path(env.str("PORTAL_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
PORTAL_BRAND: str = env.str("PORTAL_BRAND", default="Northbeam")
PORTAL_PRODUCT: str = env.str("PORTAL_PRODUCT", default="Remote Application Server")
PORTAL_SUPPORT_URL: str = env.str(
    "PORTAL_SUPPORT_URL", default="http://www.parallels.com/products/ras/support/"
)
PORTAL_SUPPORT_EMAIL: str = env.str("PORTAL_SUPPORT_EMAIL", default="support@portal.example")
# Where faults are reported (security.txt): mailto: or https: addresses; none: the support's.
PORTAL_SECURITY_CONTACT: list[str] = env.list("PORTAL_SECURITY_CONTACT", default=[])
PORTAL_TRADEMARK: str = env.str("PORTAL_TRADEMARK", default="")
PORTAL_WEBHOOK_SECRET: str = env.str("PORTAL_WEBHOOK_SECRET", default="")
PORTAL_TRUSTED_PROXIES: int = env.int("PORTAL_TRUSTED_PROXIES", default=0)
PORTAL_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
PORTAL_METRICS_TOKEN: str = metrics_token(data_dir=PORTAL_DATA_DIR)

SECRET_KEY: str = secret("SECRET_KEY", data_dir=PORTAL_DATA_DIR, embedded=PORTAL_EMBEDDED)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
# The first encrypts the seeds of second steps, the others still decrypt.
PORTAL_SEED_KEYS: list[str] = secrets_list(
    "PORTAL_SEED_KEYS", data_dir=PORTAL_DATA_DIR, embedded=PORTAL_EMBEDDED
)
PORTAL_LICENSE_KEY_FILE, PORTAL_LICENSE_KEY = license_keys(
    data_dir=PORTAL_DATA_DIR, embedded=PORTAL_EMBEDDED
)
# What the vendor's systems prove themselves with; without it, nobody records purchases by the API.
PORTAL_VENDOR_TOKEN: str = (
    secret("PORTAL_VENDOR_TOKEN", data_dir=PORTAL_DATA_DIR, embedded=True)
    if PORTAL_EMBEDDED
    else env.str("PORTAL_VENDOR_TOKEN", default="")
)
DEBUG: bool = env.bool("DEBUG", default=False)
_HTTPS: Final = PORTAL_ORIGIN.startswith("https://")
_HOST: Final = urlsplit(PORTAL_ORIGIN).hostname or ""

# --- Django ----------------------------------------------------------------------------------
ROOT_URLCONF = "onboarding.urls"
WSGI_APPLICATION = "onboarding.wsgi.application"
ALLOWED_HOSTS: list[str] = [_HOST, *(LOOPBACK if PORTAL_EMBEDDED else ())]
CSRF_TRUSTED_ORIGINS: list[str] = [PORTAL_ORIGIN]
INSTALLED_APPS = [
    "onboarding",
    "licensing",
    "accounts",
    "accounts.apps.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.apps.SessionsConfig",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    *(["onboarding.operations.metrics.request_metrics"] if PORTAL_METRICS_TOKEN else []),
    "onboarding.middleware.request_log",
    "accounts.middleware.security_lines",
    "onboarding.middleware.encrypted_only",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "onboarding.site.compression.PageCompression",
    "licensing.middleware.api_answers",
    "onboarding.middleware.canonical_host",
    "onboarding.middleware.no_session",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "onboarding.middleware.clean_input",
    "onboarding.middleware.named_charset",
    "onboarding.middleware.private_pages",
    "accounts.sign_in.session_middleware.SessionMiddleware",
    "accounts.sign_in.session_middleware.signed_cookies_sent",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "onboarding.middleware.same_site",
    "accounts.middleware.hash_gate",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "onboarding.middleware.explain_post_only",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.session_activity",
    "accounts.middleware.failed_forms",
    "accounts.middleware.refusals",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # In place of allauth's own: its pages and ours share the elements.
            "libraries": {"allauth": "accounts.templatetags.elements"},
            # In place of Django's own `{% url %}`.
            "builtins": ["accounts.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "onboarding.context_processors.portal",
                "onboarding.context_processors.journey",
            ],
        },
    }
]
# Says that the tags of `allauth` are ours: on purpose.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# Texts are written in English: with no other language, none is looked up in a catalog.
USE_I18N = len(LANGUAGES) > 1
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "accounts.web.form_renderer.FormRenderer"
MESSAGE_STORAGE = "accounts.web.message_storage.MessageStorage"
CSRF_FAILURE_VIEW = "onboarding.site.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
LOGGING_CONFIG = None
logging_config(level=env.str("LOG_LEVEL", default="INFO"), pretty=PORTAL_EMBEDDED)

# --- Static files: bundled, hashed and compressed (onboarding/site/bundles.py) ----------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(
    env.str("STATIC_ROOT", default="")
    or (PORTAL_DATA_DIR / "static" if PORTAL_EMBEDDED else BASE_DIR / "staticfiles")
)
STATIC_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "onboarding.site.bundles.BundleFinder",
]
# `manage.py up` collects them first; whoever serves without it finds them at their sources.
WHITENOISE_USE_FINDERS = PORTAL_EMBEDDED and not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_MAX_AGE = 3600
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "onboarding.site.static_files.StaticFiles"},
}

# --- Database --------------------------------------------------------------------------------
if env.str("DATABASE_URL", default=""):
    # A pool, since opening a connection per request costs 4.6 times a whole page.
    DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "onboarding.site.postgresql"
        # What a restart of the server has closed is replaced unseen.
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
        DATABASES["default"]["OPTIONS"] = {
            # A host that fell silent is given up after seconds: the system waits for hours.
            "connect_timeout": 5,
            "tcp_user_timeout": 20_000,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            **DATABASES["default"].get("OPTIONS", {}),
            "pool": {
                "min_size": 1,
                "max_size": env.int("DATABASE_POOL_SIZE", default=12),
                "timeout": 2.0,
                # By default the pauses between tries double: back after an hour, seen minutes late.
                "reconnect_timeout": 1.0,
            },
            "options": "-c statement_timeout=15000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=30000",
        }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": PORTAL_DATA_DIR / "portal.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Deferred transactions fail at once with "database is locked"; these wait in turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                " PRAGMA busy_timeout=20000; PRAGMA mmap_size=134217728;"
                " PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;",
            },
        }
    }

# --- Cache, rate limits and the broker: Redis, or what one machine has --------------------------
REDIS_URL: str = env.str("REDIS_URL", default="")
_DATABASE_CACHE: Final = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "portal_cache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "onboarding.site.cache.ResilientCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "portal",
            "OPTIONS": {"fallback": "database"},
        },
        "database": _DATABASE_CACHE,
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 900,
        "global_keyprefix": "portal:",
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    }
else:
    CACHES = {"default": _DATABASE_CACHE}
    _QUEUE: Final = PORTAL_DATA_DIR / "queue"
    for _folder in ("messages", "control"):
        (_QUEUE / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "onboarding.embedded.queue_files:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE / "messages"),
        "data_folder_out": str(_QUEUE / "messages"),
        "control_folder": str(_QUEUE / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }

# --- Celery: it only wakes workers; the database is the guarantee (accounts/outbox/) -------------
PORTAL_CELERY_APP = "onboarding.celery.app"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 690
CELERY_TASK_TIME_LIMIT = 720
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Mail ------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL: str = env.str(
    "DEFAULT_FROM_EMAIL", default=f"{PORTAL_BRAND} <no-reply@{_HOST}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 30
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="onboarding.embedded.mailbox.EmailBackend")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
if EMAIL_BACKEND.startswith("anymail."):
    INSTALLED_APPS.append("anymail")  # its client for HTTP costs each process 7 MB
PORTAL_MAILBOX: bool = (
    PORTAL_EMBEDDED
    and PORTAL_LISTEN in LOOPBACK
    and EMAIL_BACKEND == "onboarding.embedded.mailbox.EmailBackend"
)
ANYMAIL: dict[str, Any] = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in os.environ.items()
    if name.startswith("ANYMAIL_")
}
if PORTAL_WEBHOOK_SECRET:
    ANYMAIL["WEBHOOK_SECRET"] = PORTAL_WEBHOOK_SECRET

# --- Security --------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PORTAL_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
_COOKIE: Final = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}sid", f"{_COOKIE}csrf"
LANGUAGE_COOKIE_NAME, MFA_TRUST_COOKIE_NAME = f"{_COOKIE}lang", f"{_COOKIE}mfa"
KNOWN_BROWSER_COOKIE_NAME = f"{_COOKIE}known"
FAILURES_COOKIE_NAME, ACTIVATING_COOKIE_NAME = f"{_COOKIE}failures", f"{_COOKIE}activating"
MESSAGES_COOKIE_NAME, PASSKEY_COOKIE_NAME = f"{_COOKIE}messages", f"{_COOKIE}passkey"
RESET_COOKIE_NAME = f"{_COOKIE}reset"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "accounts.sign_in.sessions"
SESSION_COOKIE_AGE = 14 * 86_400
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- People: passwords, sign-in, two-step (allauth) ----------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.sign_in.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# On the whole machine (accounts/limits/hash_gate.py): a core stays for pages.
PORTAL_HASHES_AT_ONCE: int = env.int(
    "PORTAL_HASHES_AT_ONCE", default=min(4, max(1, (os.cpu_count() or 2) - 1))
)
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "accounts.identity.validators.MinimumLengthValidator"},
    {"NAME": "accounts.identity.validators.MaximumLengthValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.identity.validators.ContextWordsValidator"},
    {"NAME": "accounts.sign_in.rules.password_strength.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.sign_in.forms.entrance.SignupForm",
    "login": "accounts.sign_in.forms.entrance.LoginForm",
    "add_email": "accounts.sign_in.forms.entrance.AddEmailForm",
    "request_login_code": "accounts.sign_in.forms.codes.RequestSignInCodeForm",
    "confirm_login_code": "accounts.sign_in.forms.codes.SignInCodeForm",
    "reset_password": "accounts.sign_in.forms.entrance.RequestResetForm",
    "user_token": "accounts.sign_in.forms.entrance.ResetLinkForm",
    "reset_password_from_key": "accounts.sign_in.forms.entrance.ResetPasswordForm",
    "change_password": "accounts.sign_in.forms.entrance.ChangePasswordForm",
    "set_password": "accounts.sign_in.forms.entrance.SetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # The limit on failed passwords is ours (accounts/limits/): it knows people's browsers.
    "login": None,
    # So this one counts second steps only, for each person.
    "login_failed": "5/5m/key",
    "signup": "5/m/ip,20/h/ip",
    "reset_password": "5/m/ip",
    # Codes by mail are counted in accounts/limits/: a stranger's tries cost the owner nothing.
    "confirm_email": None,
    "request_login_code": None,
}
ALLAUTH_TRUSTED_PROXY_COUNT = PORTAL_TRUSTED_PROXIES
MFA_FORMS = {
    "authenticate": "accounts.sign_in.forms.second_step.AuthenticateForm",
    "reauthenticate": "accounts.sign_in.forms.second_step.ReauthenticateForm",
    "authenticate_webauthn": "accounts.sign_in.forms.second_step.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.sign_in.forms.second_step.ReauthenticatePasskeyForm",
    "login_webauthn": "accounts.sign_in.forms.second_step.LoginPasskeyForm",
    "add_webauthn": "accounts.sign_in.forms.second_step.AddPasskeyForm",
}
MFA_ADAPTER = "accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = PORTAL_BRAND
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
USERSESSIONS_TRACK_ACTIVITY = False  # accounts.middleware.session_activity writes far less often
