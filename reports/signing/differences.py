"""How a file differs from the issued ones, in words a person can check."""

from collections.abc import Mapping

from reports.signing.findings import Reason


def same(data: bytes, originals: Mapping[str, bytes]) -> str:
    """The name of the issued file with exactly these bytes, or nothing."""
    return next((name for name, original in originals.items() if original == data), "")


def nearest(data: bytes, originals: Mapping[str, bytes]) -> str:
    """The issued file of the same kind that begins most alike; nothing where none is of the kind."""
    alike = {
        name: first_difference(data, original)
        for name, original in originals.items()
        if original[:4] == data[:4] or original[:1] == data[:1] == b"{"
    }
    return max(alike, key=lambda name: alike[name], default="")


def first_difference(one: bytes, other: bytes) -> int:
    """The offset of the first byte in which they differ; the length of the shorter where it begins the longer."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # by halves: comparing slices is fast, comparing bytes one by one is not
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def compared(data: bytes, originals: Mapping[str, bytes]) -> str:
    """A sentence on the nearest issued file; nothing where none is of the kind."""
    name = nearest(data, originals)
    if not name:
        return ""
    return (
        f" Виданий файл {name}: {len(originals[name])} байтів, цей {len(data)},"
        f" перша відмінність у байті {first_difference(data, originals[name])}."
    )


def other_file(data: bytes, originals: Mapping[str, bytes], *, name: str = "") -> Reason:
    which = f" ({name})" if name else ""
    return Reason(
        "other_document",
        f"Підписано інший файл{which}: його вміст не збігається з жодним виданим.{compared(data, originals)}"
        " Підпишіть саме той файл, який видано.",
    )


def other_digest(originals: Mapping[str, bytes]) -> Reason:
    names = ", ".join(originals) or "немає"
    return Reason(
        "other_document",
        f"Підписано інший файл: відбиток у підписі не належить жодному з виданих ({names}). Підпишіть саме той файл, який видано.",
    )
