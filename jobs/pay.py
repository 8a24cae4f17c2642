"""What a job pays: a range in the hundredths of a currency, and how it is said."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models

# Every currency of ISO 4217 that people are paid in, the common ones first and by name.
COMMON_CURRENCIES = {
    "EUR": "euro",
    "USD": "US dollar",
    "GBP": "British pound",
    "CHF": "Swiss franc",
    "CAD": "Canadian dollar",
    "AUD": "Australian dollar",
    "DKK": "Danish krone",
    "NOK": "Norwegian krone",
    "SEK": "Swedish krona",
    "PLN": "Polish złoty",
    "CZK": "Czech koruna",
    "INR": "Indian rupee",
    "JPY": "Japanese yen",
    "SGD": "Singapore dollar",
    "BRL": "Brazilian real",
    "MXN": "Mexican peso",
    "ILS": "Israeli shekel",
    "NZD": "New Zealand dollar",
    "ZAR": "South African rand",
}
_OTHER_CODES = (
    "AED AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BSD BTN BWP BYN BZD CDF CLP CNY COP CRC CUP CVE "
    "DJF DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR IQD IRR ISK JMD JOD KES KGS KHR "
    "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MYR MZN NAD NGN NIO "
    "NPR OMR PAB PEN PGK PHP PKR PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZMW ZWG"
)
OTHER_CURRENCIES = tuple(_OTHER_CODES.split())


class PayPeriod(models.TextChoices):
    """What the pay is for. The names in capitals are the values that schema.org knows."""

    YEAR = "year", "a year"
    MONTH = "month", "a month"
    WEEK = "week", "a week"
    DAY = "day", "a day"
    HOUR = "hour", "an hour"


@dataclass(frozen=True, slots=True)
class Pay:
    """A range of pay; either end may be open, and a range that came upside down is turned.

    Units: `min_cents` and `max_cents` are hundredths of the currency, whatever coins it has.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period")

    min_cents: int | None
    max_cents: int | None
    currency: str
    period: PayPeriod

    @property
    def lowest(self) -> int | None:
        return self.max_cents if self._is_upside_down else self.min_cents

    @property
    def highest(self) -> int | None:
        return self.min_cents if self._is_upside_down else self.max_cents

    @property
    def _is_upside_down(self) -> bool:
        return self.min_cents is not None and self.max_cents is not None and self.min_cents > self.max_cents

    def __str__(self) -> str:
        low, high = (None if cents is None else in_words(cents) for cents in (self.lowest, self.highest))
        if low and high and low != high:
            amount = f"{low} – {high}"
        elif low and high:
            amount = low
        else:
            amount = f"from {low}" if low else f"up to {high}"
        return f"{amount} {self.currency} {self.period.label}"


def in_words(cents: int) -> str:
    """Write an amount as people read it: 7800000 is "78,000", 2550 is "25.50"."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"


def what_is_wrong(*, min_cents: int | None, max_cents: int | None, currency: str) -> tuple[str, str] | None:
    """Say which field of a pay range a person must repair, and how; None when nothing is wrong."""
    if min_cents is not None and max_cents is not None and min_cents > max_cents:
        return "pay_max_cents", "The highest pay is below the lowest. Enter it as the larger number."
    if (min_cents is not None or max_cents is not None) and not currency:
        return "pay_currency", "Choose the currency of the pay."
    return None
