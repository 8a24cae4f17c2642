"""What somebody of the network tells of themselves, and how they log in."""

import re
from typing import Any

from django import forms

from candidates.forms import LinkField
from candidates.joining.profiles import ProfileData
from candidates.kept import ACCEPTED_IN_WORDS, FieldRow, KeepsUploads, UploadField
from candidates.models import Level, Remote, SearchState, TermKind, company_key
from candidates.vocabulary import (
    CURRENCIES,
    INTERESTS,
    MAX_COMPANIES,
    MAX_LOCATIONS,
    MAX_NAME,
    MAX_SALARY,
    MAX_SKILLS,
    MAX_SUMMARY,
    POSITIONS,
    VALUES,
)

# The address gains "https://" where it was typed without, and the column holds 200 characters.
_MAX_LINK = 190
_TELLS = ("pronouns", "current_title", "current_company", "summary", "linkedin_url", "github_url", "portfolio_url")
_WANTS = ("search_state", "remote", "level", "years", "salary_min", "salary_max", "salary_currency")
_SHOWS = ("is_listed", "can_be_sent")


class NamesField(forms.CharField):
    """Several short names, with commas or lines between them; each once, in the order they were typed."""

    def __init__(self, *, most: int, suggested: str, **kwargs: Any) -> None:
        # The script makes chips of it, with the page's list of that id to choose from.
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2, "data-names": suggested}), **kwargs)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text: str = super().clean(value)
        names = {name.casefold(): name for part in re.split(r"[,;\n]", text) if (name := " ".join(part.split()))}
        if len(names) > self.most:
            raise forms.ValidationError(f"These are {len(names)}. Choose the {self.most} that matter most.")
        for name in names.values():
            if len(name) > MAX_NAME:
                raise forms.ValidationError(f"“{name[:30]}…” is too long for one of them. Put commas in between.")
        return list(names.values())


class CompaniesField(forms.CharField):
    """Companies, one a line, by name or web address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text: str = super().clean(value)
        names = [name for line in text.splitlines() if (name := " ".join(line.split()))]
        if len(names) > MAX_COMPANIES:
            raise forms.ValidationError(f"These are {len(names)} companies. Enter at most {MAX_COMPANIES}.")
        for name in names:
            # Never left out in silence: who thinks to be hidden must be.
            if not company_key(name) or len(name) > 200:
                raise forms.ValidationError(f"“{name[:60]}” is no name or web address of a company.")
        return names


class SummaryField(forms.CharField):
    """A text whose line ends count as one character each, as they do in the browser."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _text(label: str, *, most: int, fills: str = "off", needed: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": fills})
    errors = {"required": needed}
    return forms.CharField(label=label, max_length=most, required=bool(needed), widget=widget, error_messages=errors)


def _boxes(label: str, names: tuple[str, ...]) -> forms.MultipleChoiceField:
    pairs = [(name, name) for name in names]
    return forms.MultipleChoiceField(label=label, choices=pairs, required=False, widget=forms.CheckboxSelectMultiple)


def _money(label: str) -> forms.IntegerField:
    errors = {"invalid": "Enter a whole number, for example 60000.", "max_value": "Enter an amount for one year."}
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=MAX_SALARY, widget=widget, error_messages=errors
    )


