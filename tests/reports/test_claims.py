"""What explanations claim: spellings that do, and words close to them that do not."""

import pytest

from reports.checks import claims

FULL = [
    "Виконано в повному обсязі.",
    "Повністю виконано, усі кошти освоєно",
    "виконано повністю",
    "Роботи у повному обсязі виконані",
    "Усі заплановані кошти освоєно.",
    "Кошти освоєно сповна",
    "Освоєно всі кошти",
    "Завдання на 100 % виконано",
    "Виконано на 100%",
    "Роботи цілком завершено",
    "Відхилень немає",
    "Без відхилень.",
    "Розбіжності відсутні",
]
NOT_FULL = [
    "Не повністю виконано",
    "Виконано не в повному обсязі",
    "Не виконано в повному обсязі через воєнний стан.",
    "Не було виконано повністю",
    "Не всі кошти освоєно",
    "Повністю не виконано",
    "Виконання повністю залежить від субвенції",
    "Виконано 80 % робіт, повністю завершать торік",
    "Відхилення виникло через економію на торгах",
    "",
]


@pytest.mark.parametrize("text", FULL)
def test_a_claim_of_everything_is_found_in_any_order(text):
    assert claims.fully_done(text)


@pytest.mark.parametrize("text", NOT_FULL)
def test_what_claims_less_is_no_claim_of_everything(text):
    assert not claims.fully_done(text)


@pytest.mark.parametrize(
    "text",
    [
        "Нічого не зроблено, роботи не проводились",
        "Роботи не проводилися.",
        "Закупівлю не розпочато",
        "Заходи не здійснювались",
        "Не виконано",
        "Не виконувалось",
        "Не проведено",
    ],
)
def test_a_claim_of_nothing_done_is_found(text):
    assert claims.nothing_done(text)


@pytest.mark.parametrize(
    "text", ["Виконано.", "Проведено торги", "Роботи тривають", "Нічого зайвого"]
)
def test_work_that_goes_on_is_no_claim_of_nothing(text):
    assert not claims.nothing_done(text)


@pytest.mark.parametrize(
    "text",
    [
        "видатків не було",
        "Кошти не витрачалися",
        "Не витрачалися",
        "Видатки не здійснювались у звітному періоді",
        "Фінансування не було",
        "Фінансування відсутнє",
        "Не було фінансування.",
        "Захід не профінансовано",
        "Кошти у звітному періоді не використовувались",
        "Без фінансування",
    ],
)
def test_a_claim_of_nothing_spent_is_found(text):
    assert claims.nothing_spent(text)


@pytest.mark.parametrize(
    "text",
    [
        "Залишок коштів не використано",
        "Кошти освоєно не в повному обсязі",
        "Кошти не витрачено в повному обсязі",
        "Видатки спеціального фонду не здійснювались",
        "Додаткові видатки не здійснювались",
        "Економія за результатами торгів",
        "Видатки здійснено за рахунками",
        "Не всі кошти використано",
    ],
)
def test_words_of_a_part_are_no_claim_of_nothing_spent(text):
    assert not claims.nothing_spent(text)


@pytest.mark.parametrize("text", [".", "—", "...", "12,5", "x", "грн", "", None, "а б в"])
def test_a_mark_is_no_explanation(text):
    assert not claims.explains(text)


def test_one_word_may_explain():
    assert claims.explains("Переплата")
    assert claims.explains("Економія 12,5 %.")
