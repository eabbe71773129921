"""The target programmes of the sample set-up, as published; see docs/programmes-data.md.

Their acts were adopted long before the system: each is written as a draft with its lines, words and printed
totals, and then put in the status its document names.
"""

import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from budgets.choices import ActStatus, PrintedLevel, UnitLevel
from budgets.models import (
    Act,
    BudgetLine,
    Community,
    Direction,
    Executor,
    FundingSource,
    Measure,
    MeasureText,
    Membership,
    PassportItem,
    PrintedFigure,
    Programme,
    ProgrammeRow,
    SpendingUnit,
    Stage,
    StrategyLink,
    Task,
)
from budgets.models.programmes import ORDER_STEP
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorValue
from reports import sample_execution

_FOLDER = Path(__file__).parent / "sample_data" / "programmes"
Data = dict[str, Any]
_WORDS = (
    "title",
    "term",
    "term_from",
    "term_to",
    "executors_text",
    "sources_text",
    "expected_result",
)


def load_all(by: User) -> list[Programme]:
    """Write every programme of the sample data; whoever has a role in the sample gets it in their communities too."""
    files = sorted(_FOLDER.glob("*.json"))
    programmes = [
        _Loader(json.loads(file.read_text(encoding="utf-8")), by).load() for file in files
    ]
    for programme in programmes:
        _admit(programme)
    return programmes


def _admit(programme: Programme) -> None:
    if programme.community.units.exists():
        return
    executor = programme.executors.order_by("order")[0]
    unit = SpendingUnit.objects.create(
        community=programme.community, name=executor.name, level=UnitLevel.RESPONSIBLE
    )
    executor.unit = unit
    executor.save()
    for user, role in list(Membership.objects.values_list("user", "role").distinct()):
        Membership.objects.get_or_create(
            user_id=user, unit=unit, role=role, defaults={"valid_from": dt.date(2017, 1, 1)}
        )


