"""Execution of a target programme's indicators as a paper."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from indicators.services.programme_actuals import ActualEdit, save_actuals
from reports import checks
from reports.documents import programme_indicator_actuals
from reports.documents.base import Role
from reports.renderers import FORMATS
from reports.renderers.figures import shown
from tests.indicators import target_programmes as target
from tests.indicators.target_programmes import number

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(sample, officer):
    """Cash of 2022, cameras that were not bought, their cost and the share of the city."""
    programme = target.found(sample.programme.responsible_unit, officer)
    own = {"measure": programme.measures.get()}
    _money, cameras, _cost, share = target.write(
        programme, officer,
        {**own, "kind": "input", "title": "Кошти", "unit_of_measure": "тис. грн", "is_money": True},
        {**own, "kind": "output", "title": "Камери", "unit_of_measure": "шт.", "values": {2022: number(5)}},
        {**own, "kind": "efficiency", "title": "Вартість камери", "unit_of_measure": "тис. грн", "formula": (0, 1)},
        {"title": "Стан", "values": {None: target.PlannedValue(text="добрий")}},
    )  # fmt: skip
    target.adopt(programme)
    target.paid(sample, programme.measures.get(), dt.date(2022, 5, 1), "800.01", officer)
    edit = ActualEdit(cameras.pk, Decimal(0), "", "", 0)
    save_actuals(programme=programme, year=2022, edits=[edit], by=officer)
    edit = ActualEdit(share.pk, None, "задовільний", "старі стовпи", 0)
    save_actuals(programme=programme, year=None, edits=[edit], by=officer)
    return programme


def printed(programme):
    table = programme_indicator_actuals.build(programme).table("actuals")
    return [
        [shown(row, column).replace("\u00a0", " ") for column in table.columns][1:7]
        for row in table.rows
        if row.role is Role.LINE and row.value("year") in {"2022", "увесь строк"}
    ]


def test_years_with_values_are_rows(programme):
    assert printed(programme) == [
        ["Стан", "", "увесь строк", "добрий", "задовільний", ""],
        ["", "", "2022", "1", "0,80001", "−0,19999"],
        ["Камери", "шт.", "2022", "5", "0", "−5"],
        ["Вартість камери", "тис. грн", "2022", "0,2", "0", "−0,2"],
    ]


def test_deviations_without_words_and_impossible_pairs_are_found(programme):
    findings = checks.run(programme_indicator_actuals.build(programme))
    told = [(each.code, each.message.partition(":")[2].strip()) for each in findings]
    assert ("explanation-missing", "Камери, 2022.") in told
    assert not [message for _code, message in told if "Стан" in message]
    (doubt,) = [each.message for each in findings if each.code == "value-doubted"]
    assert doubt.startswith("Камери, 2022: Продукту 0, а кошти витрачено")
    assert "arithmetic" not in {each.code for each in findings}


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_paper_is_written_in_each_format(programme, format_name):
    document = programme_indicator_actuals.build(programme)
    content = FORMATS[format_name].render(document)
    assert len(content) > 1000
    if format_name == "json":
        assert json.loads(content)["kind"] == "programme-indicator-actuals"


def test_a_programme_without_indicators_has_an_empty_table(sample, officer):
    programme = target.found(sample.programme.responsible_unit, officer)
    document = programme_indicator_actuals.build(programme)
    assert document.table("actuals").rows == ()
    assert checks.run(document) == []
