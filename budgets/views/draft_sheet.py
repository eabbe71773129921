"""Чернетка змін: the tree of a programme as a table that people type into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from budgets.choices import ActKind, LineKind, PresentationUnit, ProgrammeFund
from budgets.exceptions import BelowPaid, CellErrors, RuleViolation
from budgets.forms.sheet import Mode, SheetInput, cell_name, read_row
from budgets.models import Act
from budgets.permissions import Action, Step
from budgets.selectors import drafts, soundness
from budgets.selectors import programmes as selectors
from budgets.selectors import sheet as sheets
from budgets.selectors.draft_totals import Cells, Change
from budgets.selectors.drafts import RowKey
from budgets.selectors.programmes import Place
from budgets.selectors.sheet import PAGE, Sheet, SheetRow
from budgets.services import drafting
from budgets.views.acts import act_actions
from budgets.views.loading import SignedIn, load_act, may


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the draft the address asks for, and how it is shown."""

    mode: Mode
    unit: str
    year: int
    page: int
    query: str
    changed_only: bool
    row: RowKey | None

    @classmethod
    def of(cls, request: HttpRequest, act: Act) -> "Asked":
        get = request.GET.get
        mode, unit = get("mode", ""), get("unit", "")
        year, page = get("year", ""), get("page", "")
        return cls(
            mode=Mode(mode) if mode in set(Mode) else Mode.NEW,
            unit=unit if unit in PresentationUnit.values else act.programme.unit,
            year=int(year) if year in map(str, act.programme.years) else 0,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            query=get("q", "")[:100],
            changed_only=get("changed", "") == "yes",
            row=read_row(get("row", "")) if get("row") else None,
        )


@dataclass(frozen=True, slots=True)
class CellView:
    """One year of a row as the page shows it; ``name`` is empty where nothing can be typed."""

    name: str
    year: int
    was: str
    change: str
    becomes: str
    value: str
    shown: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    row: SheetRow
    cells: list[CellView]
    label: str = ""
    reason: str = ""
    reason_name: str = ""
    reason_error: str = ""


