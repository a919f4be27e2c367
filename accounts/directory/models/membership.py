from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from accounts.permissions import PackagePermission, Permission, Role, may, roles_with


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(blocked_at=None, user__is_active=True)

    def administrators(self) -> Self:
        return self.filter(role=Role.ADMINISTRATOR)

    def with_permission(self, permission: PackagePermission) -> Self:
        """Active members whose role grants `permission`."""
        return self.active().filter(role__in=roles_with(permission))

    def wanting_reminders(self) -> Self:
        """Administrators who haven't opted out of reminders."""
        return self.active().administrators().filter(wants_reminders=True)

    def without_second_step(self) -> Self:
        """Those whom an account that wants two-step sign-in sends to set it up first."""
        return self.exclude(user__authenticator__isnull=False)

    def with_address(self, email: str) -> Self:
        """Memberships of whoever has proven the canonical address `email`."""
        return self.filter(user__emailaddress__email=email, user__emailaddress__verified=True)


class Membership(models.Model):
    """A person in a business account: active or blocked; gone when the row is gone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    blocked_at = models.DateTimeField(null=True, blank=True)
    # Mails that only remind; what a person must know comes anyway.
    wants_reminders = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        ]

    def __str__(self) -> str:
        return _("%(user)s in %(account)s") % {"user": self.user, "account": self.account}

    def may(self, permission: PackagePermission) -> bool:
        return self.blocked_at is None and may(self.role, permission)

    def is_last_administrator(self) -> bool:
        """True when nobody else is an active administrator of the account (SPEC 4.1)."""
        active = Membership.objects.active().administrators().filter(account=self.account_id)
        found = set(active.values_list("pk", flat=True)[:2])
        return found == {self.pk}

    @property
    def may_manage_members(self) -> bool:
        return self.may(Permission.MEMBERS_MANAGE)

    @property
    def may_manage_account(self) -> bool:
        return self.may(Permission.ACCOUNT_MANAGE)

    @property
    def may_view_activity(self) -> bool:
        return self.may(Permission.ACTIVITY_VIEW)
