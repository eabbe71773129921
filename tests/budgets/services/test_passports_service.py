import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from budgets.choices import Fund, RevisionStatus, SignatoryRole
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import (
    CashEntry,
    EconomicCode,
    Goal,
    LineAllocation,
    LocalProgramme,
    Passport,
    PassportRevision,
    PassportTask,
    Signatory,
    SpendingLine,
)
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as selectors
from budgets.services import cash, passports
from indicators import selectors as indicator_selectors
from indicators.models import ActualValue, Indicator

AGREED, ORDERED = dt.date(2023, 9, 1), dt.date(2023, 9, 5)


@pytest.fixture
def draft(sample, officer):
    """A draft of changes to the sample's passport."""
    return passports.revise(passport=sample, by=officer)


@pytest.fixture
def new_draft(sample, officer):
    """An empty passport of another year."""
    return passports.create(programme=sample.programme, year=2024, by=officer)


def version(revision):
    return PassportRevision.objects.get(pk=revision.pk).version


def line_rows(revision, **changed):
    """The lines of a draft as save_lines takes them; ``changed`` gives line numbers other allocations."""
    return [
        {
            "id": line.pk,
            "title": line.title,
            "local_programme": line.local_programme,
            "allocations": changed.get(
                f"line{line.number}",
                [
                    (row.economic_code.code, row.general, row.special)
                    for row in line.allocations.all()
                ],
            ),
        }
        for line in revision.spendinglines.prefetch_related("allocations__economic_code")
    ]


def save_lines(revision, by, rows):
    passports.save_lines(revision=revision, rows=rows, version=version(revision), by=by)


def agree(revision, by, day=AGREED):
    passports.agree(revision=revision, agreed_on=day, version=version(revision), by=by)


def approve(revision, by, *, number="12", day=ORDERED):
    passports.approve(
        revision=revision, order_number=number, order_date=day, version=version(revision), by=by
    )


def texts(rows):
    return [(row.number, row.text) for row in rows.all()]


# Opening


def test_a_programme_has_one_passport_a_year(sample, officer):
    with pytest.raises(RuleViolation, match="Паспорт 0217530 на 2023 рік уже є"):
        passports.create(programme=sample.programme, year=2023, by=officer)


def test_a_new_passport_starts_with_an_empty_draft(new_draft, officer):
    assert (new_draft.number, new_draft.status, new_draft.changed_by) == (1, "draft", officer)
    assert selectors.revision_in_force(new_draft.passport) is None


