"""The scope doctor: which features a credential can serve, and which click repairs each that it cannot. No HTTP."""

from collections.abc import Collection
from dataclasses import dataclass, field

from integrations.greenhouse.scopes import ALL_SCOPES, FEATURES, PEOPLE, SOURCE, Feature
from integrations.models import Connection, CredentialKind

WORKS, MISSING, UNSEEN = "works", "missing", "unseen"
_WORDS = {WORKS: "Works", MISSING: "Does not work", UNSEEN: "Cannot be seen"}
_SCOPE_WORDS = {WORKS: "there", MISSING: "missing", UNSEEN: "cannot be seen"}


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope and whether the credential has it."""

    name: str
    sight: str

    @property
    def in_words(self) -> str:
        return _SCOPE_WORDS[self.sight]


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One line of the doctor's table."""

    feature: Feature
    scopes: tuple[ScopeRow, ...]
    kind: str

    @property
    def sight(self) -> str:
        seen = {scope.sight for scope in self.scopes}
        return next((sight for sight in (MISSING, UNSEEN) if sight in seen), WORKS)

    @property
    def in_words(self) -> str:
        if self.sight == MISSING and not self.feature.is_required:
            return "Switched off"
        return _WORDS[self.sight]

    @property
    def sentence(self) -> str:
        if self.sight == MISSING:
            return self.feature.without
        if self.sight == UNSEEN:
            return "Greenhouse does not say. It shows when the first one is needed; we tell you if it is refused."
        return ""

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(scope.name for scope in self.scopes if scope.sight == MISSING)

    @property
    def repair(self) -> str:
        """The click path in Greenhouse; empty where nothing is to be repaired."""
        if self.sight != MISSING:
            return ""
        if self.kind == CredentialKind.PARTNER:
            return "Press Connect with Greenhouse again and authorize everything it lists."
        where = "Configure → Dev Center → API Credential Management → your credential → Manage Scopes"
        again = "Save, then test again."
        return f"{where} → tick {' and '.join(self.missing)} → {again}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a credential may do, and for whom it acts, as far as Greenhouse let us see.

    Shape: a scope neither in `granted` nor in `refused` could not be seen.
    """

    kind: str
    granted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    organization_name: str = ""
    acting_as: str = ""
    role: str = ""
    needs_person: bool = field(default=True)

    @classmethod
    def of(cls, connection: Connection) -> "Diagnosis":
        """What is stored of the last check-up, and what was refused since."""
        refused = frozenset(connection.refused_scopes)
        return cls(
            kind=connection.credential_kind,
            granted=frozenset(connection.granted_scopes or ()) - refused,
            refused=refused,
            organization_name=connection.organization_name,
            acting_as=connection.acting_user_name,
            needs_person=not connection.acts_as_service_user,
        )

    @property
    def rows(self) -> list[FeatureRow]:
        return [self._row(feature) for feature in FEATURES if self.needs_person or feature is not PEOPLE]

    @property
    def is_complete(self) -> bool:
        return all(row.sight == WORKS for row in self.rows)

    @property
    def missing_required(self) -> list[str]:
        """The scopes without which nothing can be imported or sent."""
        found = (name for row in self.rows if row.feature.is_required for name in row.missing)
        return list(dict.fromkeys(found))

    @property
    def reads_sources(self) -> bool:
        return not self.refused.intersection(SOURCE.scopes)

    def _row(self, feature: Feature) -> FeatureRow:
        return FeatureRow(feature, tuple(ScopeRow(name, self._sight(name)) for name in feature.scopes), self.kind)

    def _sight(self, scope: str) -> str:
        if scope in self.refused:
            return MISSING
        return WORKS if scope in self.granted else UNSEEN


def by_list(scopes: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Split what we need into granted and refused, by Greenhouse's own full list of what a token may do."""
    granted = frozenset(ALL_SCOPES).intersection(scopes)
    return granted, frozenset(ALL_SCOPES) - granted