class ProfileForm(KeepsUploads):
    """All of a profile, in the order of the page."""

    first_name = _text("First name", most=150, fills="given-name", needed="Enter your first name.")
    last_name = _text("Last name", most=150, fills="family-name", needed="Enter your last name.")
    pronouns = _text("Pronouns", most=40)
    current_title = _text("What you do", most=200, fills="organization-title")
    current_company = _text("Where you work", most=200, fills="organization")
    summary = SummaryField(
        label="A few words about you",
        required=False,
        max_length=MAX_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"What drives you, in at most {MAX_SUMMARY} characters.",
        error_messages={"max_length": f"This is too long. Enter at most {MAX_SUMMARY} characters."},
    )
    linkedin_url = LinkField(
        label="LinkedIn", site="linkedin.com", example="linkedin.com/in/your-name", max_length=_MAX_LINK
    )
    github_url = LinkField(label="GitHub", site="github.com", example="github.com/your-name", max_length=_MAX_LINK)
    portfolio_url = LinkField(label="Portfolio or website", example="your-name.com", max_length=_MAX_LINK)
    resume = UploadField(
        label="Résumé",
        required=False,
        help_text=f"{ACCEPTED_IN_WORDS} We look for skills in it, and you choose which to add.",
    )
    # The file that is there already, from the profile or from an application.
    current_resume = forms.UUIDField(required=False, widget=forms.HiddenInput)

    search_state = forms.ChoiceField(
        label="Are you looking?", choices=SearchState.choices, initial=SearchState.OPEN, widget=forms.RadioSelect
    )
    positions = _boxes("What would you take?", POSITIONS)
    level = forms.ChoiceField(label="Experience level", required=False, choices=[("", "No answer"), *Level.choices])
    years = forms.IntegerField(
        label="Years of experience",
        required=False,
        min_value=0,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Enter a whole number.", "max_value": "Enter at most 60 years."},
    )
    locations = NamesField(
        label="Where would you work?",
        most=MAX_LOCATIONS,
        suggested="location-names",
        help_text="Cities or countries, with commas.",
    )
    remote = forms.ChoiceField(
        label="Remote or on site?", choices=Remote.choices, initial=Remote.OPEN, widget=forms.RadioSelect
    )
    salary_min = _money("Salary from")
    salary_max = _money("Salary up to")
    salary_currency = forms.ChoiceField(
        label="Currency", required=False, choices=[("", "Choose"), *((code, code) for code in CURRENCIES)]
    )

    skills = NamesField(
        label="Skills",
        most=MAX_SKILLS,
        suggested="skill-names",
        help_text="With commas, for example: Python, user research.",
    )
    values = _boxes("What matters to you at work?", VALUES)
    interests = _boxes("Which fields interest you?", INTERESTS)

    is_listed = forms.BooleanField(
        label="Employers may find me",
        required=False,
        initial=True,
        help_text="They see your profile and your résumé, never your email address; their emails reach you through us. "
        "Off: nobody sees your profile. Employers where you applied keep that application.",
    )
    can_be_sent = forms.BooleanField(
        label="Employers may take me into their own hiring software",
        required=False,
        initial=True,
        help_text="Then they do have your email address there, with your profile and résumé.",
    )
    hidden_from = CompaniesField(
        label="Hide me from these companies",
        help_text="One a line, by name or web address. They see nothing of your profile, now or when they join later.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        low, high = data.get("salary_min"), data.get("salary_max")
        if low is not None and high is not None and low > high:
            self.add_error("salary_max", "This is less than the salary you begin with.")
        if (low is not None or high is not None) and not data.get("salary_currency"):
            self.add_error("salary_currency", "Choose the currency of the salary.")
        return data

    @property
    def resume_row(self) -> FieldRow:
        return self.row("resume")

    def profile_data(self) -> ProfileData:
        """Return the checked fields as `profiles.save` takes them."""
        data = self.cleaned_data
        kinds = {
            TermKind.SKILL: "skills",
            TermKind.POSITION: "positions",
            TermKind.VALUE: "values",
            TermKind.INTEREST: "interests",
            TermKind.LOCATION: "locations",
        }
        return ProfileData(
            first_name=" ".join(data["first_name"].split()),
            last_name=" ".join(data["last_name"].split()),
            fields={name: data[name] for name in (*_TELLS, *_WANTS, *_SHOWS)},
            names={kind: data[name] for kind, name in kinds.items()},
            hidden_from=data["hidden_from"],
            resume=self.uploads.get("resume"),
            kept_resume=None if data.get("drop_resume") else data["current_resume"],
        )


class EmailForm(forms.Form):
    """Where the link to log in is to go."""

    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address like name@example.com.",
        },
    )


class LeaveForm(forms.Form):
    """The second step before everything is deleted."""

    keeps = forms.ChoiceField(
        label="And your applications?",
        choices=[("", "Take it back, too"), ("keep", "Leave it with them")],
        required=False,
        widget=forms.RadioSelect,
    )
    email = forms.CharField(
        label="Type your email address to confirm",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type your email address."},
    )

    def __init__(self, *args: Any, own_email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_email = own_email

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip().lower()
        if typed != self.own_email:
            raise forms.ValidationError(f"This is not the address of your profile, {self.own_email}.")
        return typed