class _Loader:
    """One programme; ``rows`` finds what was written by the keys of the file."""

    def __init__(self, data: Data, by: User) -> None:
        self.data = data
        self.by = by
        self.rows: dict[tuple[type[ProgrammeRow], str], Any] = {}

    @transaction.atomic
    def load(self) -> Programme:
        data = self.data
        community, _made = Community.objects.get_or_create(
            name=data["community"]["name"], defaults={"region": data["community"]["region"]}
        )
        self.programme = Programme.objects.create(
            community=community,
            **{
                key: data[key]
                for key in (
                    "slug",
                    "title",
                    "short_title",
                    "year_from",
                    "year_to",
                    "unit",
                    "layout",
                )
            },
        )
        self._write(PassportItem, data["passport"], "label", "value")
        self._write(Stage, data["stages"], "label", "year_from", "year_to", named="label")
        self._write(FundingSource, data["sources"], "title")
        self._write(Executor, data["executors"], "name", "total_label")
        self._write(Direction, data["directions"], "title")
        self._write(StrategyLink, data["strategy_links"], "item", "priority", "goal", "task")
        self._write(Task, data["tasks"], "title", direction=Direction, executor=Executor)
        self._measures()
        for act in data["acts"]:
            self._act(act)
        self._indicators()
        if "execution" in data:
            sample_execution.load(
                self.programme,
                data["execution"],
                executors={
                    row["key"]: self._row(Executor, row["key"]) for row in data["executors"]
                },
                measures={row["key"]: self._row(Measure, row["key"]) for row in data["measures"]},
                by=self.by,
            )
        return self.programme

    def _write(
        self,
        model: type[ProgrammeRow],
        rows: list[Data],
        *fields: str,
        named: str = "key",
        **references: type[ProgrammeRow],
    ) -> None:
        for place, row in enumerate(rows, start=1):
            values = {name: row[name] for name in fields}
            values |= {
                name: self._row(target, row.get(name)) for name, target in references.items()
            }
            stored = model(
                programme=self.programme,
                order=place * ORDER_STEP,
                number=row.get("number", ""),
                **values,
            )
            stored.save()
            self.rows[model, row.get(named, str(place))] = stored

    def _row(self, model: type[ProgrammeRow], key: str | None) -> Any:
        return self.rows[model, key] if key else None

    def _measures(self) -> None:
        self._write(
            Measure,
            [
                {**row, "quantity_unit": row.get("quantity_unit") or ""}
                for row in self.data["measures"]
            ],
            "quantity_unit",
            direction=Direction,
            task=Task,
            executor=Executor,
            parent=Measure,
        )
        for row in self.data["measures"]:
            measure = self._row(Measure, row["key"])
            measure.executors.set([self._row(Executor, key) for key in row["executors"]])
            measure.sources.set([self._row(FundingSource, key) for key in row["sources"]])

    def _act(self, data: Data) -> None:
        first = data is self.data["acts"][0]
        date = dt.date.fromisoformat(data["date"]) if data["date"] else None
        act = Act.objects.create(
            programme=self.programme,
            kind=data["kind"],
            organ=data["organ"],
            number=data["number"],
            date=date,
            title=data["title"],
            lines_known=data["lines_known"],
            amends=self.programme.acts.order_by("id").last(),
            changed_by=self.by,
        )
        lines = [
            row for row in data["lines"] if row["amount"] is not None or row["quantity"] is not None
        ]
        BudgetLine.objects.bulk_create(self._line(act, row) for row in lines)
        PrintedFigure.objects.bulk_create(
            self._printed_quantity(act, row) for row in lines if not _quantity_counts(row)
        )
        own = [
            row
            for row in self.data["measures"]
            if row.get("introduced_by", self.data["acts"][0]["key"]) == data["key"]
        ]
        changes = {row["measure"]: row for row in data["texts"]}
        if first or own or changes:
            MeasureText.objects.bulk_create(self._texts(act, own, changes))
        PrintedFigure.objects.bulk_create(self._printed(act, row) for row in data["printed"])
        if first:
            PrintedFigure.objects.bulk_create(
                self._printed(act, {**row, "level": "resource"}) for row in self.data["resources"]
            )
        act.status = data["status"]
        if act.status == ActStatus.ADOPTED:
            # Some documents give no date of their approval: such an act is in force from the programme's first day.
            named = data.get("in_force_from")
            act.in_force_from = (
                dt.date.fromisoformat(named)
                if named
                else date or dt.date(self.programme.year_from, 1, 1)
            )
            act.adopted_at = dt.datetime.combine(act.in_force_from, dt.time(), dt.UTC)
        act.save()

    def _line(self, act: Act, row: Data) -> BudgetLine:
        return BudgetLine(
            act=act,
            measure=self._row(Measure, row["measure"]),
            executor=self._row(Executor, row["executor"]),
            year=row["year"],
            fund=row["fund"],
            source=self._row(FundingSource, row["source"]),
            amount=_decimal(row["amount"]),
            quantity=_quantity(row),
            kind=row["kind"],
            reason=row["note"],
        )

    def _printed_quantity(self, act: Act, row: Data) -> PrintedFigure:
        """A quantity of an amendment that says how many are touched, not how many more: a fact, in no sum."""
        return PrintedFigure(
            act=act,
            level=PrintedLevel.ROW,
            measure=self._row(Measure, row["measure"]),
            executor=self._row(Executor, row["executor"]),
            label=row["quantity_kind"],
            year=row["year"],
            quantity=_decimal(row["quantity"]),
            printed=row["quantity"],
        )

    def _texts(self, act: Act, own: list[Data], changes: Data) -> list[MeasureText]:
        written = {row["key"]: row for row in self.data["measures"]}
        rows = {row["key"]: row for row in own} | {
            key: {**written[key], **change} for key, change in changes.items()
        }
        return [
            MeasureText(
                act=act,
                measure=self._row(Measure, key),
                is_conditional=row["conditional"],
                needs_funding=row["needs_funding"],
                **{name: row[name] for name in _WORDS},
            )
            for key, row in rows.items()
        ]

    def _printed(self, act: Act, row: Data) -> PrintedFigure:
        key = row.get("ref") or None
        targets: dict[str, tuple[str, type[ProgrammeRow]]] = {
            "executor": ("executor", Executor),
            "direction": ("direction", Direction),
            "task": ("task", Task),
            "parent": ("measure", Measure),
            "row": ("measure", Measure),
            "source": ("source", FundingSource),
            "stage": ("stage", Stage),
        }
        references: dict[str, Any] = {}
        if key and row["level"] in targets:
            name, model = targets[row["level"]]
            references[name] = self._row(model, key)
        if row["level"] == "resource":
            references = {
                "source": self._row(FundingSource, row["source"] or None),
                "stage": self._row(Stage, row["stage"]),
            }
        return PrintedFigure(
            act=act,
            level=row["level"],
            label=row.get("label", ""),
            year=row["year"],
            fund=row.get("fund", ""),
            amount=_decimal(row["amount"]),
            quantity=_decimal(row.get("quantity")),
            printed=row["printed"],
            **references,
        )

    def _indicators(self) -> None:
        for order, row in enumerate(self.data["indicators"], start=1):
            indicator = ProgrammeIndicator.objects.create(
                programme=self.programme,
                order=order,
                number=row["number"],
                kind=row["kind"],
                title=row["title"],
                unit_of_measure=row["unit"],
                task=self._row(Task, row["task"]),
                measure=self._row(Measure, row["measure"]),
                baseline=row["baseline"],
                quality=row["text"],
            )
            ProgrammeIndicatorValue.objects.bulk_create(
                _value(indicator, year, value)
                for year, value in row["values"].items()
                if value != ""
            )


def _value(indicator: ProgrammeIndicator, year: str, value: str) -> ProgrammeIndicatorValue:
    when = int(year) if year.isdecimal() else None
    try:
        return ProgrammeIndicatorValue(indicator=indicator, year=when, number=Decimal(value))
    except InvalidOperation:
        return ProgrammeIndicatorValue(indicator=indicator, year=when, text=value)


def _quantity_counts(row: Data) -> bool:
    """Quantities of an amendment carry no sign and have several meanings; only two of them change a sum."""
    return row["quantity"] is None or row.get("quantity_kind", "new") in {"new", "cancelled"}


def _quantity(row: Data) -> Decimal | None:
    if row["quantity"] is None or not _quantity_counts(row):
        return None
    quantity = Decimal(row["quantity"])
    return -quantity if row.get("quantity_kind") == "cancelled" else quantity


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
