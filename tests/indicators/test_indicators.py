import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgets.choices import Fund
from budgets.exceptions import CellErrors, RuleViolation, StaleVersion
from budgets.funds import ByFund
from budgets.models import PassportRevision
from budgets.services import cash, passports
from indicators import selectors
from indicators.choices import IndicatorKind
from indicators.models import ActualValue, Indicator
from indicators.services import passports as services
from indicators.services.passports import ActualEdit


@pytest.fixture
def draft(sample, officer):
    """An empty passport of another year."""
    return passports.create(programme=sample.programme, year=2024, by=officer)


@pytest.fixture
def figures(revision):
    """Indicators of the sample by printed number, as they stand when asked."""
    return lambda: {item.indicator.number: item for item in selectors.indicator_figures(revision)}


@pytest.fixture
def save(sample, officer):
    return lambda *edits: services.save_actuals(passport=sample, edits=edits, by=officer)


def plain(title, general="0", special="0", *, kind=IndicatorKind.OUTPUT, **more):
    return {
        "kind": kind,
        "title": title,
        "unit_of_measure": "од.",
        "source": "",
        "general": Decimal(general),
        "special": Decimal(special),
        **more,
    }


def share(title, numerator, denominator, *, kind=IndicatorKind.EFFICIENCY, **more):
    row = plain(title, kind=kind, **more)
    return {
        **row,
        "general": None,
        "special": None,
        "numerator": numerator,
        "denominator": denominator,
    }


def save_plan(draft, by, *rows):
    draft.refresh_from_db()
    services.save_indicators(revision=draft, rows=rows, version=draft.version, by=by)
    return {row.title: row for row in draft.indicators.all()}


def edit(item, general=None, special=None, *, explanation="", version=None):
    return ActualEdit(
        root_id=item.indicator.root_id,
        general=None if general is None else Decimal(general),
        special=None if special is None else Decimal(special),
        explanation=explanation,
        version=item.version if version is None else version,
    )


def of(*numbers):
    return ByFund(*map(Decimal, numbers))


# Reading


def test_the_sample_agrees_with_what_was_published(figures):
    shown = figures()
    assert len(shown) == 40
    assert shown[27].approved == of("37500.00", "0", "37500.00")  # 150 000 / 4
    assert shown[30].actual == of("1174.20", "0", "1174.20")  # 293 550 / 250
    assert shown[30].deviation == of("-25.80", "0", "-25.80")
    assert shown[30].formula == "10 ÷ 20"


def test_a_formula_divides_each_fund_and_the_total_on_its_own(draft, officer):
    """100/4 and 50/1 are 25 and 50; their total is 150/5 = 30, not 75."""
    rows = save_plan(
        draft, officer, plain("видатки", "100", "50", kind="input"), plain("штук", "4", "1")
    )
    save_plan(
        draft,
        officer,
        plain("видатки", "100", "50", kind="input", id=rows["видатки"].pk),
        plain("штук", "4", "1", id=rows["штук"].pk),
        share("середні", rows["видатки"], rows["штук"]),
    )
    (item,) = [x for x in selectors.indicator_figures(draft) if x.indicator.has_formula]
    assert item.approved == of("25.00", "50.00", "30.00")


@pytest.mark.parametrize(
    ("top", "bottom", "value"),
    [
        (("45000", "0"), ("9", "0"), ("5000.00", "0", "5000.00")),
        (("100", "0"), ("3", "0"), ("33.33", "0", "33.33")),
        (("0.01", "0"), ("2", "0"), ("0.01", "0", "0.01")),  # half a kopeck goes up
        (("100", "100"), ("0", "0"), ("0", "0", "0")),
        (("100", "100"), ("0", "3"), ("0", "33.33", "66.67")),
        (("10", "0"), ("0.25", "0"), ("40.00", "0", "40.00")),
    ],
)
def test_an_average_is_rounded_once_and_a_zero_denominator_gives_zero(top, bottom, value):
    numerator, denominator = (ByFund.of(*map(Decimal, pair)) for pair in (top, bottom))
    assert selectors.quotient(numerator, denominator) == of(*value)


