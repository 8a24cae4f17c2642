"""Forms about jobs."""

import re
from typing import Any, ClassVar

from django import forms

from jobs.models import Job
from jobs.pay import COMMON_CURRENCIES, OTHER_CURRENCIES, PayPeriod, in_words, what_is_wrong

_WITH_COMMAS = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,2})?")
_CURRENCIES: list[Any] = [
    ("", "No currency"),
    ("Often used", [(code, f"{code} – {name}") for code, name in COMMON_CURRENCIES.items()]),
    ("All others", [(code, code) for code in OTHER_CURRENCIES]),
]


class PayField(forms.DecimalField):
    """An amount typed as a plain number.

    Units: people type the currency itself; the cleaned value is in its hundredths.
    """

    def __init__(self, *, label: str, example: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            help_text=f"A plain number, for example {example}.",
            error_messages={
                "invalid": f"Enter a plain number, for example {example}.",
                "min_value": "Enter a number that is not negative.",
                "max_digits": "This number is too long.",
                "max_whole_digits": "This number is too large.",
                "max_decimal_places": "Enter at most two digits after the point.",
            },
        )

    def prepare_value(self, value: Any) -> Any:
        return in_words(value).replace(",", "") if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"\s", "", str(value or ""))  # people group thousands by all kinds of spaces
        return super().to_python(text.replace(",", "") if _WITH_COMMAS.fullmatch(text) else text)

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class JobForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a job as a recruiter types them; `services` cleans and stores them."""

    pay_min_cents = PayField(label="Lowest pay", example="52000")
    pay_max_cents = PayField(label="Highest pay", example="64000")
    pay_currency = forms.ChoiceField(label="Currency", required=False, choices=_CURRENCIES)
    pay_period = forms.ChoiceField(
        label="Pay is for", choices=PayPeriod.choices, initial=PayPeriod.YEAR, required=False
    )

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = [
            *("title", "location", "is_remote", "department", "employment_type"),
            *("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period", "description"),
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "title": forms.TextInput(),
            "location": forms.TextInput(),
            "department": forms.TextInput(),
            "employment_type": forms.TextInput(),
            "description": forms.Textarea(attrs={"rows": 16, "data-rich": True}),
        }
        labels: ClassVar[dict[str, str]] = {"employment_type": "Employment type", "is_remote": "Fully remote"}
        help_texts: ClassVar[dict[str, str]] = {
            "location": "As candidates should read it, for example: Berlin, Germany.",
            "is_remote": "All of the work can be done from elsewhere. Name the countries under Location.",
            "employment_type": "For example: Full-time.",
            "description": "Plain text, where an empty line starts a new paragraph, or simple HTML.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "title": {"required": "Give the job a title."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.pay_currency
        if stored and stored not in (*COMMON_CURRENCIES, *OTHER_CURRENCIES):
            # Greenhouse may name one that we do not know; an untouched form must keep it.
            field = self.fields["pay_currency"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [*_CURRENCIES, (stored, stored)]

    def clean_pay_period(self) -> str:
        return self.cleaned_data["pay_period"] or PayPeriod.YEAR.value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wrong = what_is_wrong(
            min_cents=data.get("pay_min_cents"),
            max_cents=data.get("pay_max_cents"),
            currency=data.get("pay_currency", "") or ("?" if "pay_currency" in self.errors else ""),
        )
        if wrong:
            self.add_error(*wrong)
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """The checked words, as `services.create_job` and `services.save_job` take them."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or []}
