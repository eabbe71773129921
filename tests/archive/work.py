"""What runs on a site of its own, in a process where Django is set up."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from archive import backup, contents
from budgets.choices import Fund, Layout
from budgets.exceptions import RuleViolation
from budgets.models import Act, CashEntry, Event, LineAllocation, Passport, Programme, StrategyLink
from budgets.periods import Month
from budgets.services import acts, cash, periods, record
from reports.catalogue import KINDS, PROGRAMME_KINDS, ProgrammePaper
from reports.documents.programme_plan import acts_in_order
from reports.issuing import package, verifying
from reports.models import IssuedReport
from reports.renderers import FORMATS
from reports.services import delivery
from tests.reports import issued_samples

PDF = b"%PDF-1.7 decision of a council\n" + bytes(range(256)) * 5000


def fill():
    """Beside the sample a little of everything that rows can be: reversals, JSON, files, removed rows."""
    officer = User.objects.get(username="finansy")
    head = User.objects.get(username="it")
    passport = Passport.objects.get(year=2023)
    report = issued_samples.signed(issued_samples.issued(passport, officer))
    delivery.take(report=report, what="пакет", by=head)
    entry = CashEntry.objects.filter(line__revision__passport=passport).first()
    cash.reverse(entry=entry, version=entry.version, by=officer, note="двічі внесено")
    unit = passport.programme.responsible_unit
    periods.close_month(unit=unit, month=Month(2023, 1), by=officer)
    draft = acts.open_draft(programme=Programme.objects.get(slug="zhytomyr-e-misto"), by=head)
    with record.event("attach", by=head, about=draft):
        draft.file.save("rishennia.pdf", ContentFile(PDF))
        link = StrategyLink.objects.first()
        link.pk = None
        link.save()
        link.delete()  # its key was given out and is not given again
    assert Act.objects.exclude(file="").count() == 1
    with record.event("accounts", by=officer):
        User.objects.filter(pk=head.pk).update(first_name='Їжак «№» "\\ 🦔')
    Authenticator.objects.create(
        user=head, type="totp", data={"secret": "зашифровано", "n": [1, None]}
    )
    SocialAccount.objects.create(user=head, provider="openid", uid="1", extra_data={"name": "Ім’я"})
    LogEntry.objects.create(user=head, object_repr="x", action_flag=1, change_message="[]")


def documents():
    """JSON of every kind of document of every programme in each layout, and of every act; where there is none, why."""

    def text(build, of):
        try:
            return FORMATS["json"].render(build(of)).decode()
        except RuleViolation as refusal:
            return f"refused: {refusal}"

    made = {}
    for passport in Passport.objects.order_by("pk"):
        for name, kind in KINDS.items():
            made[f"{passport.pk} {name}"] = text(kind.build, passport)
    for programme in Programme.objects.order_by("pk"):
        for act in [None, *acts_in_order(programme)]:
            for layout in [None] if act else [None, *Layout.values]:
                paper = ProgrammePaper(programme, act, layout=layout)
                for name, kind in PROGRAMME_KINDS.items():
                    if act or not kind.of_act:
                        key = f"{programme.slug} {act and act.pk} {layout} {name}"
                        made[key] = text(kind.build, paper)
    return made


def verified():
    """What verification says of every file of every issued report, signatures included."""
    return {
        name: [found.answer.value, *(each.verdict.value for each in found.signatures)]
        for report in IssuedReport.objects.all()
        for name, content in package.contents(report)
        for found in [verifying.by_file(content, name)]
    }


def go_on():
    """People work on after a restore: the keys of two new rows. Frozen rows still let nobody in."""

    passport = Passport.objects.get(year=2023)
    officer = User.objects.get(username="finansy")
    row = LineAllocation.objects.select_related("line", "economic_code").get(line__number=3)
    payment = cash.Payment(
        row.line.root_id, Fund.GENERAL, row.economic_code.code, dt.date(2023, 6, 1), Decimal("1.00")
    )
    made = cash.record(passport=passport, payment=payment, by=officer)
    link = StrategyLink.objects.first()
    with record.event("link", by=officer, about=link):
        link.pk = None
        link.save()
    for statement in (
        "UPDATE budgets_spendingline SET title = 'x'",
        "DELETE FROM budgets_event",
        "UPDATE budgets_cashentry SET amount = 1",
        "UPDATE reports_issuedreport SET payload = '{}'",
        "DELETE FROM reports_issuedsignature",
    ):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    return [made.pk, link.pk]


def back_up_while_writing():
    """Make an archive; when half of the tables are read, somebody else records a payment with its event."""

    def pay():
        passport = Passport.objects.get(year=2023)
        row = LineAllocation.objects.select_related("line", "economic_code").get(line__number=3)
        amount, day = Decimal("2.00"), dt.date(2023, 7, 1)
        payment = cash.Payment(
            row.line.root_id, Fund.GENERAL, row.economic_code.code, day, amount, note="meanwhile"
        )
        cash.record(passport=passport, payment=payment, by=User.objects.get(username="finansy"))
        connection.close()

    everything, seen = contents.archived_models, []

    def interrupted():
        for model in everything():
            if model is CashEntry and not seen:
                person = Thread(target=pay)
                person.start()
                person.join(timeout=60)  # finished, not waiting for the backup
                seen.append(not person.is_alive())
            yield model

    contents.archived_models = interrupted
    before = CashEntry.objects.count(), Event.objects.count()
    target = Path(settings.MEDIA_ROOT).parent / "meanwhile.zip"
    made = backup.make(target)
    rows = {table.model: table.rows for table in made.manifest.tables}
    return {
        "finished": seen,
        "before": before,
        "archived": [rows["budgets.CashEntry"], rows["budgets.Event"]],
        "after": [CashEntry.objects.count(), Event.objects.count()],
        "warnings": made.warnings,
        "archive": str(target),
    }