def test_an_indicator_of_a_line_follows_its_plan_and_its_cash(sample, revision, figures, officer):
    line = revision.spendinglines.get(number=1)
    assert (figures()[1].approved.total, figures()[1].actual.total) == (Decimal(45000), 0)
    payment = cash.Payment(
        line.root_id, Fund.GENERAL, "2282", dt.date(2023, 6, 1), Decimal("900.50")
    )
    cash.record(passport=sample, payment=payment, by=officer)
    assert figures()[1].actual == of("900.50", "0", "900.50")
    assert figures()[1].deviation == of("-44099.50", "0", "-44099.50")


def test_an_average_follows_what_it_divides(save, figures):
    save(edit(figures()[20], "200", "0"))
    assert figures()[30].actual.total == Decimal("1467.75")  # 293 550 / 200


def test_no_actual_value_means_unknown_and_not_zero(save, figures):
    save(edit(figures()[20]))
    shown = figures()
    for number in (20, 30):
        assert shown[number].actual is None
        assert shown[number].deviation is None
        assert not shown[number].needs_explanation


def test_zero_is_a_value(save, figures):
    save(edit(figures()[20], "0", "0"))
    assert figures()[20].actual == of(0, 0, 0)
    assert figures()[30].actual == of(0, 0, 0)


def test_a_value_of_one_fund_leaves_the_other_at_zero(save, figures):
    save(edit(figures()[20], None, "3"))
    assert figures()[20].actual == of(0, 3, 3)


def test_a_deviation_without_words_needs_an_explanation(save, figures):
    assert not figures()[20].needs_explanation
    save(edit(figures()[20], "249", "0"))
    assert figures()[20].needs_explanation
    save(edit(figures()[20], "249", "0", explanation="одну ліцензію повернуто"))
    assert not figures()[20].needs_explanation


def test_kinds_come_in_the_order_of_the_form(revision):
    groups = selectors.by_kind(selectors.indicator_figures(revision))
    assert [kind for kind, _items in groups] == list(IndicatorKind)
    numbers = [item.indicator.number for _kind, items in groups for item in items]
    assert numbers == list(range(1, 41))


def test_figures_take_a_fixed_number_of_queries(revision, django_assert_num_queries):
    fresh = PassportRevision.objects.get(pk=revision.pk)
    with django_assert_num_queries(5):
        selectors.indicator_figures(fresh)


# Writing actual values


def test_a_fourth_decimal_is_kept(save, figures):
    save(edit(figures()[31], "1.8055", "0"))
    assert figures()[31].actual.total == Decimal("1.8055")


def test_edits_are_stored_and_say_who_made_them(save, figures, officer):
    item = figures()[11]
    save(edit(item, "5", "0", explanation="провели курси"))
    row = ActualValue.objects.get(indicator_id=item.indicator.root_id)
    assert (row.general, row.explanation, row.changed_by) == (5, "провели курси", officer)
    assert row.version == item.version + 1


def test_unchanged_rows_are_left_alone(save, figures):
    item = figures()[20]
    save(edit(item, "250", "0", explanation=item.explanation))
    assert figures()[20].version == item.version


@pytest.mark.parametrize("number", [1, 21])
def test_computed_values_cannot_be_typed(save, figures, number):
    """1 is the cash of a line, 21 an average."""
    before = figures()[number]
    with pytest.raises(CellErrors, match="обчислюється, його не вводять") as refusal:
        save(edit(before, "1", "0", explanation=before.explanation))
    assert [cell for cell, _message in refusal.value.errors] == [str(number)]
    assert figures()[number] == before


def test_computed_values_can_be_explained(save, figures):
    save(edit(figures()[21], explanation="курсів не було"))
    assert figures()[21].explanation == "курсів не було"


def test_stale_edits_are_all_refused_with_both_values_and_nothing_is_stored(
    save, figures, sample, programme_head
):
    seen = figures()
    services.save_actuals(
        passport=sample, edits=[edit(seen[11], "5", "0", explanation="було")], by=programme_head
    )
    before = figures()
    with pytest.raises(CellErrors) as refusal:
        save(
            edit(seen[20], "240", "0"),  # would be right alone
            edit(seen[11], "6", "0", explanation="стало"),
            edit(seen[1], "1", "1"),
        )
    told = dict(refusal.value.errors)
    assert list(told) == ["11", "1"]
    assert (
        "змінив користувач it. Зараз: 5,00 / 0,00; було. Ви ввели: 6,00 / 0,00; стало" in told["11"]
    )
    assert figures() == before


