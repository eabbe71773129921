"""The same short checklist for every page; pages of cash have theirs in tests/budgets/test_cash_views.py."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from budgets.choices import Role
from budgets.models import (
    BudgetProgramme,
    Community,
    Goal,
    LineAllocation,
    Membership,
    Passport,
    PassportRevision,
    SpendingUnit,
)
from budgets.services import passports
from indicators.models import ActualValue
from indicators.selectors import indicator_figures
from reports.models import ExecutionReport

YEAR = 2024


@pytest.fixture
def new_draft(sample, officer):
    """An empty draft of another year."""
    return passports.create(programme=sample.programme, year=YEAR, by=officer)


@pytest.fixture
def changes(sample, officer):
    """A complete draft of changes to the sample's passport."""
    return passports.revise(passport=sample, by=officer)


def at(name, revision, **more):
    return reverse(name, kwargs={"pk": revision.passport_id, "number": revision.number, **more})


def version(revision):
    return PassportRevision.objects.get(pk=revision.pk).version


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def table(*rows):
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"rows-{index}-{name}": value for name, value in row.items()}
    return data


# Pages that only show something


READING = ["home", "passports", "indicators", "reports", "reference", "password_change"]
OF_A_PASSPORT = ["passport", "passport_compare", "indicator_actuals", "report"]


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("username", ["finansy", "admin"])
def test_everybody_may_open_the_main_pages(sample, sign_in, name, username):
    answer = sign_in(User.objects.get(username=username)).get(reverse(name))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", OF_A_PASSPORT)
@pytest.mark.parametrize("username", ["finansy", "pidpys", "rada"])
def test_everybody_of_the_community_may_read_a_passport_and_its_report(
    sample, changes, sign_in, name, username
):
    answer = sign_in(User.objects.get(username=username)).get(reverse(name, args=[sample.pk]))
    assert answer.status_code == 200
    assert "0217530" in text(answer)


@pytest.mark.parametrize("name", OF_A_PASSPORT)
def test_for_a_stranger_a_passport_does_not_exist(sample, stranger_client, name):
    assert stranger_client.get(reverse(name, args=[sample.pk])).status_code == 404


@pytest.mark.parametrize("name", ["home", "passports", "indicators", "reports", "reference"])
def test_lists_show_a_stranger_only_what_is_his(stranger_client, name):
    shown = text(stranger_client.get(reverse(name)))
    assert "Житомирськ" not in shown
    assert "сусідньої" in shown


def test_a_revision_is_shown_by_its_number(officer_client, changes):
    for number, mark in ((1, "затверджено"), (2, "проєкт")):
        url = reverse("revision", args=[changes.passport_id, number])
        assert mark in text(officer_client.get(url))
    assert officer_client.get(reverse("revision", args=[changes.passport_id, 3])).status_code == 404


def test_a_person_without_a_role_sees_nothing(sample, sign_in):
    client = sign_in(User.objects.create_user("nihto"))
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("passport", args=[sample.pk])).status_code == 404


def test_a_role_ends_with_its_last_day(sample, officer, officer_client):
    officer.memberships.update(valid_to=dt.date(2023, 12, 31))
    assert officer_client.get(reverse("passport", args=[sample.pk])).status_code == 404


@pytest.mark.parametrize("name", [*READING, "passport_new"])
def test_who_is_signed_out_signs_in_and_comes_back(sample, client, name):
    url = reverse(name)
    answer = client.get(url)
    assert answer.url == f"{reverse('login')}?next={url}"
    signed_in = client.post(answer.url, {"username": "finansy", "password": "eprogram-zrazok"})
    assert signed_in.url == url


def test_a_wrong_password_is_told_in_ukrainian(sample, client):
    answer = client.post(reverse("login"), {"username": "finansy", "password": "не той"})
    assert "введіть правильні" in text(answer).lower()
    assert "_auth_user_id" not in client.session


def test_the_health_answer_needs_no_sign_in(db, client):
    assert client.get(reverse("health")).content == b"ok"


# A new passport


def test_an_officer_opens_a_new_passport(sample, officer_client):
    url = reverse("passport_new")
    assert officer_client.get(url).status_code == 200
    answer = officer_client.post(url, {"programme": sample.programme_id, "year": YEAR})
    made = Passport.objects.get(year=YEAR)
    assert answer.url == reverse("passport", args=[made.pk])
    assert officer_client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("year", "message"), [("2023", "на 2023 рік уже є"), ("1999", "2002"), ("торік", "ціле число")]
)
def test_a_year_that_does_not_fit_is_refused_and_stays_in_the_form(
    sample, officer_client, year, message
):
    data = {"programme": sample.programme_id, "year": year}
    answer = officer_client.post(reverse("passport_new"), data)
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'value="{year}"' in text(answer)


