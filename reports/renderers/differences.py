"""What a changed copy of an issued file says otherwise, in lines a person can check."""

import difflib
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl
import pypdf

MOST_LINES = 20
_MOST_PAGES = 500
_SPACES = re.compile(r"\s+")


def of_pdf(issued: bytes, given: bytes) -> list[str]:
    """Lines of text that differ, page by page, and attachments that were swapped, added or taken away."""
    was, becomes = (pypdf.PdfReader(io.BytesIO(content)) for content in (issued, given))
    found = list(_lines(_texts(was), _texts(becomes)))
    return _limited([*found, *_attachments(was, becomes)])


def of_workbook(issued: bytes, given: bytes) -> list[str]:
    was, becomes = (dict(_cells(content)) for content in (issued, given))
    return _limited(_values(was, becomes))


def of_data(issued: bytes, given: bytes) -> list[str]:
    was, becomes = (dict(_leaves(json.loads(content), "")) for content in (issued, given))
    return _limited(_values(was, becomes))


def code_in_workbook(content: bytes) -> str:
    """The code that an issued workbook says it has; empty where it says none."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    told = {each.name: each.value for each in book.custom_doc_props.props}  # type: ignore[attr-defined]
    return str(told.get("code") or "")


def text_of_pdf(content: bytes) -> str:
    return "\n".join(_texts(pypdf.PdfReader(io.BytesIO(content))))


def _texts(reader: pypdf.PdfReader) -> list[str]:
    lines: list[str] = []
    for page in reader.pages[:_MOST_PAGES]:
        lines += (_SPACES.sub(" ", line).strip() for line in page.extract_text().splitlines())
    return [line for line in lines if line]


def _lines(was: list[str], becomes: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, was, becomes, autojunk=False)
    for kind, first, last, other_first, other_last in matcher.get_opcodes():
        if kind != "equal":
            yield _pair(" ".join(was[first:last]), " ".join(becomes[other_first:other_last]))


def _attachments(was: pypdf.PdfReader, becomes: pypdf.PdfReader) -> Iterator[str]:
    old, new = dict(was.attachments), dict(becomes.attachments)
    for name in sorted({*old, *new}):
        if name not in new:
            yield f"вкладений файл {name} вилучено"
        elif name not in old:
            yield f"додано вкладений файл {name}"
        elif old[name] != new[name]:
            yield f"вкладений файл {name} підмінено"


def _cells(content: bytes) -> Iterator[tuple[str, str]]:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value not in {None, ""}:
                    yield f"аркуш {sheet.title}, {cell.coordinate}", str(cell.value)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value, start=1):
            yield from _leaves(inner, f"{path}[{place}]")
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _values(was: dict[str, str], becomes: dict[str, str]) -> Iterator[str]:
    for place in {**was, **becomes}:
        if was.get(place) != becomes.get(place):
            yield f"{place}: {_pair(was.get(place, ''), becomes.get(place, ''))}"


def _pair(was: str, becomes: str) -> str:
    if not was:
        return f"додано «{becomes[:200]}»"
    if not becomes:
        return f"вилучено «{was[:200]}»"
    return f"видано «{was[:200]}», тут «{becomes[:200]}»"


def _limited(found: Iterable[str]) -> list[str]:
    lines = list(found)
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"і ще відмінностей: {more}"] if more > 0 else lines
