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
