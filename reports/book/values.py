"""What the renderer binds into a book: plain values."""

import datetime as dt
from dataclasses import dataclass

from reports.documents.base import Document


@dataclass(frozen=True, slots=True)
class Cover:
    """The title page. ``made_on`` is the day the figures were read."""

    community: str
    year: int
    made_on: dt.date


@dataclass(frozen=True, slots=True)
class Part:
    """One document of the book; neighbours of one ``group`` stand under one heading of the contents."""

    group: str
    title: str
    document: Document
