"""Comparing two editions of a passport: what a person must not miss."""

import dataclasses

import pytest

from budgets.models import SpendingLine
from budgets.services import passports
from reports.documents import passport
from reports.documents.comparison import compare

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(sample, officer):
    return passports.revise(passport=sample, by=officer)


def lines(draft, **changed):
    return [
        {
            "id": line.pk,
            "title": line.title,
            "local_programme": line.local_programme,
            "allocations": changed.get(
                f"line_{line.number}",
                [
                    (row.economic_code.code, row.general, row.special)
                    for row in line.allocations.select_related("economic_code")
                ],
            ),
        }
        for line in draft.spendinglines.order_by("number")
    ]


def differences(sample, draft):
    old, new = sample.revisions.get(number=1), sample.revisions.get(number=draft.number)
    return compare(passport.with_allocations(old), passport.with_allocations(new))


def test_a_copy_has_no_differences(sample, draft):
    assert differences(sample, draft) == []


def test_money_moved_between_codes_of_a_line_is_seen(sample, draft, officer):
    rows = lines(draft, line_9=[("2210", 50_000, 0), ("2240", 50_000, 0)])
    passports.save_lines(revision=draft, rows=rows, version=draft.version, by=officer)
    (section,) = differences(sample, draft)
    assert section.number == "9а"
    assert [(row.kind, row.changes[0].was, row.changes[0].became) for row in section.rows] == [
        ("changed", 75_000, 50_000),
        ("changed", 25_000, 50_000),
    ]


def test_another_signatory_is_seen(sample, draft):
    old, new = (passport.build(sample.revisions.get(number=number)) for number in (1, 2))
    changed = (dataclasses.replace(new.signatures[0], name="Інша ОСОБА"), *new.signatures[1:])
    (section,) = compare(old, dataclasses.replace(new, signatures=changed))
    assert [row.kind for row in section.rows] == ["added", "removed"]


def test_moving_a_row_is_no_difference_and_lines_print_in_the_new_order(sample, draft, officer):
    rows = lines(draft)
    passports.save_lines(
        revision=draft, rows=[rows[-1], *rows[:-1]], version=draft.version, by=officer
    )
    printed = passport.build(sample.revisions.get(number=2)).table("lines").lines
    assert [row.value("number") for row in printed] == [*range(1, 11)]
    assert printed[0].value("line") == SpendingLine.objects.get(revision=draft, number=1).title
    assert str(printed[0].value("line")).startswith("Придбання антивірусного")
    assert differences(sample, draft) == []


def test_the_head_stays_as_approved(sample):
    unit = sample.programme.key_unit
    unit.name = "Інша назва"
    unit.save()
    sample.programme.title = "Інша програма"
    sample.programme.save()
    revision = sample.revisions.get()
    words = [
        item.value
        for section in passport.build(revision).sections[:3]
        for item in section.blocks[0].items
    ]
    assert "Виконавчий комітет Житомирської міської ради Житомирської області" in words
    assert "Інша програма" not in words