def test_a_passport_has_one_open_revision(sample, draft, officer):
    with pytest.raises(RuleViolation, match="уже має відкриту редакцію 2"):
        passports.revise(passport=sample, by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        PassportRevision.objects.create(passport=sample, number=3)


def test_changes_need_something_approved_to_change(new_draft, officer):
    PassportRevision.objects.filter(pk=new_draft.pk).delete()
    with pytest.raises(RuleViolation, match="Немає затвердженої редакції"):
        passports.revise(passport=new_draft.passport, by=officer)


# Continuing and copying


def test_changes_start_from_a_full_copy_of_what_is_in_force(draft, revision):
    for model in (Goal, PassportTask, LocalProgramme, Signatory):
        kept = [
            field.name
            for field in model._meta.concrete_fields
            if field.name not in {"id", "revision"}
        ]
        old = model.objects.filter(revision=revision).values(*kept)
        assert list(model.objects.filter(revision=draft).values(*kept)) == list(old)
    assert [item.approved for item in selectors.allocations(draft)] == [
        item.approved for item in selectors.allocations(revision)
    ]
    assert (draft.legal_grounds, draft.purpose) == (revision.legal_grounds, revision.purpose)
    assert draft.number == 2


def test_a_copy_refers_to_its_own_rows_and_to_nothing_of_its_source(draft):
    for line in draft.spendinglines.all():
        assert line.local_programme.revision_id == draft.pk
    for indicator in draft.indicators.select_related("line", "numerator", "denominator"):
        for part in (indicator.line, indicator.numerator, indicator.denominator):
            assert part is None or part.revision_id == draft.pk


def test_rows_of_changes_keep_their_roots_so_cash_and_fact_follow_them(draft, revision, sample):
    assert [line.root_id for line in draft.spendinglines.all()] == [
        line.pk for line in revision.spendinglines.all()
    ]
    before = indicator_selectors.indicator_figures(revision)
    after = indicator_selectors.indicator_figures(draft)
    assert [item.actual for item in after] == [item.actual for item in before]
    assert [item.explanation for item in after] == [item.explanation for item in before]


def test_roots_survive_a_second_change(draft, officer, revision):
    agree(draft, officer)
    approve(draft, officer)
    third = passports.revise(passport=draft.passport, by=officer)
    assert third.number == 3
    assert [line.root_id for line in third.spendinglines.all()] == [
        line.pk for line in revision.spendinglines.all()
    ]


def test_another_year_starts_anew_without_cash_or_fact(revision, officer):
    copy = passports.copy_to_year(source=revision, year=2024, by=officer)
    assert (copy.number, copy.passport.year) == (1, 2024)
    assert all(line.root_id == line.pk for line in copy.spendinglines.all())
    assert selectors.allocations(copy)[0].approved == selectors.allocations(revision)[0].approved
    assert not cash_selectors.entries(copy.passport).exists()
    assert not ActualValue.objects.filter(indicator__revision=copy).exists()
    figures = {item.indicator.number: item for item in indicator_selectors.indicator_figures(copy)}
    # 45 000 / 9 by the formula of the copy's own rows; nothing entered yet.
    assert figures[21].approved.total == Decimal("5000.00")
    assert figures[11].actual is None
    formula = figures[21].indicator
    assert {formula.numerator.revision_id, formula.denominator.revision_id} == {copy.pk}


def test_a_year_that_has_its_passport_is_not_copied_into(revision, officer):
    with pytest.raises(RuleViolation, match="на 2023 рік уже є"):
        passports.copy_to_year(source=revision, year=2023, by=officer)


# Drafting


def test_texts_are_written_and_the_version_grows(new_draft, officer):
    passports.describe(
        revision=new_draft, legal_grounds="Бюджетний кодекс", purpose="Мета", version=1, by=officer
    )
    new_draft.refresh_from_db()
    assert (new_draft.legal_grounds, new_draft.purpose, new_draft.version) == (
        "Бюджетний кодекс",
        "Мета",
        2,
    )


def test_rows_are_numbered_in_the_order_given_and_keep_their_identity(new_draft, officer):
    def save(rows):
        passports.save_rows(
            revision=new_draft, model=Goal, rows=rows, version=version(new_draft), by=officer
        )

    save([{"text": "перша"}, {"text": "друга"}])
    first, second = new_draft.goals.all()
    save([{"id": second.pk, "text": "друга, уточнена"}, {"text": "третя"}])
    assert texts(new_draft.goals) == [(1, "друга, уточнена"), (2, "третя")]
    assert new_draft.goals.first().pk == second.pk
    assert not Goal.objects.filter(pk=first.pk).exists()


def test_a_row_of_another_revision_is_not_taken_over(draft, revision, officer):
    foreign = revision.goals.get()
    with pytest.raises(RuleViolation, match="уже немає в цій редакції"):
        passports.save_rows(
            revision=draft,
            model=Goal,
            rows=[{"id": foreign.pk, "text": "чужа"}],
            version=version(draft),
            by=officer,
        )
    foreign.refresh_from_db()
    assert foreign.text != "чужа"


def test_a_row_that_others_refer_to_is_not_removed(draft, officer):
    """Line 1 is the source of indicator 1."""
    rows = line_rows(draft)[1:]
    with pytest.raises(RuleViolation, match=r"на нього посилається «1\. Обсяг видатків"):
        save_lines(draft, officer, rows)
    assert draft.spendinglines.count() == 10


def test_a_role_has_one_signatory(new_draft, officer):
    rows = [{"role": SignatoryRole.HEAD, "position": "Керівник", "name": ""}] * 2
    with pytest.raises(RuleViolation, match="Рядок 2 повторює інший рядок"):
        passports.save_rows(revision=new_draft, model=Signatory, rows=rows, version=1, by=officer)


@pytest.mark.parametrize(
    ("allocations", "message"),
    [
        ([("9999", Decimal(1), Decimal(0))], "Рядок 1: КЕКВ 9999 невідомий"),
        ([("2240", Decimal(1), Decimal(0))] * 2, "Рядок 1: КЕКВ 2240 вказано двічі"),
    ],
)
def test_a_line_refuses_unknown_and_repeated_codes(new_draft, officer, allocations, message):
    row = {"title": "Напрям", "local_programme": None, "allocations": allocations}
    with pytest.raises(RuleViolation, match=message):
        save_lines(new_draft, officer, [row])
    new_draft.refresh_from_db()
    assert (new_draft.spendinglines.count(), new_draft.version) == (0, 1)


def test_a_negative_plan_does_not_reach_the_database(new_draft, officer):
    row = {
        "title": "Напрям",
        "local_programme": None,
        "allocations": [("2240", Decimal(-1), Decimal(0))],
    }
    with pytest.raises(RuleViolation, match="від’ємним"):
        save_lines(new_draft, officer, [row])
    line = SpendingLine.objects.create(revision=new_draft, number=1, title="Напрям")
    code = EconomicCode.objects.get(code="2240")
    with pytest.raises(IntegrityError), transaction.atomic():
        LineAllocation.objects.create(line=line, economic_code=code, general=-1)


def test_the_amounts_of_a_line_are_the_sums_of_its_codes(new_draft, officer):
    allocations = [
        ("2210", Decimal("75000.10"), Decimal("1.00")),
        ("2240", Decimal("25000.20"), Decimal(0)),
    ]
    row = {"title": "Напрям", "local_programme": None, "allocations": allocations}
    save_lines(new_draft, officer, [row])
    (line,) = selectors.approved_lines(new_draft)
    assert (line.approved.general, line.approved.special, line.approved.total) == (
        Decimal("100000.30"),
        Decimal("1.00"),
        Decimal("100001.30"),
    )


def test_two_people_drafting_never_overwrite_each_other(new_draft, officer, programme_head):
    passports.describe(
        revision=new_draft, legal_grounds="", purpose="перша", version=1, by=programme_head
    )
    for write in (
        lambda: passports.describe(
            revision=new_draft, legal_grounds="", purpose="друга", version=1, by=officer
        ),
        lambda: passports.save_rows(revision=new_draft, model=Goal, rows=[], version=1, by=officer),
        lambda: passports.save_lines(revision=new_draft, rows=[], version=1, by=officer),
        lambda: passports.agree(revision=new_draft, agreed_on=AGREED, version=1, by=officer),
        lambda: passports.discard(revision=new_draft, version=1, by=officer),
    ):
        with pytest.raises(StaleVersion, match="змінив користувач it"):
            write()
    new_draft.refresh_from_db()
    assert (new_draft.purpose, new_draft.status) == ("перша", "draft")


def test_an_approved_revision_refuses_every_write(revision, officer):
    for write in (
        lambda: passports.describe(
            revision=revision, legal_grounds="", purpose="", version=version(revision), by=officer
        ),
        lambda: save_lines(revision, officer, []),
        lambda: agree(revision, officer),
        lambda: approve(revision, officer),
        lambda: passports.discard(revision=revision, version=version(revision), by=officer),
        lambda: passports.return_to_draft(revision=revision, version=version(revision), by=officer),
    ):
        with pytest.raises(RuleViolation):
            write()


# Agreeing and approving


def test_what_is_agreed_is_closed_until_it_is_returned(draft, officer):
    agree(draft, officer)
    with pytest.raises(
        RuleViolation, match="Редакція 2 у стані «погоджено», для цієї дії потрібен стан «проєкт»"
    ):
        save_lines(draft, officer, line_rows(draft))
    passports.return_to_draft(revision=draft, version=version(draft), by=officer)
    draft.refresh_from_db()
    assert (draft.status, draft.agreed_on) == (RevisionStatus.DRAFT, None)
    save_lines(draft, officer, line_rows(draft))


def test_a_draft_is_not_approved_without_agreement(draft, officer):
    with pytest.raises(RuleViolation, match="потрібен стан «погоджено»"):
        approve(draft, officer)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"number": "  "}, "Вкажіть номер наказу"),
        ({"day": dt.date(2023, 8, 31)}, "Наказ від 31.08.2023 раніше за погодження 01.09.2023"),
        ({"day": dt.date(2024, 1, 1)}, "Наказ від 01.01.2024 пізніше за 2023 рік"),
    ],
)
def test_an_order_has_its_number_and_its_dates_in_order(draft, officer, order, message):
    agree(draft, officer)
    with pytest.raises(RuleViolation, match=message):
        approve(draft, officer, **order)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.AGREED


