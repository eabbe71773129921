"""Campaigns: open one, see how far the units are, read the consolidated report, close."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.choices import UnitReportStatus
from budgets.exceptions import RuleViolation
from budgets.models import Programme
from budgets.permissions import Action, Step
from budgets.reach import Whole
from budgets.views.loading import SignedIn, load_programme, may, require
from budgets.views.saving import sent, step
from reports import checks
from reports.checks import Severity
from reports.checks.programme_execution import CHANGED_CODE
from reports.documents import paging, programme_execution
from reports.downloads import attachment
from reports.forms.campaigns import OpenForm, ReopenForm, first_period
from reports.models import Campaign
from reports.renderers import FORMATS, html
from reports.selectors import campaigns as selectors
from reports.services import campaigns as services
from reports.views.loading import load_campaign
from reports.views.programmes import figure_url


@require_safe
def index(request: SignedIn) -> HttpResponse:
    programmes = permissions.visible_programmes(request.user)
    context = {
        "campaigns": selectors.campaigns(programmes),
        "programmes": programmes,
        "today": timezone.localdate(),
    }
    return render(request, "reports/campaigns/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, slug: str) -> HttpResponse:
    programme = load_programme(request, slug)
    require(request, Whole(programme), Action.RUN_CAMPAIGN)
    form = OpenForm(sent(request), initial=first_period(programme, timezone.localdate().year))

    def write() -> HttpResponse:
        campaign = services.open_campaign(
            programme=programme,
            period=form.period,
            due_on=form.cleaned_data["due_on"],
            by=request.user,
        )
        messages.success(
            request,
            _("Відкрито звітів: %(count)s, подати до %(day)s.")
            % {"count": campaign.reports.count(), "day": f"{campaign.due_on:%d.%m.%Y}"},
        )
        return redirect("campaign", slug, campaign.period.key)

    return _step(request, form, write, programme, title=_("Відкрити звітування"))


@require_safe
def detail(request: SignedIn, slug: str, period: str) -> HttpResponse:
    """How far each unit is, and the consolidated report as it stands."""
    campaign = load_campaign(request, slug, period)
    programme = campaign.programme
    document = programme_execution.build(programme, campaign.period)
    page = request.GET.get("page", "")
    shown = paging.part(document, int(page) if page.isascii() and page.isdigit() else 1)
    reports = list(selectors.unit_reports(campaign))
    findings = checks.run(document)
    context = {
        "campaign": campaign,
        "programme": programme,
        "words": campaign.period.words(programme.year_from),
        "reports": reports,
        "today": timezone.localdate(),
        "errors": [each for each in findings if each.severity is Severity.ERROR],
        "warnings": [each for each in findings if each.severity is not Severity.ERROR],
        "changed": [each for each in findings if each.code == CHANGED_CODE],
        "may_run": may(request, Whole(programme), Action.RUN_CAMPAIGN),
        "may_issue": may(request, programme, Action.ISSUE_REPORT),
        "may_cancel": all(Step.CANCEL_CAMPAIGN.is_possible(each.met_status) for each in reports),
        "all_accepted": all(each.status == UnitReportStatus.ACCEPTED for each in reports),
        "formats": ("pdf", "xlsx", "docx", "json"),
        "shown": shown,
        "preview": html.render_fragment(
            shown.document,
            source_url=lambda source: figure_url(programme, campaign.period.last_day, source),
        ),
    }
    return render(request, "reports/campaigns/detail.html", context)


@require_safe
def download(request: SignedIn, slug: str, period: str, format_name: str) -> HttpResponse:
    """The consolidated report."""
    if format_name not in FORMATS:
        raise Http404
    campaign = load_campaign(request, slug, period)
    document = programme_execution.build(campaign.programme, campaign.period)
    return attachment(document, format_name, working_copy=request.GET.get("formulas") == "1")


@require_POST
def close(request: SignedIn, slug: str, period: str) -> HttpResponse:
    campaign = load_campaign(request, slug, period)
    require(request, Whole(campaign.programme), Action.RUN_CAMPAIGN)
    try:
        services.close(campaign=campaign, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Кампанію закрито: звіти більше не змінюються."))
    return redirect("campaign", slug, period)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedIn, slug: str, period: str) -> HttpResponse:
    campaign = load_campaign(request, slug, period)
    require(request, Whole(campaign.programme), Action.RUN_CAMPAIGN)
    form = ReopenForm(sent(request))

    def write() -> HttpResponse:
        services.reopen(campaign=campaign, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Кампанію відкрито знову."))
        return redirect("campaign", slug, period)

    return _step(
        request,
        form,
        write,
        campaign.programme,
        title=_("Відкрити кампанію знову"),
        campaign=campaign,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedIn, slug: str, period: str) -> HttpResponse:
    campaign = load_campaign(request, slug, period)
    require(request, Whole(campaign.programme), Action.RUN_CAMPAIGN)
    form = ReopenForm(sent(request))

    def write() -> HttpResponse:
        services.cancel(campaign=campaign, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Кампанію скасовано."))
        return redirect("campaigns")

    context = {
        "programme": campaign.programme,
        "campaign": campaign,
        "title": _("Скасувати кампанію разом із чернетками звітів"),
        "button": _("Скасувати кампанію"),
    }
    return step(request, form, write, "reports/campaigns/step.html", context)


def _step(
    request: SignedIn,
    form: Form,
    write: Callable[[], HttpResponse],
    programme: Programme,
    *,
    title: str,
    campaign: Campaign | None = None,
) -> HttpResponse:
    context = {"programme": programme, "campaign": campaign, "title": title}
    return step(request, form, write, "reports/campaigns/step.html", context)
