"""Measures, rows and transfers of a draft in the browser: they work, refuse in words, lose nothing, and keep people out."""

from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.models import Measure, Programme
from budgets.services import acts
from budgets.views import transfers
from tests.budgets.drafts import amounts, fresh, on_the_way, one_line, pay, place, row, town_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(sample):
    return town_of(sample.programme.community)


@pytest.fixture
def draft(town, officer):
    return acts.open_draft(programme=town.programme, by=officer)


@pytest.fixture
def client(sign_in, programme_head):
    return sign_in(programme_head)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def url(name: str, draft, *measure: Measure) -> str:
    return reverse(name, args=["mala", draft.pk, *(each.pk for each in measure)])


def said(draft, **values):
    return {"version": fresh(draft).version, **values}


def words(draft, **changed):
    return said(
        draft,
        **{
            "title": "Сервер",
            "number": "1.1а",
            "term": "2024–2025",
            "term_from": "2024",
            "term_to": "2025",
            **changed,
        },
    )


# A new measure


def test_a_new_measure_stands_in_the_draft_and_asks_who_pays(town, draft, client):
    answer = client.post(
        url("act_measure_new", draft),
        words(draft, point=f"after-{town.measures['1.1'].pk}", quantity_unit="шт."),
    )
    made = Measure.objects.get(number="1.1а")
    assert answer.url == f"{url('act_row_new', draft)}?measure={made.pk}"
    assert (made.task, made.quantity_unit) == (town.tasks["1"], "шт.")
    assert "Сервер" in text(client.get(answer.url))
    assert "Сервер" not in text(client.get(reverse("programme", args=["mala"])))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": ""}, "Вкажіть назву заходу"),
        ({"point": ""}, "Оберіть, де стоїть захід"),
        ({"point": "after-999999"}, "Цього місця вже немає"),
        ({"term_from": "двадцять"}, "Введіть рік чотирма цифрами"),
        ({"term_to": "2031"}, "Термін виходить за роки програми"),
        ({"term_from": "2026"}, "раніше за перший"),
    ],
)
def test_a_measure_that_cannot_be_is_told_and_what_was_typed_stays(
    town, draft, client, changed, message
):
    sent = words(
        draft,
        **{"point": f"after-{town.measures['1.1'].pk}", "expected_result": "Працює", **changed},
    )
    answer = client.post(url("act_measure_new", draft), sent)
    assert answer.status_code == 422
    assert message in text(answer)
    for typed in (sent["title"], sent["number"], sent["term_from"], sent["expected_result"]):
        assert typed in text(answer)
    assert not draft.measuretexts.exists()


# Words and place


def test_words_and_place_are_saved_together(town, draft, client):
    measure = town.measures["1.1"]
    page = text(client.get(url("act_measure", draft, measure)))
    assert "Персональні комп’ютери" in page
    assert "після 1.1. Персональні комп’ютери" not in page
    answer = client.post(
        url("act_measure", draft, measure),
        words(draft, number="2.2", point=f"after-{town.measures['2.1'].pk}"),
    )
    assert (
        answer.url
        == f"{reverse('act', args=['mala', draft.pk])}?row={row(town, '1.1', 'special')}#r-{row(town, '1.1', 'special')}"
    )
    assert draft.measurepositions.get().task == town.tasks["2"]
    assert draft.measuretexts.get().title == "Сервер"
    assert "2.2. Сервер" not in text(client.get(reverse("programme", args=["mala"])))


def test_a_refused_place_keeps_the_words_from_being_saved(town, draft, client):
    measure = town.measures["1.2"]
    answer = client.post(
        url("act_measure", draft, measure),
        words(draft, point=f"in-measure-{town.measures['1.1'].pk}"),
    )
    assert answer.status_code == 422
    assert not draft.measuretexts.exists()
    assert fresh(draft).version == 1


def test_a_stale_save_shows_both_values_and_goes_through_the_second_time(
    town, draft, client, officer
):
    measure = town.measures["1.1"]
    sent = words(draft, point=f"after-{town.measures['2.1'].pk}")
    draft.measuretexts.create(measure=measure, title="Ноутбуки")
    acts.touch(draft, officer)
    answer = client.post(url("act_measure", draft, measure), sent)
    page = text(answer)
    assert answer.status_code == 409
    assert "Ноутбуки" in page
    assert "Сервер" in page
    assert "після 2.1. Оплата послуг Інтернет" in page
    assert f'name="version" value="{fresh(draft).version}"' in page
    client.post(url("act_measure", draft, measure), {**sent, "version": fresh(draft).version})
    assert draft.measuretexts.get().title == "Сервер"


