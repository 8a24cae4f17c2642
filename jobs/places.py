"""Where a job is, read from a text that was written for people: "Berlin, Germany", "Remote (US)", "Austin, TX"."""

import re
from dataclasses import dataclass

_COUNTRIES = """
AE United Arab Emirates|UAE;AL Albania;AM Armenia;AR Argentina;AT Austria|Österreich;AU Australia;AZ Azerbaijan;
BA Bosnia and Herzegovina;BD Bangladesh;BE Belgium;BG Bulgaria;BH Bahrain;BO Bolivia;BR Brazil|Brasil;BY Belarus;
CA Canada;CH Switzerland|Schweiz|Suisse;CL Chile;CN China;CO Colombia;CR Costa Rica;CY Cyprus;CZ Czechia|Czech Republic;
DE Germany|Deutschland;DK Denmark|Danmark;DO Dominican Republic;DZ Algeria;EC Ecuador;EE Estonia;EG Egypt;
ES Spain|España;ET Ethiopia;FI Finland|Suomi;FR France;GB United Kingdom|UK|U.K.|Great Britain|England|Scotland|Wales|
Northern Ireland;GE Georgia;GH Ghana;GR Greece;GT Guatemala;HK Hong Kong;HN Honduras;HR Croatia;HU Hungary;
ID Indonesia;IE Ireland;IL Israel;IN India;IS Iceland;IT Italy|Italia;JM Jamaica;JO Jordan;JP Japan;KE Kenya;
KH Cambodia;KR South Korea|Korea;KW Kuwait;KZ Kazakhstan;LB Lebanon;LI Liechtenstein;LK Sri Lanka;LT Lithuania;
LU Luxembourg;LV Latvia;MA Morocco;MC Monaco;MD Moldova;ME Montenegro;MK North Macedonia;MT Malta;MU Mauritius;
MX Mexico|México;MY Malaysia;NG Nigeria;NL Netherlands|The Netherlands|Nederland|Holland;NO Norway|Norge;NP Nepal;
NZ New Zealand;OM Oman;PA Panama;PE Peru;PH Philippines;PK Pakistan;PL Poland|Polska;PR Puerto Rico;PT Portugal;
PY Paraguay;QA Qatar;RO Romania;RS Serbia;RU Russia;RW Rwanda;SA Saudi Arabia;SE Sweden|Sverige;SG Singapore;
SI Slovenia;SK Slovakia;SN Senegal;SV El Salvador;TH Thailand;TN Tunisia;TR Turkey|Türkiye;TW Taiwan;TZ Tanzania;
UA Ukraine;UG Uganda;US United States|United States of America|USA|US|U.S.|U.S.A.;UY Uruguay;UZ Uzbekistan;
VE Venezuela;VN Vietnam;ZA South Africa;ZM Zambia;ZW Zimbabwe
"""
# Not DE and IN, which stand for Germany and India as often, and not the state of Georgia, which is also a country.
_STATES = """
AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DC District of Columbia;FL Florida;
GA Georgia (US);HI Hawaii;ID Idaho;IL Illinois;IA Iowa;KS Kansas;KY Kentucky;LA Louisiana;ME Maine;MD Maryland;
MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;MO Missouri;MT Montana;NE Nebraska;NV Nevada;
NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;
OR Oregon;PA Pennsylvania;RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;
VT Vermont;VA Virginia;WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming
"""


def _by_code(table: str) -> dict[str, list[str]]:
    rows = (row.strip().partition(" ") for row in table.replace("\n", " ").split(";"))
    return {code: [name.strip() for name in names.split("|")] for code, _, names in rows}


def _by_name(table: dict[str, list[str]]) -> dict[str, str]:
    return {name.casefold(): code for code, names in table.items() for name in names}


COUNTRY_NAMES = {code: names[0] for code, names in _by_code(_COUNTRIES).items()}
_COUNTRY_CODES = _by_name(_by_code(_COUNTRIES))
_STATE_CODES = _by_name(_by_code(_STATES))
_SEPARATORS = re.compile(r"\s*[,;/|()]\s*|\s+[-–—]\s+")
_HOW = re.compile(
    r"\b(?:(?:fully|100 ?%|partly|or|and)\s+)?(?:remote(?:ly)?|hybrid|on-?site|home ?office|work from home)\b"
    r"(?:\s+(?:only|first|friendly))?(?:\s+(?:or|and|in|from|within)\b)?(?:\s+the\b)?[:\s-]*",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"\b(?:remote(?:ly)?|anywhere|worldwide|work(?:ing)? from home|home ?office|home-based|telecommut\w+|"
    r"remot[oa]|télétravail)\b",
    re.IGNORECASE,
)
_NOT_ONLY_REMOTE = re.compile(
    r"\b(?:not?|non|isn't)[ -](?:\w+ )?remote|\bremote[ -](?:friendly|possible|optional|flexible|not )|\bhybrid\b|"
    r"\bon-?site\b|\bin[ -](?:the )?office\b|\b(?:partly|partially|occasional\w*|some|optional\w*|part[ -]time) remote",
    re.IGNORECASE,
)
_READ_CHARACTERS = 300  # of a place that is longer than any place; patterns are slow on what is no text
_ASIDE = re.compile(r"\([^()]*\)")
_ALTERNATIVES = re.compile(r"\s+(?:or|oder|ou|and|und|et)\s+|\s*[/|;&+]\s*", re.IGNORECASE)
_NOT_A_PLACE = {
    *("anywhere", "worldwide", "global", "various", "multiple locations", "europe", "the eu", "eu", "emea", "apac"),
    *("north america", "south america", "latin america", "latam", "americas", "asia", "africa", "dach", "nordics"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What can be told of a place; `country` is its ISO code. All empty when nothing can."""

    locality: str = ""
    region: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return bool(self.locality or self.region or self.country)


def read_place(text: str) -> Place:
    """Read a place from a text. A country is only named where the text leaves no doubt."""
    parts = [_HOW.sub(" ", part).strip(" .:-") for part in _SEPARATORS.split(text)]
    parts = [part for part in parts if part and part.casefold() not in _NOT_A_PLACE]
    region, country = "", ""
    if parts and (code := _COUNTRY_CODES.get(parts[-1].casefold())):
        country = code
        parts.pop()
    if len(parts) > 1 and country in ("", "US") and (state := _state(parts[-1])):
        region, country = state, "US"
        parts.pop()
    return Place(locality=parts[0] if parts else "", region=region, country=country)


def _state(text: str) -> str:
    return text if text in _STATE_CODES.values() else _STATE_CODES.get(text.casefold(), "")


def says_remote(text: str) -> bool:
    """Tell whether a place is one to be fully remote: "Remote", "Remote – EU", "Anywhere", "Berlin (Remote)".

    Not where another way is left open, as in "Hybrid", "Remote-friendly" or "Berlin or remote": when in doubt, no.
    """
    text = text[:_READ_CHARACTERS]
    if not _REMOTE.search(text) or _NOT_ONLY_REMOTE.search(text):
        return False
    outside = _ASIDE.sub(" ", text)
    # What stands in brackets beside "Remote" are the countries; "(Remote)" beside a town is said of the town.
    read = outside if _REMOTE.search(outside) else text
    return all(_REMOTE.search(part) for part in _ALTERNATIVES.split(read) if part.strip())
