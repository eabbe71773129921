"""Closed lists of the domain (see docs/glossary.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fund(TextChoices):
    GENERAL = "general", _("загальний фонд")
    SPECIAL = "special", _("спеціальний фонд")


class UnitLevel(TextChoices):
    KEY = "key", _("головний розпорядник")
    RESPONSIBLE = "responsible", _("відповідальний виконавець")
    LOWER = "lower", _("розпорядник нижчого рівня")


class RevisionStatus(TextChoices):
    """A passport revision: draft → agreed by the finance body → approved (order 836, section I)."""

    DRAFT = "draft", _("проєкт")
    AGREED = "agreed", _("погоджено")
    APPROVED = "approved", _("затверджено")


class MonthStatus(TextChoices):
    """A month of a spending unit's cash, as one person meets it (see selectors/periods.py)."""

    COMING = "coming", _("ще не настав")
    RUNNING = "running", _("триває")
    OPEN = "open", _("минув, відкрито")
    CLOSED = "closed", _("закрито")
    EXCEPTED = "excepted", _("закрито, людина має виняток")
    REOPENED = "reopened", _("відкрито знову")


class CashOrigin(TextChoices):
    TYPED = "typed", _("введено")
    PASTED = "pasted", _("вставлено")
    IMPORTED = "imported", _("імпортовано")
    REVERSAL = "reversal", _("сторно")


class SignatoryRole(TextChoices):
    APPROVER = "approver", _("затверджує")
    HEAD = "head", _("керівник установи")
    ACCOUNTANT = "accountant", _("головний бухгалтер")
    FINANCE = "finance", _("керівник фінансового органу")


class Role(TextChoices):
    """What a person does in a spending unit."""

    FINANCE_OFFICER = "finance_officer", _("фінансист")
    PROGRAMME_HEAD = "programme_head", _("керівник програми")
    SIGNATORY = "signatory", _("підписант")
    COUNCIL_CLERK = "council_clerk", _("працівник ради")
    AUDITOR = "auditor", _("аудитор")
    ADMINISTRATOR = "administrator", _("адміністратор")


class PresentationUnit(TextChoices):
    """How the programme's papers print sums; stored amounts are in hryvnias."""

    HRYVNIA = "hryvnia", _("грн")
    THOUSAND = "thousand", _("тис. грн")


class Layout(TextChoices):
    """How a programme prints the table of measures (forms.md, document 3 b)."""

    YEARS = "years", _("за роками")
    UNITS = "units", _("за розпорядниками, кількістю і фондами")
    FUNDS = "funds", _("за фондами")
    STAGES = "stages", _("за етапами")


class ActKind(TextChoices):
    APPROVAL = "approval", _("затвердження")
    AMENDMENT = "amendment", _("зміни")
    NEW_EDITION = "new_edition", _("нова редакція")


class ActStatus(TextChoices):
    """draft → submitted → agreed by the executive committee → adopted by the council, or withdrawn."""

    DRAFT = "draft", _("чернетка")
    SUBMITTED = "submitted", _("подано")
    AGREED = "agreed", _("погоджено")
    ADOPTED = "adopted", _("ухвалено")
    WITHDRAWN = "withdrawn", _("відкликано")


class LineKind(TextChoices):
    DELTA = "delta", _("зміна")
    RESTATED = "restated", _("повторено чинну суму")


class ProgrammeFund(TextChoices):
    """Funds of a programme's line; some programmes plan without splitting by fund."""

    GENERAL = "general", _("загальний фонд")
    SPECIAL = "special", _("спеціальний фонд")
    UNSPLIT = "", _("без поділу на фонди")


class PrintedLevel(TextChoices):
    PROGRAMME = "programme", _("програма")
    SOURCE = "source", _("джерело")
    EXECUTOR = "executor", _("розпорядник")
    DIRECTION = "direction", _("напрям")
    TASK = "task", _("завдання")
    PARENT = "parent", _("захід із підзаходами")
    ROW = "row", _("рядок")
    STAGE = "stage", _("етап")
    RESOURCE = "resource", _("ресурсне забезпечення")


class DecisionKind(TextChoices):
    """The decision on the local budget, or a change of it."""

    INITIAL = "initial", _("бюджет на рік")
    AMENDMENT = "amendment", _("зміни до бюджету")


class DecisionStatus(TextChoices):
    DRAFT = "draft", _("чернетка")
    ADOPTED = "adopted", _("ухвалено")


class UnitReportStatus(TextChoices):
    """A unit's report: draft → submitted → returned with remarks, or accepted by the responsible unit.

    CLOSED is never stored: it is how any of them is met once the campaign is closed.
    """

    DRAFT = "draft", _("чернетка")
    SUBMITTED = "submitted", _("подано")
    RETURNED = "returned", _("повернуто")
    ACCEPTED = "accepted", _("прийнято")
    CLOSED = "closed", _("кампанію закрито")


class IssuedStatus(TextChoices):
    """An issued report: issued → being signed → signed, or returned by a signatory with a reason.

    Whether it is superseded follows from there being a later version.
    """

    ISSUED = "issued", _("видано, чекає підписів")
    SIGNING = "signing", _("підписується")
    SIGNED = "signed", _("підписано")
    RETURNED = "returned", _("повернуто")


class SignatureWay(TextChoices):
    """How a signature came to an issued report."""

    UPLOADED = "uploaded", _("підписано деінде і завантажено")
    KEY = "key", _("файловим ключем на цій сторінці")
    SEAL = "seal", _("печаткою установи")
    TEST = "test", _("тестовим підписом")


class SignatureVerdict(TextChoices):
    """What checking says of a signature; values as in reports.signing.findings."""

    VALID = "valid", _("дійсний")
    INVALID = "invalid", _("недійсний")
    NOT_CHECKED = "not_checked", _("не перевірено")


class MatchStep(TextChoices):
    """Which two of the four figures are compared."""

    TARGET_DECISION = "target-decision", _("програма → рішення про бюджет")
    TARGET_PASSPORT = "target-passport", _("програма → паспорт")
    DECISION_PASSPORT = "decision-passport", _("рішення про бюджет → паспорт")
    PASSPORT_CASH = "passport-cash", _("паспорт → каса")
