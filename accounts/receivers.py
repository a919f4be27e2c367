"""Connects signals of libraries to our actions."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import (
    authentication_step_completed,
    email_verification_code_rejected,
    login_code_rejected,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
    user_signed_up,
)
from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_used
from anymail.signals import AnymailTrackingEvent, tracking
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import outbox
from accounts.directory.models import User
from accounts.limits import failures
from accounts.recovery.actions import recovery_ends
from accounts.sign_in import session_renewal
from accounts.sign_in.actions import people, security
from accounts.sign_in.emails import Change, ChangeOrigin
from accounts.web import security_log

_PASSWORD_SIGNALS: dict[Signal, Change] = {
    password_changed: Change.PASSWORD_CHANGED,
    password_reset: Change.PASSWORD_RESET,
    password_set: Change.PASSWORD_SET,
}
_ADDED = {"totp": Change.TOTP_ADDED, "webauthn": Change.PASSKEY_ADDED}
_REMOVED = {"totp": Change.TOTP_REMOVED, "webauthn": Change.PASSKEY_REMOVED}
_BOUNCED = {"bounced", "rejected", "failed"}


@receiver(tracking)
def note_mail_event(*, event: AnymailTrackingEvent, **_: object) -> None:
    """What a provider reports about one mail goes to the outbox (SPEC 4.4)."""
    if event.event_type not in _BOUNCED | {"delivered"}:
        return
    said = event.description or event.reject_reason or event.event_type
    now = timezone.now()
    outbox.record_event(
        public_id=_text((event.metadata or {}).get("outbox")),
        message_id=_text(event.message_id),
        bounced=event.event_type in _BOUNCED,
        reason=" ".join(_text(said).split()),
        # Nothing has happened after now, whatever a clock elsewhere says.
        at=min(event.timestamp or now, now),
    )


@receiver(authentication_step_completed)
def forget_failures(*, request: HttpRequest, **_: object) -> None:
    """Whoever has proven themselves, anew or at sign-in, has not failed (SPEC A24)."""
    failures.forget(request)


@receiver([authentication_step_completed, authenticator_added])
def change_session_id(*, request: HttpRequest, **_: object) -> None:
    """Every proof, and every new second step, goes on under a new session id."""
    session_renewal.rise(request)


def note_session(*, request: HttpRequest, **_: object) -> None:
    """Put a new session on the person's list; ended ones are cleared by the hourly task."""
    if isinstance(request.user, User) and request.session.session_key:
        people.note_session(
            user=request.user,
            session_key=request.session.session_key,
            ip=get_adapter().get_client_ip(request),
            user_agent=request.headers.get("User-Agent", ""),
        )


# What changes how a person signs in is told from where it is written: whichever page or action
# does it, nobody can forget to. (allauth's own signals for an app and for codes come after the
# commit.) Rows that a queryset deletes are part of something larger, such as a
# recovery or the end of a person, which tells for itself.


@receiver(pre_save, sender=EmailAddress)
def note_what_address_was(*, instance: EmailAddress, **_: object) -> None:
    before = EmailAddress.objects.filter(pk=instance.pk).first() if instance.pk else None
    instance.was_verified = before is not None and before.verified
    instance.was_primary = before is not None and before.primary


@receiver(post_save, sender=EmailAddress)
def tell_of_address(*, instance: EmailAddress, raw: bool, **_: object) -> None:
    """An address was proven, or a proven one became the primary one."""
    if raw or not instance.verified:
        return
    if not instance.was_verified:
        _log(security_log.USER_UPDATED, Change.EMAIL_ADDED, instance.user)
        security.tell_of_address(Change.EMAIL_ADDED, address=instance, origin=_origin())
    elif instance.primary and not instance.was_primary:
        _log(security_log.USER_UPDATED, Change.PRIMARY_CHANGED, instance.user)
        security.tell_of_address(Change.PRIMARY_CHANGED, address=instance, origin=_origin())