@dataclass
class Page:
    """A sheet with what was typed into it and refused, printed for the page and for its script."""

    sheet: Sheet
    asked: Asked
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        return [self.asked.year] if self.asked.year else list(self.sheet.act.programme.years)

    def rows(self) -> list[RowView]:
        return [self._row(row) for row in self.sheet.rows]

    def totals(self) -> list[RowView]:
        """Totals by fund, source and unit where there are several."""
        return [
            self._total(name, self._title(name), cells)
            for kind in ("fund", "source", "unit")
            for name, cells in self.sheet.totals_of(kind)
        ]

    def total(self) -> RowView:
        return self._total("programme", _("Усього"), self.sheet.total)

    def figures(self) -> dict[str, str]:
        """Every figure of the page by its name in the page: «task-7:2024:becomes»."""
        return {
            f"{view.row.id}:{cell.year}:{part}": getattr(cell, part)
            for view in (*self.rows(), *self.totals(), self.total())
            for cell in view.cells
            for part in ("was", "change", "becomes")
        }

    def values(self) -> dict[str, str]:
        """What now stands in the fields, by name."""
        found: dict[str, str] = {}
        for view in self.rows():
            found |= {cell.name: cell.shown for cell in view.cells if cell.name}
            if view.reason_name:
                found[view.reason_name] = view.row.reason
        return found

    def _row(self, row: SheetRow) -> RowView:
        cells = [self._cell(row, year, row.cells.get(year, Change())) for year in self.years]
        if row.key is None:
            return RowView(row, cells)
        name = f"{sheets.row_name(row.key)}-reason"
        return RowView(
            row,
            cells,
            label=self._label(row),
            reason=self.typed.get(name, row.reason),
            reason_name=name,
            reason_error=self.errors.get(name, ""),
        )

    def _total(self, name: str, title: str, cells: Cells) -> RowView:
        row = SheetRow(id=name, level=0, number="", title=title, cells=cells)
        return self._row(row)

    def _cell(self, row: SheetRow, year: int, change: Change) -> CellView:
        mode, unit = self.asked.mode, self.asked.unit
        delta = mode.print(change.delta, unit, signed=True)
        becomes = mode.print(change.becomes, unit)
        shown = delta if mode is Mode.CHANGE else becomes
        name = ""
        if row.key is not None:
            measure, executor, fund, source = row.key
            name = cell_name(Place(measure, executor, year, fund, source))
        return CellView(
            name=name,
            year=year,
            was=mode.print(change.was, unit),
            change=delta,
            becomes=becomes,
            value=self.typed.get(name, shown),
            shown=shown,
            error=self.errors.get(name, ""),
        )

    def _label(self, row: SheetRow) -> str:
        """Fund, source and unit of the row, where the programme tells them apart."""
        assert row.key is not None  # noqa: S101 - rows that take figures have one
        _measure, _unit, fund, source = row.key
        parts = [str(ProgrammeFund(fund).label)] if fund else []
        if source in self.sheet.sources and len(self.sheet.sources) > 1:
            parts.append(self.sheet.sources[source].title)
        if row.unit_id in self.sheet.tree.executors and len(self.sheet.tree.executors) > 1:
            parts.append(self.sheet.tree.executors[row.unit_id].name)
        return " · ".join(parts)

    def _title(self, name: str) -> str:
        kind, _dash, key = name.partition("-")
        if kind == "fund":
            return str(ProgrammeFund("" if key == "unsplit" else key).label).capitalize()
        if kind == "unit":
            unit = self.sheet.tree.executors.get(int(key))
            return unit.name if unit else _("Без розпорядника")
        source = self.sheet.sources.get(int(key))
        return source.title if source else _("Без джерела")