def test_a_passport_of_a_foreign_programme_is_not_opened(officer_client, elsewhere):
    data = {"programme": elsewhere.programme.pk, "year": YEAR}
    assert officer_client.post(reverse("passport_new"), data).status_code == 422
    assert not Passport.objects.filter(year=YEAR).exists()


@pytest.mark.parametrize("username", ["pidpys", "rada", "audyt", "admin"])
def test_readers_open_no_passport(sample, sign_in, username):
    client = sign_in(User.objects.get(username=username))
    for answer in (client.get(reverse("passport_new")), client.post(reverse("passport_new"))):
        assert answer.status_code == 403


def test_a_right_in_one_community_is_no_right_in_another(officer, officer_client, elsewhere):
    """The officer of one city who only reads in the next one writes nothing there."""
    Membership.objects.create(
        user=officer, unit=elsewhere.unit, role=Role.AUDITOR, valid_from=dt.date(2023, 1, 1)
    )
    assert officer_client.get(reverse("passport", args=[elsewhere.passport.pk])).status_code == 200
    programme = {"programme": elsewhere.programme.pk, "year": YEAR}
    assert officer_client.post(reverse("passport_new"), programme).status_code == 422
    unit = {
        "community": elsewhere.community.pk, "code": "0300000", "name": "Підкинутий",
        "edrpou": "04053625", "level": "lower",
    }  # fmt: skip
    assert officer_client.post(reverse("unit_new"), unit).status_code == 422
    assert officer_client.get(reverse("unit_edit", args=[elsewhere.unit.pk])).status_code == 403
    for name in ("passport_revise", "revision_copy"):
        args = [elsewhere.passport.pk, 1] if name == "revision_copy" else [elsewhere.passport.pk]
        assert officer_client.post(reverse(name, args=args), {"year": YEAR}).status_code == 403
    assert not Passport.objects.filter(year=YEAR).exists()
    assert SpendingUnit.objects.filter(community=elsewhere.community).count() == 1


# Sections of a draft


@dataclass(frozen=True)
class SectionCase:
    """A section's address, what is typed and stored, and what is typed and refused with a message."""

    name: str
    good: dict
    stored: str
    bad: dict = field(default_factory=dict)
    message: str = ""
    typed: str = ""
    section: str = ""

    def url(self, revision):
        return at(self.name, revision, **({"section": self.section} if self.section else {}))


LINE = {"title": "Супровід системи", "economic_code": "2240"}
INDICATOR = {"kind": "output", "title": "Кількість систем", "unit_of_measure": "од."}
SECTIONS = [
    SectionCase("edit_texts", {"legal_grounds": "Бюджетний кодекс", "purpose": "Мета"}, "Бюджетний кодекс"),
    SectionCase("edit_rows", table({"text": "Ціль перша"}), "Ціль перша", table({"text": "Ціль", "position": "перший"}),
                "ціле число", "перший", section="goals"),
    SectionCase("edit_rows", table({"text": "Завдання перше"}), "Завдання перше", table({"text": "Х", "position": "-1"}),
                "більше", "-1", section="tasks"),
    SectionCase("edit_rows", table({"title": "Програма «е-Місто»"}), "Програма «е-Місто»",
                table({"title": "Програма", "position": "1,5"}), "ціле число", "1,5", section="local-programmes"),
    SectionCase("edit_rows", table({"role": "head", "position_title": "Керуючий справами"}), "Керуючий справами",
                table({"role": "", "position_title": "Хтось важливий"}), "Оберіть роль підписанта", "Хтось важливий",
                section="signatories"),
    SectionCase("edit_lines", table({**LINE, "general": "27 395,4"}), "27 395,40", table({**LINE, "general": "сто"}),
                "«сто» не є числом", "сто"),
    SectionCase("edit_indicators", table({**INDICATOR, "general": "4,25"}), "Кількість систем",
                table({**INDICATOR, "general": "багато"}), "«багато» не є числом", "багато"),
]  # fmt: skip
REFUSED = [case for case in SECTIONS if case.bad] + [
    SectionCase("edit_lines", {}, "", table({**LINE, "general": "-5"}), "План не може бути від’ємним", "-5"),
    SectionCase("edit_lines", {}, "", table({**LINE, "economic_code": "2200", "general": "5"}),
                "КЕКВ 2200 невідомий або груповий", "2200"),
    SectionCase("edit_lines", {}, "", table({"economic_code": "2240", "general": "5"}),
                "Вкажіть назву напряму або № напряму", "2240"),
    SectionCase("edit_lines", {}, "", table({**LINE, "position": 1, "general": "5"},
                {"position": 1, "economic_code": "2240", "general": "6"}),
                "КЕКВ 2240 вказано двічі", "Супровід системи"),
    SectionCase("edit_rows", {}, "", table({"role": "head", "position_title": "Перший"},
                {"role": "head", "position_title": "Другий"}), "Рядок 2 повторює інший рядок", "Другий",
                section="signatories"),
    SectionCase("edit_indicators", {}, "", table({**INDICATOR, "kind": ""}), "Оберіть вид показника", "Кількість"),
]  # fmt: skip


