"""Joining printed documents into one PDF without losing what makes each readable: fonts, bookmarks, tags.

pypdf copies pages and leaves the structure tree behind; here the trees become parts of one. Contents lead to
pages through links that the front matter prints as ``book:N`` (N-th document from 0).
"""

import gc
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pypdf
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    Fit,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

LINK = "book:"


@dataclass(frozen=True, slots=True)
class Bound:
    """A printed document and where its bookmark stands: under its group."""

    group: str
    title: str
    content: bytes


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Setting type makes millions of long-lived objects; looking for garbage among them costs a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def pages_of(content: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(content)).pages)


def bind(front: bytes, contents_title: str, documents: Sequence[Bound], *, title: str) -> bytes:
    """One PDF: the front matter (title page, then contents), then the documents in order."""
    book = _Book(title)
    book.add(front)
    book.bookmark(contents_title, 1, None)
    group, shelf = None, None
    starts = []
    for each in documents:
        starts.append(book.pages)
        reader = book.add(each.content)
        if shelf is None or each.group != group:
            group, shelf = each.group, book.bookmark(each.group, starts[-1], None)
        place = book.bookmark(each.title, starts[-1], shelf)
        book.add_bookmarks(reader, reader.outline, starts[-1], place)
    book.lead_contents_to(documents, starts)
    return book.written()


class _Book:
    def __init__(self, title: str) -> None:
        self.writer = pypdf.PdfWriter()
        self.title = title
        self.pages = 0
        self.structure = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
        self.tree = self.writer._add_object(self.structure)
        self.parts = ArrayObject()
        self.root_element = self.writer._add_object(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/StructElem"),
                    NameObject("/S"): NameObject("/Document"),
                    NameObject("/P"): self.tree,
                    NameObject("/K"): self.parts,
                }
            )
        )
        self.parents = ArrayObject()  # key, what it maps to, key, …
        self.keys = 0

    def add(self, content: bytes) -> pypdf.PdfReader:
        """The pages of a document with its structure."""
        reader = pypdf.PdfReader(io.BytesIO(content))
        catalog: Any = reader.root_object
        if self.pages == 0:
            for name in ("/Lang", "/Metadata"):
                self.writer.root_object[NameObject(name)] = catalog.raw_get(name).clone(self.writer)
        for page in reader.pages:
            added, key = self.writer.add_page(page), cast(int, page["/StructParents"])
            added[NameObject("/StructParents")] = NumberObject(self.keys + key)
            for link in added.get("/Annots", []):
                element = link.get_object()
                element[NameObject("/StructParent")] = NumberObject(
                    self.keys + int(element["/StructParent"])
                )
        self.pages += len(reader.pages)
        self._add_structure(catalog["/StructTreeRoot"])
        return reader

    def _add_structure(self, tree: Any) -> None:
        """The document's elements become a part of the book's; they find their pages among the copied ones."""
        (root,) = tree["/K"]
        del root.get_object()["/P"]  # would bring the whole tree along
        part = root.clone(self.writer)
        element = part.get_object()
        element[NameObject("/S")] = NameObject("/Part")
        element[NameObject("/P")] = self.root_element
        self.parts.append(part.indirect_reference)
        numbers = tree["/ParentTree"]["/Nums"]
        for place in range(0, len(numbers), 2):
            self.parents.append(NumberObject(self.keys + int(numbers[place])))
            self.parents.append(self._copied(numbers, place + 1))
        self.keys += len(numbers) // 2

    def _copied(self, numbers: ArrayObject, place: int) -> Any:
        """The elements of a page by its marks, or the one element of a link."""
        mapped: Any = list.__getitem__(numbers, place)
        if isinstance(mapped, IndirectObject):
            return mapped.clone(self.writer).indirect_reference
        return ArrayObject(
            NullObject()
            if isinstance(element, NullObject)
            else element.clone(self.writer).indirect_reference
            for element in list.__iter__(mapped)
        )

    def bookmark(self, title: str, page: int, parent: IndirectObject | None) -> IndirectObject:
        return self.writer.add_outline_item(
            title=title, page_number=page, parent=parent, is_open=parent is None
        )

    def add_bookmarks(
        self, reader: pypdf.PdfReader, items: Any, start: int, parent: IndirectObject | None
    ) -> None:
        """The document's own bookmarks, below its place in the book; a list holds what is below the item before it."""
        last = parent
        for item in items:
            if isinstance(item, list):
                self.add_bookmarks(reader, item, start, last)
                continue
            page = reader.get_destination_page_number(item) or 0
            fit = Fit.xyz(left=item.left, top=item.top)
            last = self.writer.add_outline_item(
                title=str(item.title),
                page_number=start + page,
                parent=parent,
                fit=fit,
                is_open=False,
            )

    def lead_contents_to(self, documents: Sequence[Bound], starts: Sequence[int]) -> None:
        """Addresses of the contents become places in this file, and say where they lead."""
        for page in self.writer.pages:
            for reference in page.get("/Annots", []):
                link = reference.get_object()
                address = str(link.get("/A", {}).get("/URI", ""))
                if address.startswith(LINK):
                    number = int(address.removeprefix(LINK))
                    start, each = starts[number], documents[number]
                    del link["/A"]
                    place = [self.writer.pages[start].indirect_reference, NameObject("/Fit")]
                    link[NameObject("/Dest")] = ArrayObject(place)
                    link[NameObject("/Contents")] = TextStringObject(
                        f"{each.title}, {each.group}, сторінка {start + 1}"
                    )

    def written(self) -> bytes:
        self.structure.update(
            {
                NameObject("/K"): ArrayObject([self.root_element]),
                NameObject("/ParentTree"): self.writer._add_object(
                    DictionaryObject({NameObject("/Nums"): self.parents})
                ),
                NameObject("/ParentTreeNextKey"): NumberObject(self.keys),
            }
        )
        self.writer.root_object.update(
            {
                NameObject("/StructTreeRoot"): self.tree,
                NameObject("/MarkInfo"): DictionaryObject(
                    {NameObject("/Marked"): BooleanObject(True)}
                ),
                NameObject("/ViewerPreferences"): DictionaryObject(
                    {NameObject("/DisplayDocTitle"): BooleanObject(True)}
                ),
                NameObject("/PageMode"): NameObject("/UseOutlines"),
            }
        )
        self.writer.add_metadata({"/Title": TextStringObject(self.title)})
        written = io.BytesIO()
        self.writer.write(written)
        return written.getvalue()