# Split, cancel, restore, remove


def splitting(draft, **changed):
    return said(
        draft,
        **{
            "title": "Монітори",
            "number": "1.1.1",
            "reason": "окрема закупівля",
            "amount-0": "6,0005",
            "amount-1": "",
            **changed,
        },
    )


def test_a_split_reads_amounts_in_the_unit_of_the_programme(town, draft, client):
    measure = town.measures["1.1"]
    page = text(client.get(url("act_measure_split", draft, measure)))
    for shown in ("46,0", "23,0005", "2024", "2025", "тис. грн"):
        assert shown in page
    answer = client.post(url("act_measure_split", draft, measure), splitting(draft), follow=True)
    assert "Загальна сума не змінилася" in text(answer)
    assert amounts(town, draft)["1.1", 2024] == Decimal("39999.50")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"amount-0": "46,00001"}, "можна відокремити від 0 до 46 000,00 грн, не 46 000,01"),
        ({"amount-0": "6,000001"}, "забагато знаків після коми"),
        ({"amount-0": "шість"}, "не є числом"),
        ({"amount-0": ""}, "Вкажіть, скільки коштів"),
        ({"title": ""}, "Вкажіть назву нового заходу"),
        ({"reason": ""}, "Вкажіть причину"),
    ],
)
def test_a_split_that_cannot_be_is_told_and_what_was_typed_stays(
    town, draft, client, changed, message
):
    sent = splitting(draft, **changed)
    answer = client.post(url("act_measure_split", draft, town.measures["1.1"]), sent)
    assert answer.status_code == 422
    assert message in text(answer)
    for name in ("title", "number", "reason", "amount-0"):
        assert sent[name] in text(answer)
    assert not draft.budgetlines.exists()


def test_a_cut_below_paid_cash_asks_once_and_is_done_with_consent(
    town, draft, client, sample, officer
):
    measure = town.measures["1.1"]
    pay(sample, measure, "45000.00", officer)
    address = url("act_measure_cancel", draft, measure)
    assert 'type="checkbox"' not in text(client.get(address))
    answer = client.post(address, said(draft, reason="немає потреби"))
    assert answer.status_code == 422
    assert "уже сплачено 45 000,00" in text(answer)
    assert '<input type="checkbox" name="is_confirmed"' in text(answer)
    assert "немає потреби" in text(answer)
    client.post(address, said(draft, reason="немає потреби", is_confirmed="on"))
    assert amounts(town, draft)["1.1", 2024] == 0


def test_a_cancelled_measure_is_restored_from_its_page(town, draft, client):
    measure = town.measures["1.2"]
    page = text(client.get(url("act_measure_cancel", draft, measure)))
    for shown in ("1.2.1. Відеокарти", "1,85", "24,0"):
        assert shown in page
    client.post(url("act_measure_cancel", draft, measure), said(draft, reason="немає потреби"))
    assert url("act_measure_restore", draft, measure) in text(
        client.get(url("act_measure", draft, measure))
    )
    client.post(url("act_measure_restore", draft, measure), said(draft))
    assert amounts(town, draft) == amounts(town)


def test_a_measure_of_the_draft_is_removed_from_its_page(town, draft, client):
    client.post(
        url("act_measure_new", draft), words(draft, point=f"after-{town.measures['1.1'].pk}")
    )
    made = Measure.objects.get(number="1.1а")
    assert url("act_measure_remove", draft, made) in text(
        client.get(url("act_measure", draft, made))
    )
    answer = client.post(
        url("act_measure_remove", draft, town.measures["1.1"]), said(draft), follow=True
    )
    assert "вилучити захід не можна" in text(answer)
    client.post(url("act_measure_remove", draft, made), said(draft))
    assert not Measure.objects.filter(pk=made.pk).exists()


# Rows and transfers


