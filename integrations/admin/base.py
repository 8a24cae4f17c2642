"""What every page about the engine's rows has in common."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from integrations.models import WithProblem
from integrations.problems import PROBLEMS

_SECRETS = frozenset({"secret", "former_secret", "token", "refresh_token", "key_hash", "key", "body", "digest"})


class EngineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the engine writes: read here, moved by actions alone, and never deleted with what they remember."""

    list_per_page = 50
    joined: ClassVar[tuple[str, ...]]  # what a row's names need; `list_select_related` would leave its page out

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.joined)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # For the list, where it lets the actions through; the page of one row only shows.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # A filter by ?secret__startswith= would give a secret's ciphertext away letter by letter.
        if _SECRETS.intersection(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]


class OfConnectionAdmin(EngineAdmin):
    """Rows of one employer's connection: the employer stands first."""

    joined: ClassVar[tuple[str, ...]] = ("connection__employer",)

    @admin.display(description="Employer", ordering="connection__employer__name")
    def employer(self, row: Any) -> str:
        return str(row.connection.employer)


class ProblemFilter(admin.SimpleListFilter):
    """Filters by the problems there are, in their own words."""

    title = "problem"
    parameter_name = "problem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.model.objects.exclude(problem_code="").order_by("problem_code")
        codes = list(rows.values_list("problem_code", flat=True).distinct())
        return [("any", "Any"), *((code, title_of(code)) for code in codes)] if codes else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "any":
            return queryset.exclude(problem_code="")
        return queryset.filter(problem_code=self.value()) if self.value() else queryset


def title_of(code: str) -> str:
    """The title of a problem; a code that an older release wrote stands for itself."""
    problem = PROBLEMS.get(code)
    return problem.title if problem else code


@admin.display(description="Problem", ordering="problem_code")
def problem_title(row: WithProblem) -> str:
    return title_of(row.problem_code)


@admin.display(description="Problem")
def problem_words(row: WithProblem) -> SafeString | str:
    """The employer's own words for it: title, sentence, next step."""
    problem = PROBLEMS.get(row.problem_code)
    if problem is None:
        return row.problem_code or "None"
    return format_html("<strong>{}</strong><br>{}<br>{}", problem.title, problem.sentence, problem.next_step)


def list_of(lines: Iterable[str]) -> SafeString:
    """Each line on its own."""
    return format_html_join("", "{}<br>", ((line,) for line in lines))


def operator(request: HttpRequest) -> User:
    """The person at the keyboard; the admin lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker
    return request.user


def counted(count: int, noun: str) -> str:
    """`1 export`, `2 exports`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