def name_of(case):
    return f"{case.section or case.name}: {case.message}"


@pytest.mark.parametrize("case", SECTIONS, ids=name_of)
def test_a_section_is_opened_saved_and_shown(new_draft, officer_client, case):
    url = case.url(new_draft)
    page = text(officer_client.get(url))
    assert f'name="version" value="{version(new_draft)}"' in page
    answer = officer_client.post(url, {**case.good, "version": version(new_draft)})
    assert answer.status_code == 302, text(answer)
    assert answer.url == at("revision", new_draft)
    assert case.stored in text(officer_client.get(answer.url))
    assert case.stored in text(officer_client.get(url))


def test_the_head_of_a_programme_drafts_passports_too(new_draft, sign_in, programme_head):
    url = at("edit_texts", new_draft)
    answer = sign_in(programme_head).post(url, {"purpose": "Мета", "version": 1})
    assert answer.status_code == 302
    assert PassportRevision.objects.get(pk=new_draft.pk).changed_by == programme_head


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_is_refused_is_told_and_stays_in_the_form(new_draft, officer_client, case):
    before = version(new_draft)
    answer = officer_client.post(case.url(new_draft), {**case.bad, "version": before})
    assert answer.status_code == 422
    assert case.message in text(answer)
    assert case.typed in text(answer)
    assert f'name="version" value="{before}"' in text(answer)
    assert version(new_draft) == before


@pytest.mark.parametrize("case", SECTIONS, ids=name_of)
def test_a_stale_section_shows_what_is_stored_and_what_was_typed(
    new_draft, officer_client, programme_head, case
):
    seen = version(new_draft)
    saved = officer_client.post(case.url(new_draft), {**case.good, "version": seen})
    assert saved.status_code == 302
    typed = {
        key: f"{value} інакше" if key.endswith(("title", "text", "purpose", "grounds")) else value
        for key, value in case.good.items()
    }
    answer = officer_client.post(case.url(new_draft), {**typed, "version": seen})
    assert answer.status_code == 409
    page = text(answer)
    assert "змінив користувач finansy" in page
    assert "Збережено зараз" in page
    assert "інакше" in page
    # Saving once more, knowingly, replaces what is stored.
    assert f'name="version" value="{version(new_draft)}"' in page
    again = officer_client.post(case.url(new_draft), {**typed, "version": version(new_draft)})
    assert again.status_code == 302
    assert "інакше" in text(officer_client.get(case.url(new_draft)))


@pytest.mark.parametrize("case", SECTIONS, ids=name_of)
def test_a_section_is_closed_to_readers_and_does_not_exist_for_strangers(
    new_draft, auditor_client, stranger_client, client, case
):
    url, data = case.url(new_draft), {**case.good, "version": 1}
    for reader, status in ((auditor_client, 403), (stranger_client, 404), (client, 302)):
        assert reader.get(url).status_code == status
        assert reader.post(url, data).status_code == status
    assert version(new_draft) == 1


@pytest.mark.parametrize("case", SECTIONS, ids=name_of)
def test_an_approved_section_cannot_be_edited(revision, officer_client, case):
    before = version(revision)
    answer = officer_client.get(case.url(revision), follow=True)
    assert answer.redirect_chain[-1][0] == at("revision", revision)
    assert "не змінюється" in text(answer)
    officer_client.post(case.url(revision), {**case.good, "version": before})
    assert version(revision) == before


def test_an_unknown_section_does_not_exist(new_draft, officer_client):
    assert officer_client.get(at("edit_rows", new_draft, section="unknown")).status_code == 404