def test_a_new_row_opens_in_the_draft_and_writes_nothing(town, draft, client):
    address = f"{url('act_row_new', draft)}?measure={town.measures['2.1'].pk}"
    assert "Управління освіти" in text(client.get(address))
    sent = {"executor": town.units["school"].pk, "fund": "unsplit", "source": ""}
    name = f"{town.measures['2.1'].pk}-{town.units['school'].pk}-unsplit-0"
    assert (
        client.post(address, sent).url
        == f"{reverse('act', args=['mala', draft.pk])}?row={name}#r-{name}"
    )
    assert fresh(draft).version == 1
    foreign = Measure.objects.exclude(programme=town.programme).first()
    for wrong in ("", "x", "²", "99999999999", str(foreign.pk)):
        assert client.get(f"{url('act_row_new', draft)}?measure={wrong}").status_code == 404
    assert client.post(address, {**sent, "fund": "reserve"}).status_code == 422


def moving(town, draft, **changed):
    return said(
        draft,
        **{
            "from_year": "2024",
            "target": row(town, "2.1", "general"),
            "to_year": "2025",
            "amount": "10,5",
            "reason": "дорожчий Інтернет",
            **changed,
        },
    )


def transfer_of(town, draft, number="1.1", fund="special"):
    return f"{url('act_transfer', draft)}?from={row(town, number, fund)}"


def test_money_moves_between_rows_and_years_and_the_message_says_how_much(town, draft, client):
    page = text(client.get(transfer_of(town, draft)))
    for shown in ("46,0", "23,0005", "2.1. Оплата послуг Інтернет", "тис. грн"):
        assert shown in page
    answer = client.post(transfer_of(town, draft), moving(town, draft), follow=True)
    assert "Переміщено 10,5 тис. грн: «1.1. Персональні комп’ютери" in text(answer)
    found = amounts(town, draft)
    assert (found["1.1", 2024], found["2.1", 2025]) == (Decimal(35_500), Decimal(10_500))
    assert sum(found.values()) == sum(amounts(town).values())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"amount": ""}, "Вкажіть суму в тис. грн"),
        ({"amount": "0"}, "має бути більшою за нуль"),
        ({"amount": "-1"}, "має бути більшою за нуль"),
        ({"amount": "46,5"}, "У рядку лише 46,0 тис. грн"),
        ({"amount": "1,000001"}, "забагато знаків після коми"),
        ({"amount": "1.000,5"}, None),
        ({"reason": ""}, "Вкажіть причину"),
        ({"target": ""}, "Оберіть рядок"),
        ({"target": "1-2-general-3"}, "Цього рядка немає в списку"),
    ],
)
def test_a_transfer_that_cannot_be_is_told_and_what_was_typed_stays(
    town, draft, client, changed, message
):
    sent = moving(town, draft, **changed)
    answer = client.post(transfer_of(town, draft), sent)
    assert answer.status_code == 422
    assert message is None or message in text(answer)
    assert f'value="{sent["amount"]}"' in text(answer) or not sent["amount"]
    assert sent["reason"] in text(answer)
    assert not draft.budgetlines.exists()


def test_a_transfer_to_the_same_place_is_refused(town, draft, client):
    sent = moving(town, draft, target=row(town, "1.1", "special"), to_year="2024")
    assert "Оберіть два різні рядки" in text(client.post(transfer_of(town, draft), sent))


def test_a_stale_transfer_keeps_what_was_typed(town, draft, client, officer):
    sent = moving(town, draft)
    one_line(draft, place(town, "1.1", 2024, "special"), "-40000.00")
    acts.touch(draft, officer)
    answer = client.post(transfer_of(town, draft), sent)
    assert answer.status_code == 409
    assert 'value="10,5"' in text(answer)
    assert "2024: 6,0" in text(answer)


def test_without_a_row_the_page_asks_for_one(town, draft, client):
    page = text(client.get(url("act_transfer", draft)))
    assert row(town, "1.1", "special") in page
    for wrong in ("x", "1-2-general-3", "1-2-gold-3"):
        assert client.get(f"{url('act_transfer', draft)}?from={wrong}").status_code == 404


