"""The sample set-up: programme 0217530 of 2023 with real published figures, written through the services.

What is published and what is invented stands in docs/sample-data.md.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission, User

from budgets.choices import DecisionKind, Role
from budgets.models import (
    BudgetCode,
    BudgetProgramme,
    Community,
    Goal,
    LocalProgramme,
    Measure,
    Membership,
    Passport,
    PassportRevision,
    PassportTask,
    Signatory,
    SpendingUnit,
)
from budgets.services import cash, decisions, line_measures, passports
from budgets.services.record import recorded
from indicators.choices import Direction
from indicators.services import passports as indicator_services
from reports import sample_programmes
from reports.services import execution as report_services

_FILE = Path(__file__).parent / "sample_data" / "0217530-2023.json"
SAMPLE_PASSWORD = "eprogram-zrazok"  # noqa: S105 - shown on the sign-in page of the sample set-up
SAMPLE_USERS = {
    "finansy": Role.FINANCE_OFFICER,
    "it": Role.PROGRAMME_HEAD,
    "pidpys": Role.SIGNATORY,
    "rada": Role.COUNCIL_CLERK,
    "audyt": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
}


@recorded
def load() -> Passport:
    """Write the whole sample into an empty database; returns the passport."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    units = _organisations(data)
    users = _users(units["0210000"])
    officer = users["finansy"]
    programme = BudgetProgramme.objects.create(
        community=units["0210000"].community,
        **{
            key: data["programme"][key] for key in ("code", "type_code", "functional_code", "title")
        },
        key_unit=units[data["programme"]["key_unit"]],
        responsible_unit=units[data["programme"]["responsible_unit"]],
    )
    _decision(programme.community, data["decision"], officer)
    revision = _passport(programme, data["passport"], officer)
    sample_programmes.load_all(officer)
    _line_measures(revision, data["line_measures"], officer)
    _cash(revision, data["cash"], officer)
    _execution(revision, data["execution"], officer)
    return revision.passport


def _organisations(data: dict[str, Any]) -> dict[str, SpendingUnit]:
    community = Community.objects.create(
        name=data["community"]["name"], region=data["community"]["region"]
    )
    for code in data["community"]["budget_codes"]:
        BudgetCode.objects.create(community=community, **code)
    units: dict[str, SpendingUnit] = {}
    for unit in data["units"]:
        units[unit["code"]] = SpendingUnit.objects.create(
            community=community, **{**unit, "parent": units.get(unit["parent"] or "")}
        )
    return units


def _users(unit: SpendingUnit) -> dict[str, User]:
    users = {}
    for username, role in SAMPLE_USERS.items():
        users[username] = user = User.objects.create_user(username, password=SAMPLE_PASSWORD)
        Membership.objects.create(user=user, unit=unit, role=role, valid_from=dt.date(2023, 1, 1))
    administrator = users["admin"]
    administrator.is_staff = True
    administrator.save()
    administrator.user_permissions.set(
        Permission.objects.filter(content_type__model__in=["user", "membership"]).exclude(
            codename__startswith="delete"
        )
    )
    return users


def _decision(community: Community, data: dict[str, Any], by: User) -> None:
    """The decision on the budget: published are its number and date, not what it gives the programme."""
    day = dt.date.fromisoformat(data["date"])
    said = decisions.Said(
        year=data["year"], kind=DecisionKind.INITIAL, number=data["number"], date=day,
        in_force_from=day, lines_known=False,
    )  # fmt: skip
    decision = decisions.draft(community=community, said=said, lines=(), by=by)
    decisions.adopt(decision=decision, version=decision.version, by=by)


