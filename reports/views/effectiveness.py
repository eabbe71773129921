"""Effectiveness: the analysis of a programme's year, two years side by side, all programmes of a community by points."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.exceptions import RuleViolation
from budgets.models import Community, Passport
from budgets.permissions import Action
from budgets.selectors import passports as passport_selectors
from budgets.views.loading import SignedIn, load_passport
from budgets.views.saving import attempt, sent
from indicators import analysis
from indicators.analysis import Analysis, IndicatorIndex
from reports import checks, services
from reports.documents import effectiveness as document
from reports.documents.base import Table
from reports.forms import CausesForm
from reports.models import EffectivenessReport

_KINDS = {"high": "good", "medium": "warning", "low": "danger"}


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """Every index with what it comes from; the causes of a low score are written here."""
    passport = load_passport(request, pk, Action.WRITE_REPORT if request.method == "POST" else None)
    try:
        shown = document.build(passport)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("passport", pk)
    words = EffectivenessReport.objects.filter(passport=passport).first()
    form = CausesForm(sent(request), initial={"causes": words.causes if words else ""})
    done = attempt(
        request,
        form,
        lambda version: services.write_causes(
            passport=passport,
            causes=form.cleaned_data["causes"],
            version=version,
            by=request.user,
        ),
    )
    if done.is_saved:
        messages.success(request, _("Аналіз причин збережено."))
        return redirect("effectiveness", pk)
    if done.is_stale:
        words = EffectivenessReport.objects.filter(passport=passport).first()
    score = shown.table("score")
    context = {
        "passport": passport,
        "scale": next(b for b in shown.section("7").blocks if not isinstance(b, Table)),
        "score": score,
        "grade": _grade(str(shown.meta["grade"])),
        "total": score.rows[-1].value("value"),
        "sections": [
            (section, block)
            for section in shown.sections
            for block in section.blocks
            if section.number in {"7.1", "7.2", "7.3"}
        ],
        "findings": checks.run(shown),
        "form": form,
        "causes": words.causes if words else "",
        "error": done.error,
        "is_stale": done.is_stale,
        "version": done.version(request, words.version if words else 1),
        "may_write": permissions.allows(request.user, Action.WRITE_REPORT, passport),
    }
    return render(request, "reports/effectiveness/detail.html", context, status=done.status)


@dataclass(frozen=True, slots=True)
class Badge:
    label: str
    kind: str


def _grade(grade: str) -> Badge:
    names = {each.value: name for each, name in document.GRADES.items()}
    return Badge(names.get(grade, _("Оцінки немає")), _KINDS.get(grade, "quiet"))


# Two years side by side


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two years."""

    found: Analysis
    grade: Badge
    scale: str

    @property
    def passport(self) -> Passport:
        return self.found.passport


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing in the earlier and the later year; ``change`` where both have it."""

    label: str
    earlier: Any
    later: Any
    change: Decimal | None


@require_safe
def compare(request: SignedIn, pk: int) -> HttpResponse:
    """The year beside another one of the same programme, by default the one before it."""
    passport = load_passport(request, pk)
    others = list(
        passport_selectors.approved(permissions.visible_passports(request.user))
        .filter(programme=passport.programme_id)
        .exclude(pk=passport.pk)
    )
    asked = request.GET.get("with", "")
    other = next((each for each in others if str(each.year) == asked), None) or next(
        iter(sorted(others, key=lambda each: (each.year > passport.year, -each.year))), None
    )
    context: dict[str, Any] = {"passport": passport, "others": others, "other": other}
    if other is not None:
        pair = sorted([passport, other], key=lambda each: each.year)
        try:
            analyses = analysis.analyse_all(pair)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
            return redirect("passport", pk)
        if len(analyses) == len(pair):
            context |= _side_by_side(*analyses)
    return render(request, "reports/effectiveness/compare.html", context)


def _side_by_side(earlier: Analysis, later: Analysis) -> dict[str, Any]:
    names = ("I(еф)", "I(як)", "I1", _("Бали за I1"), "E")
    figures = [
        (
            each.score.efficiency,
            each.score.quality,
            each.score.growth,
            each.score.points,
            each.score.total,
        )
        for each in (earlier, later)
    ]
    return {
        "sides": [
            Side(each, _grade(each.score.grade or ""), document.scale_words(each))
            for each in (earlier, later)
        ],
        "mixed": earlier.score.is_compared != later.score.is_compared,
        "pairs": [
            Pair(name, was, becomes, _change(was, becomes))
            for name, was, becomes in zip(names, *figures, strict=True)
        ],
        "groups": [
            (_("Показники ефективності"), _matched(earlier.efficiency, later.efficiency)),
            (_("Показники якості"), _matched(earlier.quality, later.quality)),
        ],
    }


def _matched(earlier: tuple[IndicatorIndex, ...], later: tuple[IndicatorIndex, ...]) -> list[Pair]:
    """Indicators of two years by their title: each year's passport has rows of its own."""
    old = {_title(item): item for item in earlier}
    new = {_title(item): item for item in later}
    found = []
    for title in [*new, *(title for title in old if title not in new)]:
        was, becomes = old.get(title), new.get(title)
        change = _change(was.index.value if was else None, becomes.index.value if becomes else None)
        found.append(Pair(title, was, becomes, change))
    return found


def _title(item: IndicatorIndex) -> str:
    return " ".join(item.figures.indicator.title.split())


def _change(was: Decimal | None, becomes: Decimal | None) -> Decimal | None:
    return None if was is None or becomes is None else becomes - was


# All programmes


@dataclass(frozen=True, slots=True)
class Ranked:
    place: int | None
    found: Analysis
    grade: Badge


@require_safe
def ranking(request: SignedIn) -> HttpResponse:
    """The budget programmes of a community that this person sees, by the points of the year."""
    visible = permissions.visible_passports(request.user)
    communities = Community.objects.filter(budget_programmes__passports__in=visible).distinct()
    community = _chosen(list(communities), request.GET.get("community", ""))
    own = visible.filter(programme__community=community) if community else visible.none()
    years = sorted(set(own.order_by().values_list("year", flat=True)), reverse=True)
    asked = request.GET.get("year", "")
    year = next((each for each in years if str(each) == asked), years[0] if years else None)
    passports = list(own.filter(year=year or 0).order_by("programme__code"))
    rows: list[Ranked] = []
    error = ""
    try:
        rows = [
            Ranked(place, found, _grade(found.score.grade or ""))
            for place, found in analysis.ranking(passports)
        ]
    except RuleViolation as refusal:
        error = str(refusal)
    judged = {row.found.passport.pk for row in rows}
    context = {
        "communities": communities,
        "community": community,
        "years": years,
        "year": year,
        "rows": rows,
        "alone": any(not row.found.score.is_compared for row in rows),
        "error": error,
        "unapproved": [each for each in passports if each.pk not in judged and not error],
        "without": permissions.visible_budget_programmes(request.user)
        .filter(community=community)
        .exclude(passports__in=passports)
        .order_by("code"),
    }
    return render(request, "reports/effectiveness/ranking.html", context)


def _chosen(communities: list[Community], asked: str) -> Community | None:
    return next(
        (each for each in communities if str(each.pk) == asked),
        communities[0] if communities else None,
    )
