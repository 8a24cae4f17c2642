"""CSV as spreadsheets take it: nothing in a cell is ever run."""

import re

BOM = "\ufeff"  # without it, Excel takes UTF-8 for something else
# A spreadsheet runs what begins like this, whoever typed it; an apostrophe before it makes it text.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FULL_WIDTH = ("＝", "＋", "－", "＠")  # noqa: RUF001 - some spreadsheets read them as the above
# One that takes these for the ends of cells starts a cell after each; the blanks need not be separators once more.
_FORMULA_INSIDE = re.compile(r"([;\t\r\n|][^\S\t\r\n]*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001


class Echo:
    """A file that hands back what is written to it: so a writer yields its lines."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: str) -> str:
    """Return a cell that is text to every spreadsheet, whoever typed what is in it."""
    cell = _FORMULA_INSIDE.sub(r"\1'", cell)
    return f"'{cell}" if cell.lstrip(" ").startswith((*_STARTS_FORMULA, *_FULL_WIDTH)) else cell