@receiver(post_delete, sender=EmailAddress)
def tell_of_removed_address(*, instance: EmailAddress, origin: object, **_: object) -> None:
    if instance.verified and isinstance(origin, EmailAddress):
        _log(security_log.USER_UPDATED, Change.EMAIL_REMOVED, instance.user)
        security.tell_of_address(Change.EMAIL_REMOVED, address=instance, origin=_origin())


@receiver(post_save, sender=Authenticator)
def tell_of_second_step(*, instance: Authenticator, created: bool, raw: bool, **_: object) -> None:
    if created and not raw and instance.type in _ADDED:
        _tell_of(_ADDED[instance.type], instance)
        recovery_ends.settle(user=instance.user, now=timezone.now())


@receiver(authenticator_used)
def note_use_of_second_step(*, user: User, **_: object) -> None:
    """Whoever uses the second step hasn't lost it (SPEC 4.1)."""
    recovery_ends.note_use(user=user, now=timezone.now())


@receiver(post_delete, sender=Authenticator)
def tell_of_removed_second_step(*, instance: Authenticator, origin: object, **_: object) -> None:
    if isinstance(origin, Authenticator) and instance.type in _REMOVED:
        _tell_of(_REMOVED[instance.type], instance)


@receiver(list(_PASSWORD_SIGNALS))
def tell_of_password(*, signal: Signal, user: User, **_: object) -> None:
    change = _PASSWORD_SIGNALS[signal]
    _log(security_log.PASSWORD_CHANGE, change, user)
    security.tell(change, user=user, origin=_origin(), now=timezone.now())


def _tell_of(change: Change, authenticator: Authenticator) -> None:
    _log(security_log.USER_UPDATED, change, authenticator.user)
    security.tell(
        change,
        user=authenticator.user,
        detail=_text(authenticator.data.get("name")),
        origin=_origin(),
        now=timezone.now(),
    )


def _log(event: security_log.SecurityEvent, change: Change, user: User) -> None:
    request = allauth_context.request
    security_log.done(request, event, change.name.lower(), actor=user.pk)


# --- The security log -------------------------------------------------------------------------


@receiver(user_login_failed)
def log_wrong_password(
    *, request: HttpRequest | None, credentials: dict[str, str], **_: object
) -> None:
    if request is not None:
        target = credentials.get("email", "")
        security_log.refused(request, security_log.LOGIN_FAIL, "password", target=target)


@receiver(authentication_failed)
def log_wrong_second_step(*, request: HttpRequest, user: User, **_: object) -> None:
    security_log.act_as(request, str(user.pk))
    security_log.refused(request, security_log.LOGIN_FAIL, "second_step", target=user.email)


@receiver([login_code_rejected, email_verification_code_rejected])
def log_wrong_code(*, request: HttpRequest, user: User | None, **_: object) -> None:
    target = user.email if user else ""
    security_log.refused(request, security_log.LOGIN_FAIL, "mailed_code", target=target)


@receiver(user_logged_in)
def log_sign_in(*, request: HttpRequest, user: User, **_: object) -> None:
    methods = [str(each["method"]) for each in get_authentication_records(request, user)]
    security_log.done(request, security_log.LOGIN_SUCCESS, "+".join(methods), actor=user.pk)


@receiver(user_logged_out)
def log_sign_out(*, request: HttpRequest | None, user: User | None, **_: object) -> None:
    if user is not None:
        security_log.done(request, security_log.LOGOUT, actor=user.pk)


@receiver(user_signed_up)
def log_sign_up(*, request: HttpRequest, user: User, **_: object) -> None:
    security_log.done(request, security_log.USER_CREATED, actor=user.pk)


def _origin() -> ChangeOrigin:
    return ChangeOrigin.of(allauth_context.request)


def _text(value: object) -> str:
    # PostgreSQL refuses NUL, and a provider's report is somebody else's text.
    return str(value or "").replace("\0", "")
