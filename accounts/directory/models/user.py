from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from accounts.directory.models.membership import copied
from accounts.identity.addresses import canonical_email


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=canonical_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved user; raises InvalidEmail for an address that we refuse."""
        user = self.model(email=canonical_email(email), email_display=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member of staff; the operator who runs this vouches for the address."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        addresses = user.emailaddress_set  # type: ignore[attr-defined]  # allauth's, loaded later
        addresses.create(email=user.email, primary=True, verified=True)
        return user

    def unproven(self) -> models.QuerySet[User]:
        """Who typed an address, never proved it and was never here: nobody at any door."""
        return self.exclude(emailaddress__verified=True).filter(
            is_staff=False, last_login=None, memberships=None
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `email` is canonical and unique; `email_display` is how they typed it."""

    email = models.EmailField(_("email"), unique=True)
    email_display = models.CharField(max_length=254)
    email_domain = models.GeneratedField(
        expression=Substr("email", StrIndex("email", models.Value("@")) + 1),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )
    name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        indexes = [models.Index(fields=["email_domain"], name="user_by_domain")]

    def __str__(self) -> str:
        return self.name or self.email_display

    def save(self, *args: Any, **kwargs: Any) -> None:
        # allauth writes `email` when the primary address changes; what is shown follows it.
        if self.email_display.strip().lower() != self.email:
            self.email_display = self.email
            if fields := kwargs.get("update_fields"):
                kwargs["update_fields"] = {*fields, "email_display"}
        is_new, fields = self._state.adding, kwargs.get("update_fields")
        super().save(*args, **kwargs)
        if not is_new and (fields is None or {"name", "email"} & set(fields)):
            copies = copied(self.name, self.email)
            self.memberships.exclude(listed_as=copies["listed_as"]).update(**copies)

    def get_full_name(self) -> str:
        return self.name