@require_safe
@never_cache  # «Назад» shows the figures as they are now
def act(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """The draft as a table, or, of an act that is closed, what it was and where its papers are."""
    shown = load_act(request, slug, pk)
    if not shown.is_open:
        context = {
            "act": shown,
            "programme": shown.programme,
            "actions": act_actions(request.user, shown),
        }
        return render(request, "budgets/acts/closed.html", context)
    return _render(request, shown, Asked.of(request, shown))


@require_http_methods(["GET", "POST"])
def act_cells(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    """Save what was typed, all or nothing; the answer carries fresh figures and every refusal with its cell."""
    is_way_back = request.method == "GET"  # from signing in
    changed = load_act(request, slug, pk, None if is_way_back else Action.DRAFT_ACT)
    back = f"{reverse('act', args=[slug, pk])}?{request.GET.urlencode()}"
    if is_way_back:
        return redirect(back)
    asked = Asked.of(request, changed)
    sent = SheetInput(request.POST, mode=asked.mode, unit=asked.unit)
    refusal = _save(request, changed, sent)
    errors = _errors(refusal)
    status = 422 if refusal else 200
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        fresh = sheets.read(changed, figure=asked.mode.figure, only=sent.measures, extra=asked.row)
        page = Page(fresh, asked)
        changed.refresh_from_db(fields=["version"])
        answer = {
            "figures": page.figures(),
            "values": page.values(),
            "errors": errors,
            "confirm": isinstance(refusal, BelowPaid),
            "version": changed.version,
            "notices": render_to_string("budgets/acts/notices.html", _state(fresh), request),
        }
        return JsonResponse(answer, status=status)
    if refusal is None:
        messages.success(request, _("Збережено комірок: %(count)s.") % {"count": len(sent.typed)})
        return redirect(back)
    return _render(request, changed, asked, sent=sent, errors=errors, refusal=refusal)


def _save(request: SignedIn, act: Act, sent: SheetInput) -> RuleViolation | None:
    edits, unreadable = sent.edits(selectors.planned(act.programme, measures=sent.measures))
    try:
        drafting.plan(
            act=act,
            edits=edits,
            reasons=sent.reasons,
            unreadable=unreadable,
            by=request.user,
        )
    except RuleViolation as refusal:
        return refusal
    return None


def _errors(refusal: RuleViolation | None) -> list[dict[str, str]]:
    if refusal is None:
        return []
    if not isinstance(refusal, CellErrors):
        return [{"cell": "", "name": "", "message": str(refusal)}]
    return [
        {"cell": cell_name(place), "name": _named(name, place), "message": message}
        for place, (name, message) in zip(refusal.keys, refusal.errors, strict=True)
        if isinstance(place, Place)
    ]


def _named(name: str, place: Place) -> str:
    """A refused cell in words; a reason belongs to no year."""
    return name if place.year else f"{name.removesuffix(f' · {place.year}')} · {_('Причина')}"


def _render(
    request: SignedIn,
    act: Act,
    asked: Asked,
    *,
    sent: SheetInput | None = None,
    errors: list[dict[str, str]] | None = None,
    refusal: RuleViolation | None = None,
) -> HttpResponse:
    sheet = sheets.read(
        act,
        figure=asked.mode.figure,
        page=asked.page,
        query=asked.query,
        changed_only=asked.changed_only,
        extra=asked.row,
    )
    page = Page(
        sheet,
        asked,
        typed=sent.typed if sent else {},
        errors={error["cell"]: error["message"] for error in errors or ()},
    )
    may_draft = may(request, act.programme, Action.DRAFT_ACT)
    is_amendment = act.kind != ActKind.APPROVAL
    state = _state(sheet)
    context: dict[str, Any] = {
        **state,
        "actions": act_actions(request.user, act, overtaken=state["overtaken"]),
        "asked": asked,
        "modes": list(Mode) if is_amendment else [Mode.NEW, Mode.QUANTITY],
        "units": PresentationUnit.choices,
        "unit_label": PresentationUnit(asked.unit).label,
        "years": page.years,
        "all_years": list(act.programme.years),
        "rows": page.rows(),
        "totals": page.totals(),
        "total": page.total(),
        "is_amendment": is_amendment,
        "columns": 3 + len(page.years) * (3 if is_amendment else 1),
        "may_draft": may_draft,
        "is_editable": may_draft and Step.WRITE_ACT.is_possible(act.status),
        "errors": errors or [],
        "confirm": isinstance(refusal, BelowPaid),
        "page": Paginator(sheet.listed, PAGE).get_page(asked.page),
    }
    return render(request, "budgets/acts/sheet.html", context, status=422 if refusal else 200)


def _state(sheet: Sheet) -> dict[str, Any]:
    """What the author of the draft should know besides the figures."""
    act = sheet.act
    overtaken, unexplained = 0, 0
    faults: list[str] = []
    rivals: dict[int, Act] = {}
    if act.kind != ActKind.APPROVAL:  # before a first decision there is nothing to change
        overtaken = len(drafts.overtaken(act)) + len(drafts.overtaken_words(act))
        if drafts.adopted_since(act).exists():  # alone it was judged cell by cell
            faults = soundness.faults(act)
        rivals = {each.pk: each for acts in drafts.rivals(act).values() for each in acts}
        silent = act.budgetlines.filter(kind=LineKind.DELTA, reason="").order_by()
        unexplained = silent.values("measure", "executor", "fund", "source").distinct().count()
    return {
        "act": act,
        "programme": act.programme,
        "overtaken": overtaken,
        "faults": faults,
        "rivals": list(rivals.values()),
        "unexplained": unexplained,
        "sheet": sheet,
        "ceilings": [
            (limit, ProgrammeFund(limit.fund).label if limit.fund else _("усі фонди разом"))
            for limit in sheet.ceilings
        ],
        "unknown": selectors.unknown_acts(act.programme),
    }
