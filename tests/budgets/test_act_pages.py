"""The way of an act in the browser: who may press what, what a refusal says, and that nothing typed is lost."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budgets.choices import ActStatus
from budgets.models import Act
from budgets.services import acts
from budgets.views.acts import act_actions
from tests.budgets.drafts import amounts, fresh, on_the_way, one_line, place, town_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def town(sample):
    return town_of(sample.programme.community)


@pytest.fixture
def draft(town, officer):
    act = acts.open_draft(programme=town.programme, by=officer)
    one_line(act, place(town, "1.1", 2024, "special"), "-10000.00")
    return act


@pytest.fixture
def head_client(sign_in, programme_head):
    return sign_in(programme_head)


@pytest.fixture
def clerk_client(sign_in, clerk):
    return sign_in(clerk)


def url(name: str, act: Act) -> str:
    return reverse(name, args=[act.programme.slug, act.pk])


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def press(client, name: str, act: Act, **said):
    return client.post(url(name, act), {"version": fresh(act).version, **said})


def decision(act: Act, **changed):
    return {
        "version": fresh(act).version,
        "number": "44",
        "date": "01.06.2024",
        "organ": "Рада",
        **changed,
    }


# Opening


@pytest.mark.parametrize("kind", ["amendment", "new_edition"])
def test_a_draft_is_opened_from_what_is_in_force(town, head_client, kind):
    answer = head_client.post(reverse("act_new", args=["mala"]), {"kind": kind})
    act = Act.objects.get(programme=town.programme, status=ActStatus.DRAFT)
    assert answer.url == url("act", act)
    assert (act.kind, act.amends.number) == (kind, "10")


def test_a_button_pressed_twice_opens_one_draft(town, head_client, officer_client):
    def pressed(client, kind="amendment"):
        return client.post(reverse("act_new", args=["mala"]), {"kind": kind}, follow=True)

    def opened():
        return Act.objects.filter(programme=town.programme, status=ActStatus.DRAFT).count()

    first = pressed(head_client).context["act"]
    again = pressed(head_client)
    assert (again.context["act"], opened()) == (first, 1)
    assert "порожня чернетка" in text(again)
    pressed(head_client, "new_edition")
    pressed(officer_client)
    assert opened() == 3
    one_line(first, place(town, "1.1", 2024, "special"), "-1.00")
    pressed(head_client)
    assert opened() == 4


@pytest.mark.parametrize("kind", ["", "інше"])
def test_what_is_neither_changes_nor_an_edition_opens_nothing(town, head_client, kind):
    answer = head_client.post(reverse("act_new", args=["mala"]), {"kind": kind}, follow=True)
    assert "Оберіть, що готуєте" in text(answer)
    assert not Act.objects.filter(programme=town.programme, status=ActStatus.DRAFT).exists()


# The way


def test_the_head_drafts_and_the_clerk_agrees_and_adopts(town, draft, head_client, clerk_client):
    press(head_client, "act_submit", draft)
    assert fresh(draft).status == ActStatus.SUBMITTED
    press(clerk_client, "act_return", draft)
    press(head_client, "act_submit", draft)
    press(clerk_client, "act_agree", draft)
    assert amounts(town)["1.1", 2024] == 46_000
    answer = clerk_client.post(url("act_adopt", draft), decision(draft), follow=True)
    assert "Рішення № 44 внесено, його суми діють з 01.06.2024" in text(answer)
    assert amounts(town)["1.1", 2024] == 36_000


def test_everyone_sees_the_buttons_of_the_own_next_step(
    draft, officer, programme_head, clerk, auditor
):
    def labels(user):
        return [(step.label, step.kind) for step in act_actions(user, fresh(draft))]

    assert labels(programme_head) == [("Подати на погодження", "primary"), ("Відкликати", "quiet")]
    assert labels(clerk) == labels(auditor) == []
    on_the_way(draft, officer, to="submitted")
    assert [label for label, _kind in labels(programme_head)] == [
        "Повернути на доопрацювання",
        "Відкликати",
    ]
    assert labels(clerk)[0] == ("Погодити", "primary")
    acts.agree(act=draft, version=fresh(draft).version, by=officer)
    assert labels(clerk)[0] == ("Внести рішення", "primary")
    assert len(labels(officer)) == 3


WRITES = ["act_submit", "act_agree", "act_return", "act_withdraw", "act_adopt", "act_conflicts"]


@pytest.mark.parametrize("name", WRITES)
def test_the_way_is_closed_to_readers_and_does_not_exist_for_strangers(
    draft, auditor_client, stranger_client, name
):
    before = fresh(draft)
    assert press(auditor_client, name, draft, **decision(draft)).status_code == 403
    assert press(stranger_client, name, draft, **decision(draft)).status_code == 404
    assert (fresh(draft).status, fresh(draft).version) == (before.status, before.version)


@pytest.mark.parametrize("name", ["act_agree", "act_adopt"])
def test_who_drafts_does_not_agree_or_adopt(draft, head_client, name):
    assert press(head_client, name, draft).status_code == 403


@pytest.mark.parametrize("name", ["act_submit", "act_withdraw"])
def test_who_adopts_does_not_draft(draft, clerk_client, name):
    assert press(clerk_client, name, draft).status_code == 403


def test_opening_a_draft_is_closed_to_readers_and_strangers(
    town, auditor_client, clerk_client, stranger_client
):
    new = reverse("act_new", args=["mala"])
    for client, status in ((auditor_client, 403), (clerk_client, 403), (stranger_client, 404)):
        assert client.post(new, {"kind": "amendment"}).status_code == status


@pytest.mark.parametrize("name", ["act_submit", "act_agree", "act_return"])
def test_a_button_of_an_old_page_does_nothing_and_says_so(draft, officer_client, officer, name):
    on_the_way(draft, officer, to="submitted")
    answer = officer_client.post(url(name, draft), {"version": 1}, follow=True)
    assert "акт змінив користувач" in text(answer)
    assert fresh(draft).status == ActStatus.SUBMITTED


# Withdrawing


def test_withdrawing_says_what_will_happen_and_does_it(draft, head_client):
    answer = head_client.get(url("act_withdraw", draft))
    assert "не діятимуть" in text(answer)
    assert "Чинні суми не зміняться" in text(answer)
    assert fresh(draft).status == ActStatus.DRAFT
    press(head_client, "act_withdraw", draft)
    assert fresh(draft).status == ActStatus.WITHDRAWN
    assert head_client.get(url("act_withdraw", draft)).url == url("act", draft)


def test_a_stale_withdrawal_is_refused(draft, head_client):
    answer = head_client.post(url("act_withdraw", draft), {"version": 9})
    assert answer.status_code == 409
    assert fresh(draft).status == ActStatus.DRAFT


# Adopting


@pytest.fixture
def agreed(draft, officer):
    return on_the_way(draft, officer)


def test_the_page_shows_what_will_change_before_it_does(agreed, clerk_client):
    page = text(clerk_client.get(url("act_adopt", agreed)))
    for shown in ("144,75", "−10,0", "134,75", "тис. грн"):
        assert shown in page


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"number": ""}, "Вкажіть номер рішення"),
        ({"number": "5" * 51}, "довший за 50 знаків"),
        ({"date": ""}, "Вкажіть дату рішення"),
        ({"date": "31.02.2024"}, "Це не дата. Введіть день, місяць і рік"),
        ({"in_force_from": "колись"}, "Це не дата"),
        ({"date": "01.01.2024"}, "раніше за рішення, яке воно змінює"),
        ({"number": "10", "date": "31.01.2024"}, "Рішення № 10 від 31.01.2024 уже є"),
    ],
)
def test_a_decision_that_cannot_be_is_told_and_what_was_typed_stays(
    agreed, clerk_client, changed, message
):
    said = decision(agreed, **changed)
    answer = clerk_client.post(url("act_adopt", agreed), said)
    assert answer.status_code == 422
    assert message in text(answer)
    for typed in (said["number"], said["date"], said["organ"]):
        assert f'value="{typed}"' in text(answer) or not typed
    assert fresh(agreed).status == ActStatus.AGREED


def test_a_stale_decision_shows_both_values_and_goes_through_the_second_time(agreed, clerk_client):
    answer = clerk_client.post(url("act_adopt", agreed), decision(agreed, version=1))
    assert answer.status_code == 409
    page = text(answer)
    assert "Збережено зараз" in page
    assert 'value="44"' in page
    assert f'name="version" value="{fresh(agreed).version}"' in page
    clerk_client.post(url("act_adopt", agreed), decision(agreed))
    assert fresh(agreed).status == ActStatus.ADOPTED


def test_an_act_that_is_not_agreed_is_not_adopted(draft, clerk_client):
    assert clerk_client.get(url("act_adopt", draft)).url == url("act", draft)
    answer = clerk_client.post(url("act_adopt", draft), decision(draft))
    assert answer.status_code == 422
    assert "потрібен стан «погоджено»" in text(answer)
    assert 'value="44"' in text(answer)


# The file


def upload(client, act, content: bytes, name: str = "рішення.pdf"):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(url("act_adopt", act), decision(act, file=file))


def test_the_file_is_handed_out_to_those_who_may_see_the_act(
    agreed, clerk_client, auditor_client, stranger_client
):
    assert clerk_client.get(url("act_file", agreed)).status_code == 404
    upload(clerk_client, agreed, PDF)
    answer = auditor_client.get(url("act_file", agreed))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="rishennia-44-2024-06-01.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert stranger_client.get(url("act_file", agreed)).status_code == 404


def test_a_file_whose_number_holds_slashes_gets_a_plain_name(agreed, clerk_client):
    file = SimpleUploadedFile("a.pdf", PDF)
    clerk_client.post(url("act_adopt", agreed), decision(agreed, number='1/2 "а"', file=file))
    name = clerk_client.get(url("act_file", agreed))["Content-Disposition"]
    assert "/" not in name.partition("filename")[2].replace("utf-8''", "")


@pytest.mark.parametrize(
    ("content", "message"), [(b"<html>", "Це не файл PDF"), (b"", "Файл порожній")]
)
def test_a_file_that_is_no_pdf_is_refused_and_the_rest_stays(
    agreed, clerk_client, files, content, message
):
    answer = upload(clerk_client, agreed, content)
    assert answer.status_code == 422
    assert message in text(answer)
    assert 'value="44"' in text(answer)
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_file_lost_with_its_disk_does_not_exist(agreed, clerk_client, files):
    upload(clerk_client, agreed, PDF)
    for path in files.rglob("*.pdf"):
        path.unlink()
    assert clerk_client.get(url("act_file", agreed)).status_code == 404


# Conflicts


@pytest.fixture
def rival(town, officer):
    """Another draft on the same place."""
    act = acts.open_draft(programme=town.programme, by=officer)
    one_line(act, place(town, "1.1", 2024, "special"), "-1000.00")
    return act


def test_other_drafts_on_the_same_rows_are_named(draft, rival, auditor_client):
    page = text(auditor_client.get(url("act_conflicts", draft)))
    assert "Розбіжностей немає" in page
    assert "Інші чернетки на тих самих рядках" in page
    assert url("act", rival) in page


@pytest.fixture
def overtaken(draft, rival, officer):
    """The draft, after its rival was adopted as № 40."""
    on_the_way(rival, officer)
    version = fresh(rival).version
    acts.adopt(act=rival, number="40", date=dt.date(2024, 6, 1), version=version, by=officer)
    return draft


@pytest.mark.parametrize(("keep", "becomes"), [("deltas", 35_000), ("figures", 36_000)])
def test_a_draft_is_put_on_what_is_in_force(town, overtaken, head_client, keep, becomes):
    address = url("act_conflicts", overtaken)
    page = text(head_client.get(address))
    for shown in ("46,0", "45,0", "−10,0", "35,0", "36,0", "№ 40"):
        assert shown in page
    head_client.post(address, {"version": fresh(overtaken).version, "keep": keep})
    assert amounts(town, overtaken)["1.1", 2024] == becomes
    assert "Розбіжностей немає" in text(head_client.get(address))


def test_a_stale_rebase_is_refused_and_one_that_says_nothing_too(overtaken, head_client):
    address = url("act_conflicts", overtaken)
    assert head_client.post(address, {"version": 9, "keep": "deltas"}).status_code == 409
    answer = head_client.post(address, {"version": fresh(overtaken).version})
    assert answer.status_code == 422
    assert "Оберіть, що лишити" in text(answer)
    assert fresh(overtaken).amends.number == "10"


def test_an_overtaken_act_says_so_before_it_is_adopted(overtaken, officer, officer_client):
    on_the_way(overtaken, officer)
    page = text(officer_client.get(url("act_adopt", overtaken)))
    assert "Рішення ще не можна внести" in page
    assert url("act_conflicts", overtaken) in page
    answer = officer_client.post(url("act_adopt", overtaken), decision(overtaken))
    assert answer.status_code == 422
    assert "Поверніть її на доопрацювання" in text(answer)


def test_a_draft_has_one_name_everywhere(draft, rival, head_client):
    name, other = f"Чернетка змін № {draft.pk}", f"Чернетка змін № {rival.pk}"
    for page in ("act", "act_withdraw", "act_transfer", "act_conflicts"):
        assert name in text(head_client.get(url(page, draft))), page
    for page in ("act", "act_conflicts"):
        assert other in text(head_client.get(url(page, draft))), page
    for page in ("programme", "target_parts"):
        shown = text(head_client.get(reverse(page, args=["mala"])))
        assert name in shown
        assert other in shown
    assert "без номера" not in text(head_client.get(url("act_withdraw", draft)))


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("approval", "draft", "Чернетка програми № {}"),
        ("new_edition", "agreed", "Чернетка нової редакції № {}"),
        ("amendment", "withdrawn", "Чернетка змін № {}"),
        ("amendment", "adopted", "зміни № 7"),
    ],
)
def test_an_act_is_named_as_its_papers_name_it_once_adopted(kind, status, name):
    act = Act(pk=40, kind=kind, status=status, number="7" if status == "adopted" else "")
    assert act.shown_name == name.format(40)
