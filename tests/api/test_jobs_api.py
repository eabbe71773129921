"""Long work through the API: the yearly book is asked for, followed, cancelled and read by who may see what is in it."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from reports.background import queue, worker
from reports.models import Job, JobState
from tests.api.conftest import constant_queries, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at(sample):
    return f"communities/{sample.programme.community_id}/book/2023/"


@pytest.fixture
def asked(at, sample, finance):
    answer = finance.post(at, {"documents": [f"passport:{sample.pk}"]})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def finished(pk):
    job = Job.objects.get(pk=pk)
    job.state, job.file_name, job.ended_at = JobState.DONE, "2023-knyha.pdf", timezone.now()
    job.file.save("x.pdf", ContentFile(b"%PDF-1"))
    return job


def test_what_a_book_can_hold_is_told(at, sample, finance):
    told = finance.get(at).json()
    documents = {each["key"]: each["is_usual"] for group in told["groups"] for each in group["documents"]}  # fmt: skip
    assert documents[f"passport-execution:{sample.pk}"] is True
    assert documents[f"passport:{sample.pk}"] is False
    assert 2023 in told["years"]


def test_a_book_is_asked_for_and_followed(asked, finance, officer):
    assert (asked["state"], asked["kind"], asked["has_file"]) == ("waiting", "book", False)
    assert Job.objects.get(pk=asked["id"]).asked_by == officer
    at = f"jobs/{asked['id']}/"
    refusal(finance.get(at + "file/"), 404, "not-found")
    job = queue.claim()
    queue.tell(job, done=1, steps=3, words="Читаємо дані")
    told = finance.get(at).json()
    assert (told["state"], told["done"], told["steps"], told["words"]) == ("running", 1, 3, "Читаємо дані")  # fmt: skip
    finished(asked["id"])
    assert finance.get(at).json()["has_file"] is True
    file = finance.get(at + "file/")
    assert (file.getvalue(), file["Content-Type"]) == (b"%PDF-1", "application/pdf")
    assert [each["id"] for each in finance.get("jobs/?state=done").json()["results"]] == [asked["id"]]  # fmt: skip
    refusal(finance.post(at + "cancel/"), 422, "rule")


def test_without_a_choice_the_usual_documents_are_meant(at, sample, finance):
    asked = finance.post(at, {}).json()
    keys = Job.objects.get(pk=asked["id"]).asked["documents"]
    assert f"passport-execution:{sample.pk}" in keys
    assert f"passport:{sample.pk}" not in keys


def test_the_worker_is_woken_only_when_the_job_is_stored(
    at, finance, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(worker, "wake", lambda: woken.append(Job.objects.count()))
    with django_capture_on_commit_callbacks() as callbacks:
        finance.post(at, {})
    assert (woken, len(callbacks)) == ([], 1)
    callbacks[0]()
    assert woken == [1]


def test_a_request_sent_again_asks_for_one_book(at, finance):
    first, again = (finance.post(at, {}, **{"Idempotency-Key": "knyha"}) for _ in range(2))
    assert first.json() == again.json()
    assert Job.objects.count() == 1


def test_a_job_is_cancelled_by_who_asked_and_nobody_elses_exists(asked, finance, audit):
    at = f"jobs/{asked['id']}/"
    for answer in (audit.get(at), audit.post(at + "cancel/")):
        refusal(answer, 404, "not-found")
    assert audit.get("jobs/").json()["results"] == []
    assert finance.post(at + "cancel/").json()["state"] == "cancelled"
    refusal(finance.post(at + "cancel/"), 422, "rule")


def test_the_result_is_read_by_who_sees_all_that_is_in_it(asked, audit, program, elsewhere):
    finished(asked["id"])
    at = f"jobs/{asked['id']}/file/"
    assert audit.get(at).getvalue() == b"%PDF-1"
    refusal(program(elsewhere.officer).get(at), 404, "not-found")


def test_what_is_not_offered_is_refused(at, finance, elsewhere):
    foreign = {"documents": [f"passport:{elsewhere.revision.passport_id}"]}
    refusal(finance.post(at, foreign), 422, "rule")
    refusal(finance.post(at, {"documents": []}), 422, "rule")
    refusal(finance.post(f"communities/{elsewhere.community.pk}/book/2023/", {}), 404, "not-found")
    for _ in range(queue.MOST_OPEN):
        assert finance.post(at, {}).status_code == 201
    assert "незавершених" in refusal(finance.post(at, {}), 422, "rule")["detail"]


def test_jobs_cost_the_same_however_many(asked, sample, finance, officer):
    finished(asked["id"])
    with constant_queries(finance, "jobs/") as queries:
        queries.ask()
        for _ in range(3):
            job = queue.ask(
                kind="book",
                asked={"year": 2023, "documents": [f"passport:{sample.pk}"]},
                title="Книга",
                community=sample.programme.community,
                by=officer,
            )
            finished(job.pk)
