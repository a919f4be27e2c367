from __future__ import annotations

import uuid
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from accounts.permissions import PackagePermission, Permission, Role, may, roles_with

# Of `Membership.listed_as`: below every character of a name, so that Ann comes before Ann Lee.
_BETWEEN: Final = "\n"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(blocked_at=None, user__is_active=True)

    def administrators(self) -> Self:
        return self.filter(role=Role.ADMINISTRATOR)

    def with_permission(self, permission: PackagePermission) -> Self:
        """Active members whose role grants `permission`."""
        return self.active().filter(role__in=roles_with(permission))

    def by_age(self) -> Self:
        """In the order in which they came. Of an account's administrators, the first ones stand at
        one end of an index; by the key alone, all members might be walked until one is met."""
        return self.order_by("created_at", "pk")

    def wanting_reminders(self) -> Self:
        """Administrators who haven't opted out of reminders."""
        return self.active().administrators().filter(wants_reminders=True)

    def without_second_step(self) -> Self:
        """Those whom an account that wants two-step sign-in sends to set it up first."""
        return self.exclude(user__authenticator__isnull=False)

    def with_address(self, email: str) -> Self:
        """Memberships of the person who has proven the canonical address `email`."""
        return self.filter(user__emailaddress__email=email, user__emailaddress__verified=True)


class _CopyField(models.CharField):  # type: ignore[type-arg]
    """Filled in from the person for every new row, also by `bulk_create`."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add:
            assert isinstance(model_instance, Membership)
            copies = copied(model_instance.user.name, model_instance.user.email)
            setattr(model_instance, self.attname, copies[self.attname])
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        """A column like any other: migrations need not know this class."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def copied(name: str, email: str) -> dict[str, str]:
    """What a membership keeps of its person, by column."""
    return {
        "listed_as": f"{name.lower()}{_BETWEEN}{email}",
        "email_domain": email.rpartition("@")[2],
    }


class Membership(models.Model):
    """A person in a business account: active or blocked; gone when the row is gone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount",
        on_delete=models.CASCADE,
        related_name="memberships",
        db_index=False,  # membership_by_name begins with it
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    blocked_at = models.DateTimeField(null=True, blank=True)
    # Mails that only remind; what a person must know comes anyway.
    wants_reminders = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Copies, kept by `User.save`, since a million members can't be found by what stands in another
    # table: the name in small letters and the email on a line of its own, to sort by and to search
    # in; and the domain. Empty only where an earlier release wrote the row.
    listed_as = _CopyField(max_length=360, default="", db_default="", editable=False)
    email_domain = _CopyField(max_length=254, default="", db_default="", editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        ]
        indexes = [
            models.Index(fields=["account", "listed_as", "id"], name="membership_by_name"),
            models.Index(
                fields=["account", "created_at", "id"],
                condition=models.Q(role="administrator", blocked_at=None),
                name="administrator_by_age",
            ),
            models.Index(
                fields=["email_domain", "account"],
                condition=models.Q(role="administrator", blocked_at=None),
                name="administrator_by_domain",
            ),
            models.Index(
                fields=["id"], condition=models.Q(listed_as=""), name="membership_without_name"
            ),
        ]

    def __str__(self) -> str:
        return _("%(user)s in %(account)s") % {"user": self.user, "account": self.account}

    def may(self, permission: PackagePermission) -> bool:
        return self.blocked_at is None and may(self.role, permission)

    def is_last_administrator(self) -> bool:
        """True when nobody else is an active administrator of the account (SPEC 4.1)."""
        active = Membership.objects.active().administrators().filter(account=self.account_id)
        found = set(active.by_age().values_list("pk", flat=True)[:2])
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
