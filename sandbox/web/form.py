"""Reading the fields of a form."""

from sandbox.exchange import Request, unprocessable


def number(request: Request, name: str, *, signed: bool = False) -> int | None:
    """Return a whole number, or None for an empty field.

    Raises: Refusal 422 for anything else.
    """
    given = request.form.get(name, "").strip()
    digits = given.removeprefix("-") if signed else given
    if not given:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise unprocessable({name: "must be a number"})
    return int(given)


def text(request: Request, name: str, without: str) -> str:
    """Return a text; `without` is what to say when there is none."""
    given = request.form.get(name, "").strip()
    if not given:
        raise unprocessable(without)
    return given


def choice(request: Request, name: str, *words: str) -> str:
    """Return one of the words, the first unless another was chosen."""
    given = request.form.get(name, words[0])
    if given not in words:
        raise unprocessable({name: f"must be one of: {', '.join(words)}"})
    return given
