import pytest

from budgets.choices import SignatoryRole
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Signatory
from budgets.services import passports
from reports.documents import passport_execution
from reports.models import ExecutionReport, LineExplanation
from reports.services import execution as services


@pytest.fixture
def report(sample):
    return ExecutionReport.objects.get(passport=sample)


@pytest.fixture
def write(report, officer):
    def written(explanations=None, *, version=None, by=None, analysis="", conclusion=""):
        report.refresh_from_db()
        services.write(
            report=report,
            explanations=explanations or {},
            analysis=analysis,
            conclusion=conclusion,
            version=report.version if version is None else version,
            by=by or officer,
        )
        report.refresh_from_db()

    return written


def signers(report):
    return [(row.order, row.position, row.name) for row in report.signatories.all()]


def test_a_report_opens_with_the_head_and_the_accountant_of_the_passport(elsewhere):
    revision = passports.revise(passport=elsewhere.passport, by=elsewhere.officer)
    rows = [
        {"role": SignatoryRole.APPROVER, "position": "Голова", "name": "Г"},
        {"role": SignatoryRole.HEAD, "position": "Керуючий справами", "name": "К"},
        {"role": SignatoryRole.ACCOUNTANT, "position": "Головний бухгалтер", "name": "Б"},
        {"role": SignatoryRole.FINANCE, "position": "Начальник управління", "name": "Н"},
    ]
    passports.save_rows(
        revision=revision, model=Signatory, rows=rows, version=1, by=elsewhere.officer
    )
    day = elsewhere.revision.order_date
    passports.agree(revision=revision, agreed_on=day, version=2, by=elsewhere.officer)
    passports.approve(
        revision=revision, order_number="2", order_date=day, version=3, by=elsewhere.officer
    )
    report = services.open_report(passport=elsewhere.passport, by=elsewhere.officer)
    assert signers(report) == [(1, "Керуючий справами", "К"), (2, "Головний бухгалтер", "Б")]


def test_opening_again_gives_the_same_report(report, sample, officer):
    assert services.open_report(passport=sample, by=officer) == report
    assert ExecutionReport.objects.filter(passport=sample).count() == 1


def test_there_is_no_report_before_the_passport_is_approved(sample, officer):
    draft = passports.create(programme=sample.programme, year=2024, by=officer)
    with pytest.raises(RuleViolation, match="ще не затверджено"):
        services.open_report(passport=draft.passport, by=officer)


def test_words_are_stored_without_blank_ends(report, write, revision, programme_head):
    root = revision.spendinglines.get(number=1).root_id
    before = report.version
    write(
        {root: " Курсів не було. \n"}, analysis=" Аналіз ", conclusion="Висновок", by=programme_head
    )
    assert (report.analysis, report.conclusion) == ("Аналіз", "Висновок")
    assert (report.version, report.changed_by) == (before + 1, programme_head)
    assert report.line_explanations.get(line_id=root).text == "Курсів не було."


def test_an_empty_explanation_removes_the_old_one_and_leaves_the_others(report, write, revision):
    first, third = (revision.spendinglines.get(number=number).root_id for number in (1, 3))
    write({first: "  "})
    assert not report.line_explanations.filter(line_id=first).exists()
    assert report.line_explanations.filter(line_id=third).exists()


def test_an_explanation_is_printed_beside_its_line(sample, write, revision):
    root = revision.spendinglines.get(number=10).root_id
    write({root: "Ціна нижча."})
    table = passport_execution.build(sample).table("line_explanations")
    assert table.row(f"line-{root}").value("explanation") == "Ціна нижча."


def test_explanations_hang_on_roots_and_survive_a_change_of_the_passport(sample, officer, revision):
    draft = passports.revise(passport=sample, by=officer)
    texts = set(LineExplanation.objects.values_list("line_id", flat=True))
    assert texts <= {line.root_id for line in draft.spendinglines.all()}


def test_a_line_of_another_passport_is_refused_and_nothing_is_written(report, write, elsewhere):
    before = report.version, report.analysis
    with pytest.raises(RuleViolation, match="немає в цьому паспорті"):
        write({elsewhere.line.root_id: "чуже"}, analysis="інше")
    report.refresh_from_db()
    assert (report.version, report.analysis) == before


def test_two_people_writing_never_overwrite_each_other(report, write, programme_head):
    seen = report.version
    write(analysis="перший", by=programme_head)
    with pytest.raises(StaleVersion, match="звіт змінив користувач it"):
        write(analysis="другий", version=seen)
    report.refresh_from_db()
    assert report.analysis == "перший"


def test_signatories_are_replaced_in_the_order_of_signing(report, officer):
    services.set_signatories(
        report=report,
        signatories=[("Бухгалтер", "Б"), ("Керівник", "")],
        version=report.version,
        by=officer,
    )
    report.refresh_from_db()
    assert signers(report) == [(1, "Бухгалтер", "Б"), (2, "Керівник", "")]


def test_stale_signatories_are_refused(report, officer):
    before = signers(report)
    with pytest.raises(StaleVersion):
        services.set_signatories(
            report=report, signatories=[], version=report.version + 1, by=officer
        )
    assert signers(report) == before
