"""What an error page or report may show of the moment something broke: where, not with what."""

from collections.abc import ItemsView
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NoValues(SafeExceptionReporterFilter):
    """Shows no values: what was posted and what stood in variables are credentials and candidates' words.

    Django's own filter does this only where functions say so, and not at all while DEBUG is on.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: TracebackType
    ) -> ItemsView[str, Any]:
        names: dict[str, Any] = tb_frame.f_locals  # type: ignore[attr-defined]  # a frame, whatever the stubs say
        return dict.fromkeys(names, self.cleansed_substitute).items()
