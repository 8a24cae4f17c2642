"""The operators' view of people and employers; reached through our own log-in, so its limits hold here too."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.counting import count_of
from accounts.models import Employer, Membership, Role, TeamInvitation, User
from accounts.services import set_logo

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class UserAddForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """Makes a person by e-mail, always in lower case as everywhere else."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserEditForm(UserChangeForm):  # type: ignore[type-arg]
    """Edits a person; the e-mail stays in lower case."""

    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007 - the fieldsets below choose

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses to leave an employer without an admin."""

    class Meta:
        model = Membership
        fields = ("user", "employer", "role")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and is_last_admin(self.instance):
            same_seat = cleaned.get("employer") == self.initial_employer
            if cleaned.get("role") != Role.ADMIN or not same_seat:
                raise forms.ValidationError("This is the employer's only admin. Make somebody else an admin first.")
        return cleaned

    @property
    def initial_employer(self) -> Employer:
        return Employer.objects.get(pk=self.initial["employer"])


def is_last_admin(membership: Membership) -> bool:
    """Say whether this row, as stored, is the employer's only admin."""
    admins = Membership.objects.filter(employer__memberships=membership.pk, role=Role.ADMIN)
    return set(admins.values_list("pk", flat=True)) == {membership.pk}


class EmployerEditForm(forms.ModelForm):  # type: ignore[type-arg]
    """Edits an employer; an address typed without a scheme is taken for https."""

    website = forms.URLField(required=False, assume_scheme="https")

    class Meta:
        model = Employer
        fields = ("name", "slug", "tagline", "about", "website", "headquarters")


class MembershipOfUserInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    can_delete = False
    fields = readonly_fields = ("employer", "role", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipOfEmployerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    form = MembershipForm
    extra = 0
    can_delete = False
    autocomplete_fields = ("user",)
    readonly_fields = ("created_at",)
    show_change_link = True


@admin.register(User)
class UserAdmin(BaseUserAdmin):  # type: ignore[type-arg]
    add_form = UserAddForm
    form = UserEditForm
    list_display = ("email", "first_name", "last_name", "employer_names", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "memberships__role")
    search_fields = ("email", "first_name", "last_name", "memberships__employer__name")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipOfUserInline,)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        ("Rights here", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__employer")

    @admin.display(description="Employers")
    def employer_names(self, user: User) -> str:
        return ", ".join(membership.employer.name for membership in user.memberships.all())


@admin.register(Employer)
class EmployerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = EmployerEditForm
    list_display = ("name", "slug", "members_count", "jobs_count", "created_at")
    search_fields = ("name", "slug", "memberships__user__email")
    date_hierarchy = "created_at"
    readonly_fields = ("logo_shown", "created_at", "updated_at")
    inlines = (MembershipOfEmployerInline,)
    actions = ("remove_logo",)

    def get_readonly_fields(self, request: HttpRequest, obj: Employer | None = None) -> tuple[str, ...]:
        # Public addresses hang on the slug: it is chosen once.
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employer]:
        employers: QuerySet[Employer] = super().get_queryset(request)
        return employers.annotate(
            members_total=count_of(Employer, "memberships"), jobs_total=count_of(Employer, "jobs")
        )

    @admin.display(description="Logo")
    def logo_shown(self, employer: Employer) -> SafeString | str:
        return format_html('<img src="{}" alt="" height="48">', employer.logo_url) if employer.logo else "-"

    @admin.action(description="Remove the logo of the chosen employers", permissions=["change"])
    def remove_logo(self, request: HttpRequest, employers: QuerySet[Employer]) -> None:
        for employer in employers.exclude(logo=""):
            set_logo(employer=employer, logo=None)

    @admin.display(description="Members", ordering="members_total")
    def members_count(self, employer: Any) -> int:
        return int(employer.members_total)

    @admin.display(description="Jobs", ordering="jobs_total")
    def jobs_count(self, employer: Any) -> int:
        return int(employer.jobs_total)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = MembershipForm
    list_display = ("user", "employer", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "employer")
    search_fields = ("user__email", "user__first_name", "user__last_name", "employer__name")
    autocomplete_fields = ("user", "employer")
    date_hierarchy = "created_at"

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        if obj is not None and is_last_admin(obj):
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Deleting many at once could take the last admin: members are removed one by one.
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


@admin.register(TeamInvitation)
class TeamInvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Read here, and revoked by deleting; only a member's letter makes one."""

    list_display = ("email", "employer", "role", "invited_by", "created_at", "expires_at")
    list_filter = ("role",)
    list_select_related = ("employer", "invited_by")
    search_fields = ("email", "employer__name")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TeamInvitation | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # ?key_hash__startswith= would give the hash away letter by letter.
        return not lookup.startswith("key_hash") and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]