def test_an_order_does_not_precede_the_previous_one(draft, officer):
    agree(draft, officer, day=dt.date(2023, 1, 10))
    with pytest.raises(
        RuleViolation, match=r"раніше за наказ попередньої редакції від 20\.01\.2023"
    ):
        approve(draft, officer, day=dt.date(2023, 1, 19))
    approve(draft, officer, day=dt.date(2023, 1, 20))


def test_a_passport_without_lines_is_not_approved(new_draft, officer):
    agree(new_draft, officer, day=dt.date(2024, 1, 10))
    with pytest.raises(RuleViolation, match="жодного напряму"):
        approve(new_draft, officer, day=dt.date(2024, 1, 12))


def test_no_line_is_cut_below_what_is_paid(draft, officer):
    """293 550,00 is paid on line 10."""
    cut = [("2240", Decimal("293549.99"), Decimal(0))]
    save_lines(draft, officer, line_rows(draft, line10=cut))
    agree(draft, officer)
    with pytest.raises(
        RuleViolation, match=r"затверджується 293\s549,99, а вже сплачено 293\s550,00"
    ):
        approve(draft, officer)
    assert selectors.revision_in_force(draft.passport).number == 1


def test_a_line_may_be_cut_to_exactly_what_is_paid(draft, officer):
    save_lines(
        draft, officer, line_rows(draft, line10=[("2240", Decimal("293550.00"), Decimal(0))])
    )
    agree(draft, officer)
    approve(draft, officer)
    assert selectors.revision_in_force(draft.passport) == draft


