"""What a programme's execution report still lacks, and where its words contradict its figures (domain rule 8)."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.choices import UnitReportStatus
from budgets.money import ZERO
from budgets.numbers import print_number
from reports.checks import claims
from reports.checks.base import Finding, Severity
from reports.documents.base import Document, Paragraph, Row
from reports.documents.programme_execution_changes import CHANGED

CHANGED_CODE = "changed-after-acceptance"
_MANY = 3  # rows with one text from which it looks copied
_SHORTEST_COPY = 20  # letters: «закуплено» may well be true of many rows
_ALL = Decimal(100)


def check_texts(document: Document) -> Iterator[Finding]:
    """A row whose cash is not its plan says why; a measure without money says what was done."""
    for row in document.table("measures").lines:
        planned, paid = _planned(document, row), row.figure("paid") or ZERO
        if claims.explains(row.value("information")) or (
            planned == paid and (planned or _is_done(row))
        ):
            continue
        message = (
            _("%(row)s: сплачено %(paid)s грн із %(planned)s грн, а пояснення немає.")
            if planned != paid
            else _("%(row)s: захід без коштів, а що зроблено, не сказано.")
        )
        yield _finding(
            "explanation-missing",
            Severity.ERROR,
            message,
            row,
            paid=print_number(paid, places=2),
            planned=print_number(planned or ZERO, places=2),
        )


def check_claims(document: Document) -> Iterator[Finding]:
    """Words that say more, or less, than the figures."""
    for row in document.table("measures").lines:
        text = str(row.value("information") or "")
        said, money = row.figure("percent"), row.figure("percent_of_money")
        done = said if said is not None else money
        shown = print_number(money, max_places=2) if money is not None else ""
        paid = row.figure("paid")
        if money not in {None, _ALL} and (claim := claims.fully_done(text)):
            yield _contradicts(
                row, _("%(row)s: сказано «%(claim)s», а профінансовано %(money)s %%."), claim, money=shown
            )  # fmt: skip
        elif done == _ALL and (claim := claims.nothing_done(text)):
            yield _contradicts(row, _("%(row)s: сказано «%(claim)s», а зазначено 100 %%."), claim)
        elif paid and (claim := claims.nothing_spent(text)):
            yield _contradicts(
                row,
                _("%(row)s: сказано «%(claim)s», а сплачено %(paid)s грн."),
                claim,
                paid=print_number(paid, places=2),
            )
        if said is not None and money is not None and said != money:
            yield _finding(
                "percent-contradicts",
                Severity.WARNING,
                _("%(row)s: зазначено %(said)s %% роботи, а коштів сплачено %(money)s %%."),
                row,
                said=print_number(said, max_places=2),
                money=shown,
            )


def check_same_texts(document: Document) -> Iterator[Finding]:
    """One text on many rows explains none of them."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in document.table("measures").lines:
        text = " ".join(str(row.value("information") or "").split()).casefold().rstrip(".")
        if len(text) >= _SHORTEST_COPY:
            rows[text].append(row)
    for same in rows.values():
        if len(same) >= _MANY:
            message = _("Однаковий текст у %(count)s рядках, починаючи з: %(row)s.")
            yield _finding("same-text", Severity.WARNING, message, same[0], count=len(same))


def check_overspent(document: Document) -> Iterator[Finding]:
    """Cash beyond the year's plan."""
    for row in document.table("measures").lines:
        planned, paid = _planned(document, row) or ZERO, row.figure("paid") or ZERO
        if paid > planned:
            yield _finding(
                "overspent",
                Severity.WARNING,
                _("%(row)s: сплачено на %(excess)s грн більше, ніж заплановано."),
                row,
                excess=print_number(paid - planned, places=2),
            )


def check_remarks(document: Document) -> Iterator[Finding]:
    """A unit's report that came back answers every remark before it is handed in again."""
    for row in document.table("measures").lines if document.meta.get("unit") else ():
        if row.value("remark"):
            message = _("%(row)s: на зауваження «%(remark)s» не відповіли.")
            remark = row.value("remark")
            yield _finding("remark-unanswered", Severity.WARNING, message, row, remark=remark)


def check_signatory(document: Document) -> Iterator[Finding]:
    """A unit's report names who signs it; the consolidated one is signed where it is issued."""
    if document.meta.get("unit") and not any(each.name for each in document.signatures):
        message = _("Не вказано, хто підписує звіт: посада і «Власне ім’я ПРІЗВИЩЕ».")
        yield Finding("signatory-missing", Severity.ERROR, message, "signatory")


def check_reports(document: Document) -> Iterator[Finding]:
    """A consolidated report stands on accepted reports of all units."""
    table = next((each for each in document.tables if each.key == "reports"), None)
    for row in table.lines if table is not None else ():
        if row.value("code") != UnitReportStatus.ACCEPTED:
            message = _("%(unit)s: звіт ще не прийнято (%(status)s).") % {
                "unit": row.value("unit"),
                "status": row.value("status"),
            }
            yield Finding("report-not-accepted", Severity.ERROR, message, "reports", row.key)


def check_unchanged(document: Document) -> Iterator[Finding]:
    """What was accepted is what is printed: no payment, reversal, share or act came after."""
    mend = _("Поверніть звіт виконавцю або сторнуйте платіж.")
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph) and block.key.startswith(CHANGED):
                row = block.key.removeprefix(CHANGED)
                where = ("measures", row) if row.startswith("measure-") else ("", "")
                yield Finding(CHANGED_CODE, Severity.ERROR, f"{block.text} {mend}", *where)


def check_known(document: Document) -> Iterator[Finding]:
    if document.meta.get("incomplete"):
        message = _(
            "Рядки частини актів невідомі: обсяги можуть відрізнятися від чинних. Внесіть ці акти або поясніть, чому звіт складено без них."
        )
        yield Finding("incomplete", Severity.WARNING, message, "measures")


def _planned(document: Document, row: Row) -> Decimal | None:
    columns = {column.key for column in document.table("measures").columns}
    return row.figure("annual" if "annual" in columns else "programme")


def _is_done(row: Row) -> bool:
    return row.figure("percent") == _ALL


def _contradicts(row: Row, message: str, claim: str, **values: object) -> Finding:
    return _finding(
        "explanation-contradicts", Severity.WARNING, message, row, claim=claim, **values
    )


def _finding(code: str, severity: Severity, message: str, row: Row, **values: object) -> Finding:
    number = f"№ {row.value('number')}, " if row.value("number") else ""
    title = str(row.value("measure") or "")
    words = {"row": f"{number}{title if len(title) < 70 else f'{title[:69]}…'}", **values}
    return Finding(code, severity, message % words, "measures", row.key)
