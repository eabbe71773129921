"""The draft table as it came from the page: cells and reasons, each read, or with the reason why not."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.choices import ProgrammeFund
from budgets.money import ZERO, expect_possible, print_in_unit, read_in_unit, read_printed
from budgets.numbers import MINUS, NumberError, print_number, read_decimal
from budgets.selectors.draft_totals import Figure
from budgets.selectors.drafts import RowKey
from budgets.selectors.programmes import Place, Planned
from budgets.selectors.sheet import NOTHING, row_name
from budgets.services.drafting import PlaceEdit, RowReason

_ROW = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([a-z]{1,7})-([0-9]{1,9})", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_PLACES_OF_QUANTITY = 3
REASON_LENGTH = 500


class Mode(StrEnum):
    """What is typed into a cell: the new amount, the change of the amount, or the new quantity."""

    NEW = "new"
    CHANGE = "change"
    QUANTITY = "quantity"

    @property
    def label(self) -> str:
        return str(_LABELS[self])

    @property
    def figure(self) -> Figure:
        return "quantity" if self is Mode.QUANTITY else "amount"

    def read(self, text: str, unit: str) -> Decimal:
        """What a person typed, as hryvnias or a quantity; nothing is zero. Raises NumberError."""
        if not text:
            return ZERO
        if self is Mode.QUANTITY:
            return read_decimal(text, places=_PLACES_OF_QUANTITY)
        return read_in_unit(text, unit)

    def read_shown(self, text: str, unit: str) -> Decimal:
        """What ``print`` printed. Raises NumberError."""
        if not text or self is Mode.QUANTITY:
            return self.read(text, unit)
        return read_printed(text, unit)

    def print(self, value: Decimal | None, unit: str, *, signed: bool = False) -> str:
        """A figure as the table shows it; a signed one says plus, and says nothing where nothing changes."""
        if value is None or (signed and not value):
            return ""
        text = (
            print_number(value, places=0, max_places=_PLACES_OF_QUANTITY)
            if self is Mode.QUANTITY
            else print_in_unit(value, unit)
        )
        return f"+{text}" if signed and not text.startswith(MINUS) else text


_LABELS = {
    Mode.NEW: _("Нові суми"),
    Mode.CHANGE: _("Зміни ±"),
    Mode.QUANTITY: _("Кількість"),
}


class SheetInput:
    """Cells named «c-<row>-<year>» and reasons «c-<row>-reason», each with «s-…», what the page showed before.

    A cell whose text is as shown is left alone. ``typed`` keeps every other text by the cell's name.
    """

    def __init__(self, data: QueryDict, *, mode: Mode, unit: str) -> None:
        self.mode, self.unit = mode, unit
        self.typed: dict[str, str] = {}
        self.unreadable: list[tuple[Place, str]] = []
        self.reasons: list[RowReason] = []
        self._cells: list[tuple[Place, Decimal | None, Decimal]] = []
        self._confirmed = data.get("confirmed") == "yes"
        self._confirmation = data.get("confirmation", "").strip()
        for field, text in data.items():
            if field.startswith("c-"):
                name = field.removeprefix("c-")
                self._read(name, str(text).strip(), data.get(f"s-{name}", "").strip())

    def edits(
        self, now: Mapping[Place, Planned]
    ) -> tuple[list[PlaceEdit], list[tuple[Place, str]]]:
        """What the draft is asked to make of the cells, and the cells that are no figure, each with the reason why not.

        ``now`` is in force, which a change adds to.
        """
        found, refused = [], [*self.unreadable]
        for place, typed, seen in self._cells:
            edit = self._edit(place, typed, seen, now.get(place, NOTHING))
            try:
                expect_possible(edit.amount or ZERO)
                _expect_short(self._confirmation)
            except NumberError as error:
                refused.append((place, str(error)))
            else:
                found.append(edit)
        return found, refused

    @property
    def measures(self) -> set[int]:
        places = [place for place, _typed, _seen in self._cells]
        places += [row.place for row in self.reasons]
        places += [place for place, _message in self.unreadable]
        return {place.measure_id for place in places}

    def _edit(self, place: Place, typed: Decimal | None, seen: Decimal, now: Planned) -> PlaceEdit:
        is_emptied = typed is None
        if self.mode is Mode.QUANTITY:
            seen_quantity = Planned(None, seen)
            return PlaceEdit(
                place, quantity=typed or ZERO, seen=seen_quantity, is_emptied=is_emptied
            )
        base = (now.amount or ZERO) if self.mode is Mode.CHANGE else ZERO
        return PlaceEdit(
            place,
            amount=base + (typed or ZERO),
            is_emptied=is_emptied,
            seen=Planned(base + seen, None),
            is_confirmed=self._confirmed,
            reason=self._confirmation or None,
        )

    def _read(self, name: str, text: str, shown: str) -> None:
        if text == shown:
            return
        row, _dash, column = name.rpartition("-")
        key = read_row(row)
        self.typed[name] = text
        if column == "reason":
            try:
                _expect_short(text)
            except NumberError as error:
                self.unreadable.append((_place(key, 0), str(error)))
            else:
                self.reasons.append(RowReason(_place(key, 0), text, shown))
            return
        if not _YEAR.fullmatch(column):
            raise BadRequest("a cell is named row-year")
        place = _place(key, int(column))
        try:
            seen = self.mode.read_shown(shown, self.unit)
        except NumberError as error:
            raise BadRequest(str(error)) from error
        try:
            typed = self.mode.read(text, self.unit) if text else None
            self._cells.append((place, typed, seen))
        except NumberError as error:
            self.unreadable.append((place, str(error)))


def _expect_short(reason: str) -> None:
    if len(reason) > REASON_LENGTH:
        raise NumberError(
            _("Причина має %(length)s знаків, можна не більше %(most)s. Скоротіть її.")
            % {"length": len(reason), "most": REASON_LENGTH}
        )


def read_row(name: str) -> RowKey:
    """The row that addresses and fields name «measure-unit-fund-source». Raises BadRequest."""
    match = _ROW.fullmatch(name)
    fund = "" if match and match[3] == "unsplit" else match and match[3]
    if match is None or fund is None or fund not in ProgrammeFund.values:
        raise BadRequest("a row is named measure-unit-fund-source")
    return int(match[1]), int(match[2]), fund, int(match[4])


def cell_name(place: Place) -> str:
    """The name of the place's cell; of its row's reason where the place has no year."""
    row = row_name((place.measure_id, place.executor_id, place.fund, place.source_id))
    return f"{row}-{place.year or 'reason'}"


def _place(key: RowKey, year: int) -> Place:
    measure, unit, fund, source = key
    return Place(measure, unit, year, fund, source)
