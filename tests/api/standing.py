"""What stands behind every address of the API while it is judged: the sample, and a draft of whatever is drafted."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.utils import timezone

from budgets.models import (
    BudgetCode,
    BudgetDecision,
    CashEntry,
    Event,
    Membership,
    Passport,
    Programme,
)
from budgets.services import acts, passports
from indicators.models import EffectivenessScale, IndicatorEvidence
from reports.background import queue
from reports.models import JobState
from reports.periods import ReportingPeriod
from reports.selectors import execution
from reports.services import campaigns
from tests.reports.issued_samples import issued
from tests.test_architecture import API, patterns

SLUG = "zhytomyr-e-misto"
ROUTES = {name: route for name, route in patterns() if route.startswith(API)}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
DESCRIBED = {
    "/" + _PARAMETER.sub(lambda found: f"{{{'id' if found[1] == 'pk' else found[1]}}}", route): name
    for name, route in ROUTES.items()
}  # fmt: skip
"""Names of addresses by their paths in the description."""


@dataclass(frozen=True)
class Standing:
    """Parameters of addresses: ``usual`` by their names, ``own`` of addresses whose names begin so, a longer beginning before a shorter."""

    usual: Mapping[str, Any]
    own: Mapping[str, Mapping[str, Any]]

    def parameters(self, name: str) -> dict[str, Any]:
        values = dict(self.usual)
        for start in sorted(self.own, key=len):
            if name == start or name.startswith(f"{start}_"):
                values |= self.own[start]
        return {key: values[key] for key in _PARAMETER.findall(ROUTES[name])}


def standing(sample: Passport, officer: User) -> Standing:
    """Files are stored, so a test names a folder of its own in the settings first. The officer keeps roles of people, too."""
    draft = passports.revise(passport=sample, by=officer)
    programme, target = sample.programme, Programme.objects.get(slug=SLUG)
    community = programme.community
    act = acts.open_draft(programme=target, by=officer)
    payment = CashEntry.objects.filter(line__revision__passport=sample).earliest("pk")
    own = CashEntry.objects.create(programme=target, fund="general", paid_on="2023-06-01", amount="1.00", created_by=officer)  # fmt: skip
    decision = BudgetDecision.objects.create(
        community=BudgetDecision.objects.get().community, year=2023, kind="amendment", number="1", date="2023-05-01",
        in_force_from="2023-05-01", changed_by=officer,
    )  # fmt: skip
    indicator = target.programmeindicators.earliest("pk")
    evidence = IndicatorEvidence(indicator=indicator, year=2021, name="akt.pdf", format="pdf", size=6, added_by=officer)  # fmt: skip
    evidence.file.save("x.pdf", ContentFile(b"%PDF-1"))
    campaign = campaigns.open_campaign(
        programme=target, period=ReportingPeriod.read("2023-year"), by=officer
    )
    report = campaign.reports.earliest("pk")
    row = execution.load(target, campaign.period).of(report.executor_id)[0]
    waiting, done = (
        queue.ask(kind="book", asked={"year": sample.year, "documents": [f"passport:{sample.pk}"]}, title="Книга", community=community, by=officer)
        for _ in range(2)
    )  # fmt: skip
    done.state, done.ended_at, done.file_name = JobState.DONE, timezone.now(), "2023-knyha.pdf"
    done.file.save("x.pdf", ContentFile(b"%PDF-1"))
    officer.is_staff = True
    officer.save()
    officer.user_permissions.set(Permission.objects.filter(content_type__model="membership"))
    role = Membership.objects.exclude(user=officer).filter(unit__community=community).earliest("pk")
    scale = EffectivenessScale.objects.get(community=None)
    scale.pk, scale.community, scale.valid_from = None, community, dt.date(2050, 1, 1)
    scale.save()
    waits = issued(sample, officer)
    pk_of = {
        "api_act": act.pk, "api_session_package": act.pk, "api_programme_payment": own.pk, "api_payment": payment.pk,
        "api_decision": decision.pk, "api_community": community.pk, "api_unit": programme.key_unit_id,
        "api_budget_programme": programme.pk, "api_budget_code": BudgetCode.objects.get(community=community).pk,
        "api_unit_report": report.pk, "api_issued": waits.pk,
        "api_membership": role.pk, "api_job": waiting.pk, "api_job_file": done.pk, "api_scale": scale.pk,
    }  # fmt: skip
    return Standing(
        usual={
            "pk": sample.pk, "number": draft.number, "month": 6, "slug": target.slug, "line": payment.line_id, "year": sample.year, "other": 1,
            "measure_pk": target.measures.earliest("pk").pk, "indicator_pk": indicator.pk, "evidence_pk": evidence.pk,
            "period": "2021", "kind": "passport", "format_name": "json", "digest": waits.files.get(format="json").digest,
        },
        own={
            **{name: {"pk": pk} for name, pk in pk_of.items()},
            "api_unit_report": {"pk": report.pk, "period": campaign.period.key, "measure_pk": row.measure.pk},
            "api_campaign": {"period": campaign.period.key},
            "api_programme_document": {"kind": "programme-measures"},
            "api_event": {"number": Event.objects.filter(community=community).latest("number").number},
        },
    )  # fmt: skip