def test_rows_of_another_passport_are_not_taken_into_this_one(new_draft, revision, officer_client):
    goal = revision.goals.get()
    data = table({"id": goal.pk, "text": "чужа"}) | {"version": 1}
    answer = officer_client.post(at("edit_rows", new_draft, section="goals"), data)
    assert answer.status_code == 422
    assert "уже немає в цій редакції" in text(answer)
    assert Goal.objects.get(pk=goal.pk).revision_id == revision.pk


@pytest.mark.parametrize("typed", ["²", "1" * 5000, "", "-1", "1.0"])
def test_a_version_that_no_page_sends_is_stale(new_draft, officer_client, typed):
    for case in SECTIONS:
        answer = officer_client.post(case.url(new_draft), {**case.good, "version": typed})
        assert answer.status_code == 409
        assert f'name="version" value="{version(new_draft)}"' in text(answer)
    assert version(new_draft) == 1


def test_a_formula_of_one_indicator_by_itself_is_refused_with_words(new_draft, officer_client):
    url = at("edit_indicators", new_draft)
    officer_client.post(url, {**table({**INDICATOR, "general": "4"}), "version": 1})
    one = new_draft.indicators.get()
    rows = [
        {**INDICATOR, "id": one.pk, "position": 1, "general": "4"},
        {**INDICATOR, "kind": "efficiency", "title": "Частка", "numerator": 1, "denominator": 1},
    ]  # fmt: skip
    answer = officer_client.post(url, {**table(*rows), "version": 2})
    assert answer.status_code == 422
    assert "мають бути різними" in text(answer)


def test_a_line_takes_several_codes(new_draft, officer_client):
    rows = table(
        {**LINE, "position": 1, "general": "5"},
        {"position": 1, "economic_code": "2210", "special": "+1612,0"},
    )
    officer_client.post(at("edit_lines", new_draft), {**rows, "version": 1})
    stored = LineAllocation.objects.filter(line__revision=new_draft).order_by("economic_code__code")
    assert [(row.economic_code.code, row.general, row.special) for row in stored] == [
        ("2210", 0, Decimal("1612.00")),
        ("2240", Decimal("5.00"), 0),
    ]


# From draft to approval


def act(client, name, revision, **data):
    data.setdefault("version", version(revision))
    return client.post(at(name, revision), data, follow=True)


def test_a_passport_goes_from_draft_to_approval_and_back(changes, officer_client):
    act(officer_client, "revision_agree", changes, agreed_on="2023-09-01")
    changes.refresh_from_db()
    assert changes.status == "agreed"
    act(officer_client, "revision_return", changes)
    changes.refresh_from_db()
    assert changes.status == "draft"
    act(officer_client, "revision_agree", changes, agreed_on="2023-09-01")
    answer = act(
        officer_client, "revision_approve", changes, order_number="45", order_date="2023-09-05"
    )
    changes.refresh_from_db()
    assert (changes.status, changes.order_number) == ("approved", "45")
    assert "№ 45 від 05.09.2023" in text(answer)


def test_changes_are_opened_copied_and_discarded(sample, revision, officer_client):
    officer_client.post(reverse("passport_revise", args=[sample.pk]))
    draft = sample.revisions.get(number=2)
    answer = act(officer_client, "revision_discard", draft)
    assert "Проєкт редакції 2 вилучено" in text(answer)
    assert sample.revisions.count() == 1
    answer = act(officer_client, "revision_copy", revision, year=YEAR)
    assert answer.redirect_chain[-1][0] == reverse(
        "passport", args=[Passport.objects.get(year=YEAR).pk]
    )


