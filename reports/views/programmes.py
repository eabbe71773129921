"""Target programmes: the list, one programme as of a day, and where each figure comes from."""

import datetime as dt
import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budgets import permissions
from budgets.choices import ActStatus, Layout
from budgets.exceptions import RuleViolation
from budgets.models import Act, FundingSource, Measure, Programme
from budgets.permissions import Action
from budgets.reach import Whole
from budgets.selectors import programmes as selectors
from budgets.selectors.programmes import Place
from budgets.views.loading import SignedIn, load_act, load_programme, may
from reports import session_package
from reports.catalogue import PROGRAMME_KINDS, ProgrammePaper
from reports.documents import paging, programme_measures
from reports.documents.base import Source
from reports.downloads import attachment, file
from reports.renderers import FORMATS, html
from reports.renderers.read_back import FiguresDiffer


@require_safe
def index(request: SignedIn) -> HttpResponse:
    programmes = permissions.visible_programmes(request.user).order_by(
        "community__name", "-year_from", "title"
    )
    may_draft = permissions.allows(request.user, Action.DRAFT_ACT)
    context = {"programmes": programmes, "may_draft": may_draft}
    return render(request, "reports/programmes/index.html", context)


@require_safe
def detail(request: SignedIn, slug: str) -> HttpResponse:
    """The measures of the programme with their money, as of the day that is asked for."""
    programme = load_programme(request, slug)
    as_of = _day(request)
    layout = request.GET.get("layout", "")
    layout = layout if layout in Layout.values else programme.layout
    acts = list(programme.acts.select_related("changed_by"))
    document = programme_measures.build(programme, as_of=as_of, layout=layout)
    page = request.GET.get("page", "")
    shown = paging.part(document, int(page) if re.fullmatch(r"[0-9]{1,5}", page, re.ASCII) else 1)
    context = {
        "programme": programme,
        "as_of": as_of,
        "layout": layout,
        "layouts": Layout.choices,
        "may_draft": may(request, programme, Action.DRAFT_ACT),
        "may_issue": may(request, programme, Action.ISSUE_REPORT),
        "acts": acts,
        "open_acts": [act for act in acts if act.is_open],
        "is_adopted": any(act.status == ActStatus.ADOPTED for act in acts),
        "campaigns": programme.campaigns.order_by("-year", "-due_on"),
        "may_run": may(request, Whole(programme), Action.RUN_CAMPAIGN),
        "papers": [kind for kind in PROGRAMME_KINDS.values() if not kind.of_act],
        "act_papers": [kind for kind in PROGRAMME_KINDS.values() if kind.of_act],
        "formats": ("pdf", "xlsx", "docx"),
        "unknown": selectors.unknown_acts(programme, as_of),
        "shown": shown,
        "preview": html.render_fragment(
            shown.document, source_url=lambda source: figure_url(programme, as_of, source)
        ),
    }
    return render(request, "reports/programmes/detail.html", context)


@require_safe
def figure(request: SignedIn, slug: str) -> HttpResponse:
    """«Звідки ця цифра?»: each act that made a planned figure, and what it came to."""
    programme = load_programme(request, slug)
    place = _place(request)
    measure = get_object_or_404(Measure, programme=programme, pk=place.measure_id)
    as_of = _day(request)
    context = {
        "programme": programme,
        "measure": measure,
        "words": selectors.texts(programme, as_of).get(measure.pk),
        "place": place,
        "source": FundingSource.objects.filter(programme=programme, pk=place.source_id).first(),
        "as_of": as_of,
        "steps": selectors.history(programme, place, as_of),
    }
    return render(request, "reports/programmes/figure.html", context)


@require_safe
def download(request: SignedIn, slug: str, kind: str, format_name: str) -> HttpResponse:
    """A paper of the programme as of a day, or of one act (``?act=``)."""
    if kind not in PROGRAMME_KINDS or format_name not in FORMATS:
        raise Http404
    programme = load_programme(request, slug)
    spec = PROGRAMME_KINDS[kind]
    layout = request.GET.get("layout")
    paper = ProgrammePaper(
        programme,
        act=_act(request, slug) if spec.of_act else None,
        as_of=None if spec.of_act else _day(request),
        layout=layout if layout in Layout.values else None,
    )
    try:
        document = spec.build(paper)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("programme", slug)
    return attachment(document, format_name)


@require_safe
def package(request: SignedIn, slug: str) -> HttpResponse:
    """All papers of one act in one archive, their figures proved equal before it is handed out."""
    try:
        made = session_package.build(_act(request, slug))
    except (RuleViolation, FiguresDiffer) as refusal:
        messages.error(request, str(refusal))
        return redirect("programme", slug)
    return file(made.content, "application/zip", made.file_name)


def _act(request: SignedIn, slug: str) -> Act:
    number = request.GET.get("act", "")
    if not re.fullmatch(r"[0-9]{1,9}", number, re.ASCII):
        raise Http404
    return load_act(request, slug, int(number))


def _day(request: SignedIn) -> dt.date:
    asked = request.GET.get("as_of", "")
    if not asked:
        return timezone.localdate()
    try:
        day = parse_date(asked) or dt.datetime.strptime(asked, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        messages.error(
            request, _("«%(text)s» не є датою. Введіть, наприклад, 31.12.2019.") % {"text": asked}
        )
        return timezone.localdate()
    return day


def _place(request: SignedIn) -> Place:
    numbers = [request.GET.get(name, "0") for name in ("measure", "executor", "year", "source")]
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        raise Http404
    measure, executor, year, source = map(int, numbers)
    return Place(measure, executor, year, request.GET.get("fund", ""), source)


def figure_url(programme: Programme, as_of: dt.date, source: Source) -> str | None:
    """Where a person sees which acts made a planned figure."""
    match source.kind, source.refs:
        case "plan", (_programme, int(measure), executor, int(year), str(fund), origin):
            query = {
                "measure": measure,
                "executor": executor or 0,
                "year": year,
                "fund": fund,
                "source": origin or 0,
                "as_of": as_of.isoformat(),
            }
            return f"{reverse('programme_figure', args=[programme.slug])}?{urlencode(query)}"
        case _:
            return None
