"""How many rows belong to another: counted for the rows that a page shows, not for the whole table."""

from typing import Any

from django.db.models import Count, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_of(model: type[Model], relation: str) -> Coalesce:
    """Count the rows behind a reverse relation of `model`, to annotate its rows with.

    A subquery for each shown row: joined and grouped, all rows of both tables were read before the first was shown, and
    two such counts multiplied each other.
    """
    to_it: Any = model._meta.get_field(relation)
    name = to_it.field.name
    rows = to_it.related_model._base_manager.filter(**{name: OuterRef("pk")}).order_by()
    return Coalesce(Subquery(rows.values(name).annotate(number=Count("pk")).values("number")), 0)