def test_a_code_or_fund_with_cash_on_it_is_not_dropped(draft, officer):
    moved = [("2210", Decimal(300000), Decimal(0)), ("2240", Decimal(0), Decimal(300000))]
    save_lines(draft, officer, line_rows(draft, line10=moved))
    agree(draft, officer)
    with pytest.raises(RuleViolation, match=r"загальний фонд, КЕКВ 2240\): затверджується 0,00"):
        approve(draft, officer)


def test_a_line_with_cash_is_not_removed(draft, officer, revision):
    Indicator.objects.filter(revision=draft, numerator__isnull=False).delete()
    Indicator.objects.filter(revision=draft).delete()
    save_lines(draft, officer, line_rows(draft)[:-1])
    agree(draft, officer)
    with pytest.raises(RuleViolation, match=r"антивірусного.*вже сплачено"):
        approve(draft, officer)


def test_after_a_change_the_new_limit_holds_for_the_same_line(draft, sample, officer, revision):
    root = revision.spendinglines.get(number=10).root_id
    save_lines(
        draft, officer, line_rows(draft, line10=[("2240", Decimal("293560.00"), Decimal(0))])
    )
    payment = cash.Payment(root, Fund.GENERAL, "2240", dt.date(2023, 10, 2), Decimal("10.01"))
    assert CashEntry.objects.filter(line_id=root).aggregate(s=Sum("amount"))["s"] == Decimal(293550)
    agree(draft, officer)
    approve(draft, officer)
    with pytest.raises(RuleViolation, match="План перевищено на 0,01"):
        cash.record(passport=sample, payment=payment, by=officer)
    assert draft.spendinglines.get(number=10).root_id == root


def test_a_draft_does_not_move_the_limit(draft, sample, officer, revision):
    save_lines(draft, officer, line_rows(draft, line10=[("2240", Decimal(900000), Decimal(0))]))
    root = revision.spendinglines.get(number=10).root_id
    payment = cash.Payment(root, Fund.GENERAL, "2240", dt.date(2023, 10, 2), Decimal("6450.01"))
    with pytest.raises(RuleViolation, match="План перевищено на 0,01"):
        cash.record(passport=sample, payment=payment, by=officer)


def test_the_database_wants_the_order_of_what_is_approved(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        PassportRevision.objects.filter(pk=draft.pk).update(status=RevisionStatus.APPROVED)


# Discarding


def test_a_discarded_draft_leaves_the_approved_revision_untouched(draft, revision, officer):
    before = (Indicator.objects.filter(revision=revision).count(), CashEntry.objects.count())
    passports.discard(revision=draft, version=version(draft), by=officer)
    assert not PassportRevision.objects.filter(pk=draft.pk).exists()
    assert not LineAllocation.objects.filter(line__revision_id=draft.pk).exists()
    assert (
        Indicator.objects.filter(revision=revision).count(),
        CashEntry.objects.count(),
    ) == before
    assert passports.revise(passport=revision.passport, by=officer).number == 2


def test_a_passport_without_any_revision_goes_with_its_draft(new_draft, officer):
    passports.discard(revision=new_draft, version=1, by=officer)
    assert not Passport.objects.filter(pk=new_draft.passport_id).exists()


def test_a_copied_year_can_be_discarded(revision, officer):
    copy = passports.copy_to_year(source=revision, year=2024, by=officer)
    passports.discard(revision=copy, version=version(copy), by=officer)
    assert not Passport.objects.filter(year=2024).exists()


def test_an_agreed_revision_is_not_discarded(draft, officer):
    agree(draft, officer)
    with pytest.raises(RuleViolation, match="погоджено"):
        passports.discard(revision=draft, version=version(draft), by=officer)
