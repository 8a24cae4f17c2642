"""Forms about people and employers."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.logos import CONTENT_TYPES, Logo, check_logo
from accounts.models import Employer, Role, User
from accounts.services import create_employer

HOW_LONG = "At least 10 characters. A few unrelated words work well."


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """Makes the person and the company they hire for."""

    name = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    company = forms.CharField(
        label="Company name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    field_order = ["name", "email", "company", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Work email"
        self.fields["password1"].help_text = HOW_LONG
        for name in ("email", "password1"):
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """Split the name as people are called: the first word, then all the rest."""
        cleaned: dict[str, Any] = super().clean()
        cleaned["first_name"], _, cleaned["last_name"] = cleaned.get("name", "").partition(" ")
        # allauth compares the password with the email only, since its own form asks for no name.
        if "password1" in cleaned and "password1" not in self.errors:
            person = User(first_name=cleaned["first_name"], last_name=cleaned["last_name"])
            _refuse_weak(self, "password1", person)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save; an email that somebody took after this form was checked leads to the log-in, not to a crash."""
        try:
            return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:
            messages.error(request, get_adapter(request).error_messages["email_taken"])
            return None, redirect("account_login")

    def save(self, request: HttpRequest) -> User:
        """Create the person, their company and their place in it, all or nothing."""
        with transaction.atomic():
            user: User = super().save(request)
            create_employer(name=self.cleaned_data["company"], by=user)
        return user


class TeamInvitationForm(forms.Form):
    """Chooses who is asked into the team, and as what."""

    email = forms.EmailField(label="Your colleague's email", max_length=254)
    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role, initial=Role.RECRUITER)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class JoinTeamForm(forms.Form):
    """Asks an invited person for what a new account needs; the address is known from the invitation."""

    name = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Password",
        help_text=HOW_LONG,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Split the name as the form to sign up does."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["first_name"], _, cleaned["last_name"] = cleaned.get("name", "").partition(" ")
        if "password" in cleaned:
            person = User(email=self.email, first_name=cleaned["first_name"], last_name=cleaned["last_name"])
            _refuse_weak(self, "password", person)
        return cleaned

    def as_arguments(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "password")}


def _refuse_weak(form: forms.Form, field: str, person: User) -> None:
    try:
        password_validation.validate_password(form.cleaned_data[field], person)
    except ValidationError as exc:
        form.add_error(field, exc)


class EmployerForm(forms.Form):
    """Asks for the little that a new company needs."""

    name = forms.CharField(
        label="Company name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )


class CompanyProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Edits what candidates read about an employer."""

    website = forms.URLField(
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )

    class Meta:
        model = Employer
        fields = ["name", "tagline", "about", "website", "headquarters"]
        labels = {"name": "Company name", "about": "About the company"}
        widgets = {"about": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "tagline": "One line under your name, such as “Robots that hand surgeons the right tool”.",
            "about": "What you build, for whom, and what it is like to work with you.",
            "headquarters": "A city and a country are enough.",
        }


class LogoForm(forms.Form):
    """Chooses the picture that stands for an employer; `cleaned_data["logo"]` is a `Logo`."""

    logo = forms.FileField(
        label="Picture",
        help_text="PNG, JPEG or WebP, at most 1 MB. A square of 256 pixels or more looks best everywhere.",
        widget=forms.FileInput(attrs={"accept": ",".join(CONTENT_TYPES.values())}),
        error_messages={"required": "Choose a picture.", "empty": "This file is empty. Choose another one."},
    )

    def clean_logo(self) -> Logo:
        return check_logo(self.cleaned_data["logo"])


class RoleForm(forms.Form):
    """Chooses the role of one member."""

    role = forms.ChoiceField(choices=Role.choices)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