def test_a_first_value_entered_by_two_people_is_not_overwritten(save, figures):
    item = figures()[20]
    ActualValue.objects.filter(indicator_id=item.indicator.root_id).delete()
    save(edit(item, "250", "0", version=0))
    with pytest.raises(CellErrors, match="Ви ввели: 249,00"):
        save(edit(item, "249", "0", version=0))
    assert figures()[20].actual.total == 250


def test_an_indicator_of_another_passport_is_refused(save, elsewhere, officer):
    foreign = Indicator(
        revision=elsewhere.revision, number=1, kind="output", title="чужий", unit_of_measure="од."
    )
    with pytest.raises(CellErrors, match="не належить до цього паспорта"):
        save(ActualEdit(10**9, Decimal(1), Decimal(0), "", 0))
    assert foreign.pk is None


def test_actual_values_follow_their_indicator_into_a_new_revision(save, sample, revision, officer):
    draft = passports.revise(passport=sample, by=officer)
    shown = {item.indicator.number: item for item in selectors.indicator_figures(draft)}
    save(edit(shown[20], "251", "0"))
    again = {item.indicator.number: item for item in selectors.indicator_figures(revision)}
    assert again[20].actual.total == 251


# Writing the plan


def test_indicators_are_grouped_by_kind_and_numbered_through(draft, officer):
    rows = save_plan(
        draft,
        officer,
        plain("якість", kind="quality"),
        plain("продукт", kind="output"),
        plain("затрати", kind="input"),
        plain("ще продукт", kind="output"),
    )
    assert [(row.number, title) for title, row in rows.items()] == [
        (1, "затрати"),
        (2, "продукт"),
        (3, "ще продукт"),
        (4, "якість"),
    ]


def test_an_average_of_an_average_is_refused(draft, officer):
    rows = save_plan(draft, officer, plain("а", kind="input"), plain("б"))
    keep = [plain("а", kind="input", id=rows["а"].pk), plain("б", id=rows["б"].pk)]
    rows = save_plan(draft, officer, *keep, share("в", rows["а"], rows["б"]))
    nested = share("г", rows["в"], rows["б"], kind="quality")
    with pytest.raises(RuleViolation, match="«г» посилається на показник, який сам є часткою"):
        save_plan(draft, officer, *keep, share("в", rows["а"], rows["б"], id=rows["в"].pk), nested)
    assert draft.indicators.count() == 3


def test_a_formula_needs_two_different_parts(draft, officer):
    rows = save_plan(draft, officer, plain("а", kind="input"))
    kept = plain("а", kind="input", id=rows["а"].pk)
    with pytest.raises(RuleViolation, match="мають бути різними"):
        save_plan(draft, officer, kept, share("в", rows["а"], rows["а"]))


def test_values_come_from_one_place_only(draft, officer):
    with pytest.raises(RuleViolation, match="Показник має щось одне"):
        save_plan(draft, officer, {**plain("а"), "special": None})


def test_the_database_refuses_an_indicator_with_two_sources(draft, officer):
    save_plan(draft, officer, plain("а", "5"))
    passports.save_lines(
        revision=draft,
        rows=[{"title": "Напрям", "local_programme": None, "allocations": []}],
        version=2,
        by=officer,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.indicators.update(line=draft.spendinglines.get())


def test_a_part_of_a_formula_is_removed_only_together_with_the_formula(draft, officer):
    rows = save_plan(draft, officer, plain("а", kind="input"), plain("б"))
    keep = [plain("а", kind="input", id=rows["а"].pk), plain("б", id=rows["б"].pk)]
    rows = save_plan(draft, officer, *keep, share("в", rows["а"], rows["б"]))
    formula = share("в", rows["а"], rows["б"], id=rows["в"].pk)
    with pytest.raises(RuleViolation, match=r"на нього посилається «3\. в»"):
        save_plan(draft, officer, keep[0], formula)
    assert list(save_plan(draft, officer, keep[0])) == ["а"]


def test_a_stale_plan_is_refused(draft, officer):
    save_plan(draft, officer, plain("а"))
    with pytest.raises(StaleVersion):
        services.save_indicators(revision=draft, rows=[], version=1, by=officer)
    assert draft.indicators.count() == 1


def test_the_plan_of_an_approved_passport_does_not_change(revision, officer):
    with pytest.raises(RuleViolation, match="Затверджене не змінюється"):
        save_plan(revision, officer)
    assert revision.indicators.count() == 40