def test_an_incomplete_passport_is_not_agreed(new_draft, officer_client):
    answer = act(officer_client, "revision_agree", new_draft, agreed_on="2024-01-10")
    assert "Пункт 9: немає жодного напряму" in text(answer)
    new_draft.refresh_from_db()
    assert new_draft.status == "draft"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"order_number": "", "order_date": "2023-09-05"}, "Номер наказу"),
        ({"order_number": "45", "order_date": "завтра"}, "Це не дата"),
        ({"order_number": "45", "order_date": "2023-08-31"}, "раніше за погодження"),
        ({"order_number": "45", "order_date": "2024-01-01"}, "пізніше за 2023 рік"),
    ],
)
def test_an_order_that_does_not_fit_is_refused_with_words(changes, officer_client, data, message):
    act(officer_client, "revision_agree", changes, agreed_on="2023-09-01")
    assert message in text(act(officer_client, "revision_approve", changes, **data))
    changes.refresh_from_db()
    assert changes.status == "agreed"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("revision_agree", {"agreed_on": "2023-09-01"}),
        ("revision_discard", {}),
        ("revision_approve", {"order_number": "1", "order_date": "2023-09-05"}),
        ("revision_return", {}),
    ],
)
def test_a_stale_page_moves_no_passport_along(changes, officer, officer_client, name, data):
    if name in {"revision_approve", "revision_return"}:
        passports.agree(
            revision=changes, agreed_on=dt.date(2023, 9, 1), version=version(changes), by=officer
        )
    before = PassportRevision.objects.filter(pk=changes.pk).values().get()
    for stale in (version(changes) - 1, "", "нове"):
        answer = act(officer_client, name, changes, **data, version=stale)
        assert "цю редакцію змінив користувач finansy" in text(answer)
    assert PassportRevision.objects.filter(pk=changes.pk).values().get() == before


STEPS = [
    "revision_agree",
    "revision_return",
    "revision_approve",
    "revision_discard",
    "revision_copy",
]


@pytest.mark.parametrize("name", [*STEPS, "passport_revise"])
def test_steps_are_closed_to_readers_strangers_and_plain_links(
    changes, officer_client, auditor_client, stranger_client, name
):
    url = (
        reverse("passport_revise", args=[changes.passport_id])
        if name == "passport_revise"
        else at(name, changes)
    )
    data = {"version": version(changes), "agreed_on": "2023-09-01", "year": YEAR}
    assert auditor_client.post(url, data).status_code == 403
    assert stranger_client.post(url, data).status_code == 404
    assert officer_client.get(url).status_code == 405
    assert PassportRevision.objects.get(pk=changes.pk).status == "draft"
    assert not Passport.objects.filter(year=YEAR).exists()


def test_a_comparison_shows_what_was_and_what_becomes(changes, officer_client, officer):
    line = changes.spendinglines.get(number=10)
    LineAllocation.objects.filter(line=line).update(general=Decimal("293550.00"))
    page = text(officer_client.get(reverse("passport_compare", args=[changes.passport_id])))
    for figure in ("300 000,00", "293 550,00", "−6 450,00"):
        assert figure in page
    url = reverse("passport_compare", args=[changes.passport_id])
    assert "Відмінностей немає" in text(officer_client.get(url, {"old": 1, "new": 1}))
    assert officer_client.get(url, {"old": "x", "new": "9"}).status_code == 200


# Actual values of indicators


def values(sample, **changed):
    """The form of all indicators as the page shows it; ``changed`` is {«20-general»: …} by printed number."""
    data = {}
    for item in indicator_figures(sample.revisions.get(number=1)):
        prefix, number = f"i{item.indicator.root_id}", item.indicator.number
        data |= {f"{prefix}-version": item.version, f"{prefix}-explanation": item.explanation}
        if item.indicator.is_typed and item.actual:
            data |= {
                f"{prefix}-general": item.actual.general,
                f"{prefix}-special": item.actual.special,
            }
        for key, value in changed.items():
            if key.startswith(f"n{number}_"):
                data[f"{prefix}-{key.partition('_')[2]}"] = value
    return data


def actual(revision, number):
    return ActualValue.objects.get(indicator__revision=revision, indicator__number=number)


def test_actual_values_are_saved(sample, revision, officer_client):
    url = reverse("indicator_actuals", args=[sample.pk])
    answer = officer_client.post(
        url, values(sample, n20_general="249,5", n20_explanation="повернуто")
    )
    assert answer.url == url
    stored = actual(revision, 20)
    assert (stored.general, stored.explanation) == (Decimal("249.5"), "повернуто")


def test_a_value_that_is_no_number_is_told_and_stays(sample, revision, officer_client):
    url = reverse("indicator_actuals", args=[sample.pk])
    answer = officer_client.post(url, values(sample, n20_general="багато", n11_general="5"))
    assert answer.status_code == 422
    assert "«багато» не є числом" in text(answer)
    assert 'value="багато"' in text(answer)
    assert actual(revision, 11).general != 5


def test_stale_values_show_both(sample, revision, officer_client):
    url = reverse("indicator_actuals", args=[sample.pk])
    seen = values(sample)
    officer_client.post(url, values(sample, n20_general="249"))
    number = f"i{actual(revision, 20).indicator_id}"
    answer = officer_client.post(url, {**seen, f"{number}-general": "248"})
    assert answer.status_code == 409
    assert "Зараз: 249,00" in text(answer)
    assert "Ви ввели: 248,00" in text(answer)
    assert 'value="248"' in text(answer)
    assert actual(revision, 20).general == 249


