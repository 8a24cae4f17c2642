"""Who may act for which employer. Knows nothing of jobs or of any ATS."""

import uuid
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.keys import hash_of


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail; there is no user name."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person who logs in by e-mail and may belong to several employers."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


def logo_path(_employer: "Employer", filename: str) -> str:
    """Where a logo rests: a new random name each time, so that its address may be kept for ever."""
    name = uuid.uuid4().hex
    return f"logos/{name[:2]}/{name}{PurePosixPath(filename).suffix}"


class Employer(models.Model):
    """A hiring company: our tenant. Every query of the employer side starts from one."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    tagline = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    website = models.URLField(blank=True)
    headquarters = models.CharField(max_length=200, blank=True)
    logo = models.FileField(upload_to=logo_path, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("company_page", args=[self.slug])

    @property
    def logo_name(self) -> str:
        return PurePosixPath(self.logo.name or "").name

    @property
    def logo_url(self) -> str:
        """The address of the logo, another one for every picture; empty without one."""
        return reverse("company_logo", args=[self.slug, self.logo_name]) if self.logo else ""


class Role(models.TextChoices):
    """What a member may do; each role may do all that the one before it may."""

    VIEWER = "viewer", "Viewer"
    RECRUITER = "recruiter", "Recruiter"
    ADMIN = "admin", "Admin"

    def includes(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Membership(models.Model):
    """That one person may act for one employer, and how far."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.RECRUITER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["employer__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "employer"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user} · {self.employer} ({self.get_role_display()})"

    @property
    def is_admin(self) -> bool:
        return Role(self.role).includes(Role.ADMIN)

    @property
    def is_recruiter(self) -> bool:
        return Role(self.role).includes(Role.RECRUITER)


Invited = TypeVar("Invited", bound="Invitation")


class InvitationQuerySet(models.QuerySet[Invited]):
    def usable(self, now: datetime) -> Self:
        """Those still open whose inviter may still invite: a right that was taken away takes its links along."""
        inviter = Membership.objects.filter(
            user=OuterRef("invited_by"), employer=OuterRef("employer"), role=Role.ADMIN, user__is_active=True
        )
        return self.filter(Exists(inviter), expires_at__gt=now)

    def of_key(self, key: str) -> Invited | None:
        """Return the invitation of a link, whatever became of it; None for one that never was, or was revoked."""
        return self.filter(key_hash=hash_of(key)).first()

    def older_of(self, invitation: Invited) -> Self:
        """The same address's earlier ones of the same employer, whose place this one takes."""
        same = self.filter(employer=invitation.employer, email__iexact=invitation.email)
        return same.filter(pk__lt=invitation.pk)


class Invitation(models.Model):
    """Lets whoever holds the key do one thing for one employer, once; the subclasses say which."""

    employer: "models.ForeignKey[Employer, Employer]"
    email = models.EmailField()
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.email} for {self.employer}"


class TeamInvitation(Invitation):
    """Lets the owner of an address join an employer's team; deleted once they have."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.RECRUITER)

    objects = InvitationQuerySet["TeamInvitation"].as_manager()

    class Meta(Invitation.Meta):
        pass
