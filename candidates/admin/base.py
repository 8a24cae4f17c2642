"""What the admin pages of this room have in common."""

from django.db.models import Model
from django.http import HttpRequest


class NoAddOrDelete:
    """Rows that only the program itself makes."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(NoAddOrDelete):
    """Rows that tell what happened: not even a superuser rewrites them."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