def one_row(revision, number, **data):
    row = actual(revision, number)
    url = reverse("indicator_save", args=[revision.passport_id, row.indicator_id])
    data = {"version": row.version, "explanation": row.explanation, **data}
    return url, {f"i{row.indicator_id}-{key}": value for key, value in data.items()}


def test_one_row_is_saved_while_typing_and_answers_what_follows_from_it(revision, officer_client):
    url, data = one_row(revision, 20, general="200", special="0")
    page = text(officer_client.post(url, data))
    assert "збережено" in page
    assert "1 467,75" in page  # 293 550 / 200, indicator 30
    assert actual(revision, 20).general == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"general": "сто"}, "«сто» не є числом"),
        ({"general": "1", "version": 99}, "Ви ввели: 1,00"),
    ],
)
def test_one_row_that_is_refused_says_why(revision, officer_client, data, message):
    url, data = one_row(revision, 20, **{"special": "0", **data})
    assert message in text(officer_client.post(url, data))
    assert actual(revision, 20).general == 250


def test_actual_values_are_closed_to_readers_and_strangers(
    sample, revision, auditor_client, stranger_client, officer_client
):
    one, data = one_row(revision, 20, general="1", special="0")
    for url in (one, reverse("indicator_actuals", args=[sample.pk])):
        assert auditor_client.post(url, data).status_code == 403
        assert stranger_client.post(url, data).status_code == 404
    page = text(auditor_client.get(reverse("indicator_actuals", args=[sample.pk])))
    assert "Лише для перегляду" in page
    assert "<textarea" not in page
    foreign = reverse("indicator_save", args=[sample.pk, 10**9])
    assert officer_client.post(foreign, data).status_code == 404
    assert actual(revision, 20).general == 250


# Words and signatories of a report


def words(sample, **changed):
    report = ExecutionReport.objects.get(passport=sample)
    lines = {f"line-{row.line_id}": row.text for row in report.line_explanations.all()}
    texts = {
        "analysis": report.analysis,
        "conclusion": report.conclusion,
        "version": report.version,
    }
    return {**lines, **texts, **changed}


def test_words_of_a_report_are_saved(sample, officer_client):
    url = reverse("report", args=[sample.pk])
    answer = officer_client.post(url, words(sample, conclusion="Висновок новий"))
    assert answer.url == url
    assert "Висновок новий" in text(officer_client.get(url))


def test_stale_words_show_what_is_stored_and_what_was_typed(sample, officer_client):
    url = reverse("report", args=[sample.pk])
    seen = words(sample)
    officer_client.post(url, words(sample, conclusion="Висновок перший"))
    answer = officer_client.post(url, {**seen, "conclusion": "Висновок другий"})
    assert answer.status_code == 409
    page = text(answer)
    assert "звіт змінив користувач finansy" in page
    assert "Висновок перший" in page
    assert "Висновок другий" in page
    assert ExecutionReport.objects.get(passport=sample).conclusion == "Висновок перший"


def test_signatories_of_a_report_are_saved_in_order(sample, officer_client):
    url = reverse("report_signatories", args=[sample.pk])
    assert officer_client.get(url).status_code == 200
    report = ExecutionReport.objects.get(passport=sample)
    rows = table(
        {"position": 2, "position_title": "Бухгалтер", "name": "Б"},
        {"position": 1, "position_title": "Голова", "name": "Г"},
    )
    answer = officer_client.post(url, {**rows, "version": report.version})
    assert answer.url == reverse("report", args=[sample.pk])
    assert [row.position for row in report.signatories.all()] == ["Голова", "Бухгалтер"]


def test_signatories_that_do_not_fit_or_are_stale_stay_in_the_form(sample, officer_client):
    url = reverse("report_signatories", args=[sample.pk])
    version = ExecutionReport.objects.get(passport=sample).version
    bad = table({"position": "перший", "position_title": "Голова"})
    answer = officer_client.post(url, {**bad, "version": version})
    assert answer.status_code == 422
    assert "ціле число" in text(answer)
    stale = officer_client.post(url, {**table({"position_title": "Інший"}), "version": version - 1})
    assert stale.status_code == 409
    assert "звіт змінив користувач" in text(stale)
    assert "Інший" in text(stale)
    assert not ExecutionReport.objects.filter(
        signatories__position__in=["Голова", "Інший"]
    ).exists()


