"""What spreadsheets make of text they open from a file."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_words(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
