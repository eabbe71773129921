"""Pages of the book and of jobs: choosing, progress, cancelling, downloading, and who may."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from budgets.choices import Role
from budgets.models import Membership, Programme
from reports.background import queue
from reports.models import Job, JobState

BOOK = "/reports/book/"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def job(sample, officer):
    return queue.ask(
        kind="book",
        asked={"year": 2023, "documents": [f"passport:{sample.pk}"]},
        title="Річна книга за 2023 рік",
        community=sample.programme.community,
        by=officer,
    )


@pytest.fixture
def done(job):
    job.state, job.file_name = JobState.DONE, "2023-knyha.pdf"
    job.ended_at = timezone.now()
    job.file.save("x.pdf", ContentFile(b"%PDF-1"))
    return job


def test_the_last_reported_year_and_the_usual_documents_are_chosen_already(sample, officer_client):
    page = text(officer_client.get(BOOK))
    assert "<option selected>2023</option>" in page
    assert f'value="passport-execution:{sample.pk}" checked' in page
    assert f'value="passport:{sample.pk}"' in page
    assert f'value="passport:{sample.pk}" checked' not in page


def test_a_chosen_book_is_asked_for_and_its_page_shows_how_far_it_is(
    sample, officer, officer_client
):
    documents = [f"passport:{sample.pk}", f"passport-execution:{sample.pk}"]
    community = sample.programme.community_id
    answer = officer_client.post(
        BOOK, {"community": community, "year": 2023, "documents": documents}
    )
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    assert (job.asked, job.asked_by) == ({"year": 2023, "documents": documents}, officer)
    page = text(officer_client.get(answer.url))
    assert "чекає" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Оновити" in page  # without scripts
    claimed = queue.claim()
    queue.tell(claimed, done=1, steps=5, words="Друкуємо 1 з 2")
    part = officer_client.get(answer.url, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in text(part)
    assert 'value="1" max="5"' in text(part)
    assert "Друкуємо 1 з 2" in text(part)


def test_polling_stops_when_the_job_is_over(done, officer_client):
    url = reverse("job", args=[done.pk])
    part = officer_client.get(url, headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert reverse("job_file", args=[done.pk]) in text(part)
    assert "every 2s" not in text(officer_client.get(url))


@pytest.mark.parametrize(
    ("documents", "message"),
    [([], "Оберіть хоча б один документ"), (["passport:999999"], "для вас немає: 1"), (["x"], "для вас немає: 1")],
)  # fmt: skip
def test_a_choice_that_does_not_fit_is_refused_with_words(
    sample, officer_client, documents, message
):
    data = {"community": sample.programme.community_id, "year": 2023, "documents": documents}
    answer = officer_client.post(BOOK, data)
    assert answer.status_code == 422
    assert message in text(answer)
    assert not Job.objects.exists()


def test_foreign_communities_and_documents_do_not_exist(sample, elsewhere, officer_client):
    assert officer_client.get(BOOK, {"community": elsewhere.community.pk}).status_code == 404
    data = {"community": sample.programme.community_id, "year": 2023}
    foreign = {**data, "documents": [f"passport:{elsewhere.passport.pk}"]}
    assert officer_client.post(BOOK, foreign).status_code == 422
    assert not Job.objects.exists()


def test_years_that_are_not_there_fall_back_and_strange_words_do_not_break(sample, officer_client):
    for year in ("1999", "x", "²"):
        assert "<option selected>2023</option>" in text(officer_client.get(BOOK, {"year": year}))
    assert officer_client.get(BOOK, {"community": "²"}).status_code == 404


def test_who_sees_no_community_is_told_so(sample, officer, officer_client):
    officer.memberships.update(valid_to=dt.date(2020, 1, 1), valid_from=dt.date(2019, 1, 1))
    assert "Зверніться до адміністратора" in text(officer_client.get(BOOK))
    assert officer_client.post(BOOK, {"documents": ["passport:1"]}).status_code == 200
    assert not Job.objects.exists()


def test_the_file_is_for_who_asked_and_for_those_who_may_see_all_of_it(
    done, elsewhere, officer_client, auditor_client, stranger_client
):
    url = reverse("job_file", args=[done.pk])
    for client in (officer_client, auditor_client):
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="2023-knyha.pdf"'
        assert answer.getvalue() == b"%PDF-1"
    assert stranger_client.get(url).status_code == 404
    both = [*done.asked["documents"], f"passport:{elsewhere.passport.pk}"]
    Job.objects.filter(pk=done.pk).update(asked={"year": 2023, "documents": both})
    for client in (officer_client, auditor_client, stranger_client):
        assert client.get(url).status_code == 404


def test_rights_are_asked_again_of_who_asked(done, officer, officer_client):
    officer.memberships.update(valid_to=dt.date(2023, 12, 31))
    assert officer_client.get(reverse("job_file", args=[done.pk])).status_code == 404
    page = text(officer_client.get(reverse("job", args=[done.pk])))
    assert "Ви вже не бачите всіх документів" in page
    assert reverse("job_file", args=[done.pk]) not in page


def test_a_target_programme_counts_among_the_rights(done, sample, officer, officer_client):
    foreign = Programme.objects.get(slug="slavutych-electronic-city")
    unit = foreign.community.units.earliest("pk")
    Job.objects.filter(pk=done.pk).update(
        asked={"year": 2023, "documents": [f"programme-measures:{foreign.pk}"]}
    )
    Membership.objects.filter(user=officer, unit__community=foreign.community).delete()
    url = reverse("job_file", args=[done.pk])
    assert officer_client.get(url).status_code == 404
    Membership.objects.create(
        user=officer, unit=unit, role=Role.AUDITOR, valid_from=dt.date(2023, 1, 1)
    )
    assert officer_client.get(url).status_code == 200


def test_a_job_is_seen_and_cancelled_by_its_owner_only(
    job, officer_client, auditor_client, stranger_client
):
    for client in (auditor_client, stranger_client):
        assert client.get(reverse("job", args=[job.pk])).status_code == 404
        assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404
    assert officer_client.get(reverse("job_cancel", args=[job.pk])).status_code == 405
    page = text(officer_client.post(reverse("job_cancel", args=[job.pk]), follow=True))
    assert "Завдання скасовано" in page
    assert "Обрати документи знову" in page
    again = text(officer_client.post(reverse("job_cancel", args=[job.pk]), follow=True))
    assert "скасовувати нічого" in again


def test_a_failed_job_says_why(job, officer_client):
    queue.fail(queue.claim(), "Паспорт 0217530 порожній.")
    assert "Паспорт 0217530 порожній." in text(officer_client.get(reverse("job", args=[job.pk])))


def test_a_file_that_is_gone_or_not_there_yet_does_not_exist(job, done, officer_client):
    url = reverse("job_file", args=[done.pk])
    done.file.storage.delete(done.file.name)
    assert officer_client.get(url).status_code == 404
    Job.objects.filter(pk=done.pk).update(state=JobState.CANCELLED)
    assert officer_client.get(url).status_code == 404


def test_my_jobs_are_mine_and_cost_the_same_however_many(job, officer_client, auditor_client):
    assert "Завдань немає" in text(auditor_client.get(reverse("jobs")))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            page = text(officer_client.get(reverse("jobs")))
        assert "Річна книга за 2023 рік" in page
        return len(queries)

    before = asked()
    for _number in range(9):
        Job.objects.create(
            kind="book", asked=job.asked, title="Ще", community=job.community, asked_by=job.asked_by
        )
    assert asked() == before