def test_stale_signatories_of_a_report_stand_beside_what_was_typed(sample, officer_client):
    url = reverse("report_signatories", args=[sample.pk])
    report = ExecutionReport.objects.get(passport=sample)
    seen = report.version
    officer_client.post(url, {**table({"position_title": "Збережений"}), "version": seen})
    answer = officer_client.post(url, {**table({"position_title": "Мій"}), "version": seen})
    page = text(answer)
    assert answer.status_code == 409
    assert "Збережено зараз" in page
    assert "<li>Збережений — —</li>" in page
    assert 'value="Мій"' in page
    assert f'name="version" value="{seen + 1}"' in page
    again = officer_client.post(url, {**table({"position_title": "Мій"}), "version": seen + 1})
    assert again.status_code == 302
    assert [row.position for row in report.signatories.all()] == ["Мій"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (table({"position_title": "Голова"}, {"name": "Ім’я ПРІЗВИЩЕ"}), "Вкажіть посаду."),
        (table() | {"rows-TOTAL_FORMS": -1}, "Нічого не збережено"),
    ],
)
def test_signatories_are_not_dropped_silently(sample, officer_client, rows, message):
    url = reverse("report_signatories", args=[sample.pk])
    report = ExecutionReport.objects.get(passport=sample)
    before = list(report.signatories.values())
    # A version seen by nobody stays so: correcting the cell must not overwrite another person.
    answer = officer_client.post(url, {**rows, "version": report.version - 1})
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'name="version" value="{report.version - 1}"' in text(answer)
    assert list(report.signatories.values()) == before


@pytest.mark.parametrize("name", ["report", "report_signatories"])
def test_reports_are_closed_to_readers_and_strangers(sample, auditor_client, stranger_client, name):
    url = reverse(name, args=[sample.pk])
    data = words(sample, conclusion="чуже") | table({"position_title": "Чужий"})
    assert auditor_client.post(url, data).status_code == 403
    assert stranger_client.post(url, data).status_code == 404
    assert stranger_client.get(url).status_code == 404
    assert "чуже" not in ExecutionReport.objects.get(passport=sample).conclusion


def test_there_is_no_report_of_a_passport_that_is_not_approved(new_draft, officer_client):
    for name, more in (("report", []), ("report_preview", ["passport-execution"])):
        answer = officer_client.get(reverse(name, args=[new_draft.passport_id, *more]), follow=True)
        assert "ще не затверджено" in text(answer)


@pytest.mark.parametrize("kind", ["passport", "passport-execution", "cash-by-economic-code"])
def test_documents_are_previewed_and_downloaded_by_readers_but_not_by_strangers(
    sample, auditor_client, stranger_client, kind
):
    preview = reverse("report_preview", args=[sample.pk, kind])
    file = reverse("report_download", args=[sample.pk, kind, "xlsx"])
    for url in (preview, file, f"{file}?formulas=1"):
        assert auditor_client.get(url).status_code == 200
        assert stranger_client.get(url).status_code == 404
    answer = auditor_client.get(file)
    assert answer.content[:2] == b"PK"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(("kind", "format_name"), [("unknown", "json"), ("passport", "exe")])
def test_unknown_documents_and_formats_do_not_exist(sample, officer_client, kind, format_name):
    url = reverse("report_download", args=[sample.pk, kind, format_name])
    assert officer_client.get(url).status_code == 404


# Reference data


def unit_form(sample, **changed):
    return {
        "community": sample.programme.community_id, "code": "0300000", "name": "Відділ освіти",
        "edrpou": "04053625", "level": "lower", "parent": "", **changed,
    }  # fmt: skip


def programme_form(sample, **changed):
    unit = sample.programme.key_unit_id
    return {
        "community": sample.programme.community_id, "code": "0210160", "type_code": "0160",
        "functional_code": "0111", "title": "Керівництво", "key_unit": unit, "responsible_unit": unit,
        **changed,
    }  # fmt: skip