def _passport(programme: BudgetProgramme, data: dict[str, Any], by: User) -> PassportRevision:
    revision = passports.create(programme=programme, year=data["year"], by=by)
    passports.describe(
        revision=revision,
        legal_grounds=data["legal_grounds"],
        purpose=data["purpose"],
        version=_version(revision),
        by=by,
    )
    for model, rows in (
        (Goal, [{"text": text} for text in data["goals"]]),
        (PassportTask, [{"text": text} for text in data["tasks"]]),
        (LocalProgramme, [{"title": row["title"]} for row in data["local_programmes"]]),
        (Signatory, data["signatories"]),
    ):
        passports.save_rows(
            revision=revision, model=model, rows=rows, version=_version(revision), by=by
        )
    local = {row.number: row for row in revision.localprogrammes.all()}
    lines = [
        {
            "title": line["title"],
            "local_programme": local[line["local_programme"]],
            "allocations": [
                (row["economic_code"], Decimal(row["general"]), Decimal(row["special"]))
                for row in line["allocations"]
            ],
        }
        for line in data["lines"]
    ]
    passports.save_lines(revision=revision, rows=lines, version=_version(revision), by=by)
    _indicators(revision, data["indicators"], by)
    passports.agree(
        revision=revision,
        agreed_on=dt.date.fromisoformat(data["agreed_on"]),
        version=_version(revision),
        by=by,
    )
    passports.approve(
        revision=revision,
        order_number=data["order_number"],
        order_date=dt.date.fromisoformat(data["order_date"]),
        version=_version(revision),
        by=by,
    )
    revision.refresh_from_db()
    return revision


def _indicators(revision: PassportRevision, data: list[dict[str, Any]], by: User) -> None:
    lines = {line.number: line for line in revision.spendinglines.all()}
    rows: list[dict[str, Any]] = [
        {
            "kind": row["kind"],
            "title": row["title"],
            "unit_of_measure": row["unit"],
            "source": row["source"],
            "direction": row.get("direction", Direction.MORE),
            "line": lines[row["line"]] if "line" in row else None,
            "general": Decimal(row["general"]) if "general" in row else None,
            "special": Decimal(row["special"]) if "special" in row else None,
        }
        for row in data
    ]
    # Averages name other indicators, so those are stored first.
    plain = [row for row, source in zip(rows, data, strict=True) if "numerator" not in source]
    indicator_services.save_indicators(
        revision=revision, rows=plain, version=_version(revision), by=by
    )
    stored = {indicator.title: indicator for indicator in revision.indicators.all()}
    titles = {row["number"]: row["title"] for row in data}
    for row, source in zip(rows, data, strict=True):
        if "numerator" in source:
            row["numerator"], row["denominator"] = (
                stored[titles[source["numerator"]]],
                stored[titles[source["denominator"]]],
            )
        else:
            row["id"] = stored[row["title"]].pk
    indicator_services.save_indicators(
        revision=revision, rows=rows, version=_version(revision), by=by
    )


def _line_measures(revision: PassportRevision, data: dict[str, Any], by: User) -> None:
    measures = Measure.objects.filter(programme__slug=data["programme"])
    for line in revision.spendinglines.order_by("number"):
        paid_for = measures.get(texts__title=data["measures"][str(line.number)])
        line_measures.link(
            passport=revision.passport, line_id=line.root_id, measures=[paid_for.pk], seen=[], by=by
        )


def _cash(revision: PassportRevision, data: list[dict[str, Any]], by: User) -> None:
    lines = {line.number: line for line in revision.spendinglines.all()}
    for row in data:
        payment = cash.Payment(
            line_id=lines[row["line"]].root_id,
            fund=row["fund"],
            economic_code=row["economic_code"],
            paid_on=dt.date.fromisoformat(row["date"]),
            amount=Decimal(row["amount"]),
            document_number=row["document"],
            note=row["note"],
        )
        cash.record(passport=revision.passport, payment=payment, by=by)


def _execution(revision: PassportRevision, data: dict[str, Any], by: User) -> None:
    edits = [
        indicator_services.ActualEdit(
            root_id=indicator.root_id,
            general=_decimal(data["actuals"].get(str(indicator.number)), "general"),
            special=_decimal(data["actuals"].get(str(indicator.number)), "special"),
            explanation=data["indicator_explanations"].get(str(indicator.number), ""),
            version=0,
        )
        for indicator in revision.indicators.all()
    ]
    indicator_services.save_actuals(passport=revision.passport, edits=edits, by=by)
    report = report_services.open_report(passport=revision.passport, by=by)
    report_services.write(
        report=report,
        explanations={
            line.root_id: data["line_explanations"].get(str(line.number), "")
            for line in revision.spendinglines.all()
        },
        analysis=data["analysis"],
        conclusion=data["conclusion"],
        version=report.version,
        by=by,
    )
    report_services.write_causes(
        passport=revision.passport, causes=data["causes"], version=1, by=by
    )


def _decimal(row: dict[str, str] | None, key: str) -> Decimal | None:
    return Decimal(row[key]) if row else None


def _version(revision: PassportRevision) -> int:
    revision.refresh_from_db()
    return revision.version
