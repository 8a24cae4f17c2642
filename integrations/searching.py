"""What somebody typed into a search field, where anybody may write anything, as the words to look for."""

_LONGEST = 200  # characters
_MOST_WORDS = 6  # each is a condition of the query, and a database takes only so many


def cleaned(text: str) -> str:
    """Leave what a search can hold. Shape: no NUL, which PostgreSQL cannot even be asked for."""
    return text.replace("\x00", "").strip()[:_LONGEST]


def words_of(text: str) -> list[str]:
    """Read the first words of a search; what comes after them narrows nothing."""
    return cleaned(text).split()[:_MOST_WORDS]