def test_a_long_list_of_rows_is_narrowed_by_words(town, draft, client, monkeypatch):
    assert 'name="q"' not in text(client.get(transfer_of(town, draft)))
    monkeypatch.setattr(transfers, "MOST_ROWS", 2)
    page = text(client.get(transfer_of(town, draft)))
    assert "Знайдено рядків: 6, у списку перші 2" in page
    page = text(client.get(f"{transfer_of(town, draft)}&q=ІНТЕРНЕТ послуг"))
    assert "Знайдено рядків: 1." in page
    assert row(town, "2.1", "general") in page
    answer = client.post(f"{transfer_of(town, draft)}&q=інтернет", moving(town, draft))
    assert answer.status_code == 302


def test_sums_are_read_in_the_unit_that_the_page_showed(town, draft, client):
    """Even when another person chooses another unit for the programme meanwhile."""
    address = url("act_measure_split", draft, town.measures["1.1"])
    for each in (address, transfer_of(town, draft)):
        assert '<input type="hidden" name="unit" value="thousand">' in text(client.get(each))
    Programme.objects.filter(pk=town.programme.pk).update(unit="hryvnia")
    client.post(transfer_of(town, draft), moving(town, draft, unit="thousand"))
    assert amounts(town, draft)["1.1", 2024] == Decimal(35_500)
    client.post(address, splitting(draft, unit="thousand"))
    assert amounts(town, draft)["1.1", 2024] == Decimal("29499.50")
    refused = text(client.post(address, splitting(draft, unit="thousand", title="")))
    assert "Скільки переходить до нового заходу, тис. грн" in refused
    assert 'name="unit" value="thousand"' in refused
    assert 'name="unit" value="hryvnia"' in text(client.post(address, splitting(draft, unit="x")))


# Who may


OF_A_MEASURE = [
    "act_measure",
    "act_measure_split",
    "act_measure_cancel",
    "act_measure_restore",
    "act_measure_remove",
]
OF_THE_DRAFT = ["act_measure_new", "act_row_new", "act_transfer"]


@pytest.fixture
def outsiders(auditor_client, sign_in, clerk, stranger_client):
    """Those who do not draft, and what they are told."""
    return ((auditor_client, 403), (sign_in(clerk), 403), (stranger_client, 404))


@pytest.mark.parametrize("name", OF_A_MEASURE + OF_THE_DRAFT)
def test_drafting_is_closed_to_readers_and_does_not_exist_for_strangers(
    town, draft, outsiders, name
):
    address = url(name, draft, *([town.measures["1.1"]] if name in OF_A_MEASURE else []))
    for client, status in outsiders:
        assert client.post(address, words(draft)).status_code == status
        assert client.get(address).status_code in {status, 405}
    assert fresh(draft).version == 1


@pytest.mark.parametrize("name", OF_A_MEASURE)
def test_a_measure_of_another_programme_does_not_exist_in_the_draft(town, draft, client, name):
    foreign = Measure.objects.exclude(programme=town.programme).first()
    assert client.post(url(name, draft, foreign), words(draft)).status_code == 404


@pytest.mark.parametrize(
    "name", ["act_measure", "act_measure_split", "act_measure_cancel", "act_measure_new"]
)
def test_an_act_that_is_no_draft_any_more_sends_back_and_keeps_what_was_typed(
    town, draft, client, officer, name
):
    one_line(draft, place(town, "1.1", 2025, "special"), "-1.00")
    on_the_way(draft, officer)
    address = url(name, draft, *([town.measures["1.1"]] if name in OF_A_MEASURE else []))
    assert client.get(address).url == reverse("act", args=["mala", draft.pk])
    sent = splitting(draft, point=f"after-{town.measures['2.1'].pk}", needs_funding="on")
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "потрібен стан «чернетка»" in text(answer)
    assert "окрема закупівля" in text(answer) or "Монітори" in text(answer)


@pytest.mark.parametrize("name", ["act_transfer", "act_row_new"])
def test_pages_that_begin_with_a_choice_send_back_too(town, draft, client, officer, name):
    one_line(draft, place(town, "1.1", 2025, "special"), "-1.00")
    on_the_way(draft, officer)
    answer = client.get(f"{url(name, draft)}?measure={town.measures['1.1'].pk}", follow=True)
    assert answer.redirect_chain == [(reverse("act", args=["mala", draft.pk]), 302)]
    assert "тут його вже не змінюють" in text(answer)