def test_units_programmes_and_the_community_are_kept_by_the_officer(sample, officer_client):
    officer_client.post(reverse("unit_new"), unit_form(sample))
    assert SpendingUnit.objects.filter(code="0300000").exists()
    officer_client.post(reverse("programme_new"), programme_form(sample))
    assert BudgetProgramme.objects.filter(code="0210160").exists()
    community = sample.programme.community
    data = {
        "name": "Нова назва",
        "region": "",
        "budget_code": "0655200001",
        "valid_from": "2025-01-01",
    }
    url = reverse("community_edit", args=[community.pk])
    assert officer_client.post(url, data).url == reverse("reference")
    assert "Нова назва" in text(officer_client.get(reverse("reference")))
    # The code of past years stays for past years.
    assert list(community.budget_codes.values_list("code", flat=True)) == [
        "0655200001",
        "0655200000",
    ]


def test_a_wrong_check_digit_is_a_warning_and_no_refusal(sample, officer_client):
    answer = officer_client.post(
        reverse("unit_new"), unit_form(sample, edrpou="04053626"), follow=True
    )
    assert "Контрольна цифра" in text(answer)
    assert SpendingUnit.objects.filter(edrpou="04053626").exists()


@pytest.mark.parametrize(
    ("what", "changed", "message"),
    [
        ("unit", {"edrpou": "123"}, "складається з 8 цифр"),
        ("unit", {"code": "12"}, "складається з 7 цифр"),
        (
            "unit",
            {
                "code": "0200000",
                "name": "Виконавчий комітет Житомирської міської ради Житомирської області",
            },
            "вже є",
        ),
        ("programme", {"type_code": "7530"}, "має закінчуватися кодом ТПКВКМБ"),
        ("programme", {"functional_code": "46"}, "складається з 4 цифр"),
        (
            "programme",
            {"code": "0217530", "type_code": "7530"},
            "Бюджетна програма з таким кодом уже є",
        ),
    ],
)
def test_reference_data_that_does_not_fit_is_told_and_stays(
    sample, officer_client, what, changed, message
):
    form = {"unit": unit_form, "programme": programme_form}[what]
    answer = officer_client.post(reverse(f"{what}_new"), form(sample, **changed))
    assert answer.status_code == 422
    assert message in text(answer)
    for typed in changed.values():
        assert f'value="{typed}"' in text(answer)


def test_foreign_units_are_no_choice(sample, officer_client, elsewhere):
    foreign = [
        ("programme_new", programme_form(sample, key_unit=elsewhere.unit.pk)),
        ("unit_new", unit_form(sample, parent=elsewhere.unit.pk)),
        ("unit_new", unit_form(sample, community=elsewhere.community.pk)),
    ]
    for name, data in foreign:
        assert officer_client.post(reverse(name), data).status_code == 422


@pytest.mark.parametrize("name", ["community_edit", "unit_edit", "programme_edit"])
def test_reference_data_is_closed_to_readers_and_does_not_exist_for_strangers(
    sample, auditor_client, stranger_client, officer_client, name
):
    programme = sample.programme
    pk = {"community_edit": programme.community_id, "unit_edit": programme.key_unit_id}.get(
        name, programme.pk
    )
    url = reverse(name, args=[pk])
    assert officer_client.get(url).status_code == 200
    for client, status in ((auditor_client, 403), (stranger_client, 404)):
        assert client.get(url).status_code == status
        assert client.post(url, {"name": "чуже", "title": "чуже"}).status_code == status
    assert url in text(officer_client.get(reverse("reference")))
    assert url not in text(auditor_client.get(reverse("reference")))


def test_only_the_superuser_founds_a_community(officer_client, sign_in, officer):
    url = reverse("community_new")
    data = {"name": "Третя", "region": "", "budget_code": "0100000000", "valid_from": "2023-01-01"}
    assert officer_client.get(url).status_code == 403
    assert officer_client.post(url, data).status_code == 403
    officer.is_superuser = True
    officer.save()
    assert sign_in(officer).post(url, data).status_code == 302
    assert Community.objects.filter(name="Третя").exists()


# An empty system


def test_an_empty_system_says_where_to_begin(empty_site, sign_in):
    client = sign_in(User.objects.create_superuser("root", password="root"))
    assert "Система порожня" in text(client.get(reverse("home")))
    for name in ("passports", "cash", "indicators", "reports", "reference", "passport_new"):
        assert client.get(reverse(name)).status_code == 200


def test_a_form_without_its_cookie_is_told_apart_from_a_missing_right(sample, officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    address = reverse("target_new")
    refused = client.post(f"{address}?from=here", {"title": "Моя"})
    assert refused.status_code == 403
    assert "data-no-csrf" in text(refused)
    assert f'href="{address}?from=here"' in text(refused)
    client.force_login(User.objects.get(username="audyt"))
    assert "data-no-csrf" not in text(client.get(address))
