"""An event in words: what its action is called, and which fields of which rows changed from what to what."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budgets.fields import ExactDecimalField
from budgets.models import Change, Event
from budgets.models.record import Operation
from budgets.numbers import print_number

_QUIET = {"id", "version", "changed_at", "changed_by_id", "created_at", "created_by_id"}

ACTIONS = {
    "services.invite": gettext_lazy("створено запрошення"),
    "services.accept": gettext_lazy("прийнято запрошення"),
    "services.unlock": gettext_lazy("знято блокування облікового запису"),
    "services.forget_second_factor": gettext_lazy("знято другий фактор"),
    "services.end_sessions": gettext_lazy("завершено сеанси"),
    "services.failed_sign_in": gettext_lazy("невдалий вхід"),
    "services.locked": gettext_lazy("вхід заблоковано після невдалих спроб"),
    "accounts.password_changed": gettext_lazy("змінено пароль"),
    "accounts.factor_added": gettext_lazy("додано другий фактор"),
    "accounts.factor_removed": gettext_lazy("вилучено другий фактор"),
    "accounts.factor_renewed": gettext_lazy("створено нові запасні коди"),
    "accounts.factor_failed": gettext_lazy("другий фактор не підійшов"),
    "record.exported": gettext_lazy("завантажено журнал"),
    "services.make_token": gettext_lazy("створено токен"),
    "services.revoke_token": gettext_lazy("відкликано токен"),
    "services.end_tokens_of": gettext_lazy("токени припинено"),
    "acts.open_draft": gettext_lazy("відкрито чернетку"),
    "acts.submit": gettext_lazy("подано на погодження"),
    "acts.agree": gettext_lazy("погоджено акт"),
    "acts.return_to_draft": gettext_lazy("акт повернуто на доопрацювання"),
    "acts.withdraw": gettext_lazy("відкликано акт"),
    "acts.adopt": gettext_lazy("внесено рішення"),
    "admin.user": gettext_lazy("обліковий запис"),
    "admin.membership": gettext_lazy("роль користувача"),
    "memberships.save": gettext_lazy("надано або змінено роль"),
    "memberships.remove": gettext_lazy("вилучено роль"),
    "cash.record": gettext_lazy("внесено платіж"),
    "cash.correct": gettext_lazy("виправлено платіж"),
    "cash.reverse": gettext_lazy("сторновано платіж"),
    "cash.set_cells": gettext_lazy("введено касу в таблицю"),
    "decisions.draft": gettext_lazy("внесено рішення про бюджет"),
    "decisions.write": gettext_lazy("змінено чернетку рішення про бюджет"),
    "decisions.adopt": gettext_lazy("рішення про бюджет ухвалено"),
    "decisions.discard": gettext_lazy("вилучено чернетку рішення про бюджет"),
    "matching.explain": gettext_lazy("змінено причину розбіжності"),
    "line_measures.link": gettext_lazy("змінено заходи напряму"),
    "measure_cash.record": gettext_lazy("внесено платіж за заходи"),
    "measure_cash.correct": gettext_lazy("виправлено платіж за заходи"),
    "measure_cash.reverse": gettext_lazy("сторновано платіж за заходи"),
    "draft_measures.add_measure": gettext_lazy("додано захід"),
    "draft_measures.write_words": gettext_lazy("змінено слова заходу"),
    "draft_measures.move_measure": gettext_lazy("переміщено захід"),
    "draft_measures.write_measure": gettext_lazy("змінено захід"),
    "draft_measures.split_measure": gettext_lazy("розділено захід"),
    "draft_measures.cancel_measure": gettext_lazy("скасовано захід"),
    "draft_measures.restore_measure": gettext_lazy("повернуто захід"),
    "draft_measures.remove_measure": gettext_lazy("вилучено захід"),
    "drafting.plan": gettext_lazy("змінено суми чернетки"),
    "drafting.transfer": gettext_lazy("переміщено кошти"),
    "opening.open_or_continue": gettext_lazy("відкрито чернетку"),
    "rebasing.rebase": gettext_lazy("чернетку перенесено на чинні суми"),
    "passports.create": gettext_lazy("створено паспорт"),
    "passports.revise": gettext_lazy("відкрито нову редакцію паспорта"),
    "passports.copy_to_year": gettext_lazy("паспорт скопійовано на інший рік"),
    "passports.describe": gettext_lazy("змінено тексти паспорта"),
    "passports.save_rows": gettext_lazy("змінено розділ паспорта"),
    "passports.save_lines": gettext_lazy("змінено напрями паспорта"),
    "passports.save_indicators": gettext_lazy("змінено показники паспорта"),
    "passports.save_actuals": gettext_lazy("введено фактичні показники"),
    "passports.discard": gettext_lazy("вилучено проєкт редакції"),
    "passports.agree": gettext_lazy("погоджено паспорт"),
    "passports.return_to_draft": gettext_lazy("паспорт повернуто на доопрацювання"),
    "passports.approve": gettext_lazy("затверджено паспорт"),
    "periods.close_month": gettext_lazy("закрито місяць"),
    "periods.close_year": gettext_lazy("закрито рік"),
    "periods.reopen": gettext_lazy("відкрито місяць знову"),
    "periods.allow": gettext_lazy("зроблено виняток для закритого місяця"),
    "evidence.add": gettext_lazy("додано підтвердження показника"),
    "evidence.remove": gettext_lazy("вилучено підтвердження показника"),
    "programme_actuals.save_actuals": gettext_lazy("введено фактичні показники програми"),
    "programme_copy.clone": gettext_lazy("скопійовано програму"),
    "programme_parts.write_rows": gettext_lazy("змінено частини програми"),
    "programmes.create": gettext_lazy("створено програму"),
    "programmes.describe": gettext_lazy("змінено назву або вигляд програми"),
    "programmes.write_indicators": gettext_lazy("змінено показники програми"),
    "reference.save": gettext_lazy("змінено довідник"),
    "effectiveness.save_scale": gettext_lazy("змінено шкалу ефективності"),
    "sample.load": gettext_lazy("завантажено приклад"),
    "execution.open_report": gettext_lazy("відкрито звіт"),
    "execution.write": gettext_lazy("змінено тексти звіту"),
    "execution.write_causes": gettext_lazy("змінено аналіз причин низької ефективності"),
    "execution.set_signatories": gettext_lazy("змінено підписантів звіту"),
    "issuing.issue": gettext_lazy("видано звіт"),
    "signatures.sign": gettext_lazy("підписано виданий звіт"),
    "signatures.sample_authority": gettext_lazy("створено тестовий центр зразка"),
    "signatures.refused": gettext_lazy("підпис не прийнято"),
    "signatures.return_report": gettext_lazy("виданий звіт повернуто без підпису"),
    "delivery.publish": gettext_lazy("оприлюднено звіт"),
    "delivery.take": gettext_lazy("отримано виданий звіт"),
    "campaigns.open_campaign": gettext_lazy("відкрито звітування про виконання програми"),
    "campaigns.write_row": gettext_lazy("змінено рядок звіту підрозділу"),
    "campaigns.describe": gettext_lazy("змінено тексти звіту підрозділу"),
    "campaigns.submit": gettext_lazy("подано звіт підрозділу"),
    "campaigns.return_report": gettext_lazy("повернуто звіт підрозділу із зауваженнями"),
    "campaigns.accept": gettext_lazy("прийнято звіт підрозділу"),
    "campaigns.postpone": gettext_lazy("змінено строк звіту підрозділу"),
    "campaigns.cancel": gettext_lazy("скасовано звітування про виконання програми"),
    "campaigns.close": gettext_lazy("завершено звітування про виконання програми"),
    "campaigns.reopen": gettext_lazy("відкрито звітування знову"),
    "reporting.describe": gettext_lazy("змінено строки звітування і типові тексти"),
    # As they were named before reports.services was divided: events keep their names.
    "services.open_report": gettext_lazy("відкрито звіт"),
    "services.write": gettext_lazy("змінено тексти звіту"),
    "services.write_causes": gettext_lazy("змінено аналіз причин низької ефективності"),
    "services.set_signatories": gettext_lazy("змінено підписантів звіту"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row: what it was and what it is. Empty where there was no row."""

    name: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class RowChange:
    what: str
    row_id: int
    operation: str
    fields: tuple[FieldChange, ...]


def action_name(event: Event) -> str:
    return str(ACTIONS.get(event.action, event.action))


def rows(changes: "models.QuerySet[Change]") -> Iterator[RowChange]:
    """The changes of an event as a person reads them."""
    for change in changes:
        model = _models().get(change.table_name)
        before, after = (json.loads(text) if text else {} for text in (change.before, change.after))
        named = _names(model) if model is not None else {}
        fields = tuple(
            FieldChange(label, _text(field, before.get(column)), _text(field, after.get(column)))
            for column, (label, field) in named.items()
            if column not in _QUIET and before.get(column) != after.get(column)
        )
        yield RowChange(
            str(model._meta.verbose_name) if model is not None else change.table_name,
            change.row_id,
            str(Operation(change.operation).label),
            fields,
        )


@lru_cache(maxsize=1)
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def _names(model: type[models.Model]) -> dict[str, tuple[str, "models.Field[Any, Any]"]]:
    return {
        str(field.column): (str(field.verbose_name), field) for field in model._meta.concrete_fields
    }


def _text(field: "models.Field[Any, Any]", value: Any) -> str:
    """A stored value as pages print it: kopecks as hryvnias, choices by their names."""
    if value is None or value == "":
        return ""
    if isinstance(field, ExactDecimalField):
        stored = field.from_db_value(int(value), None, None)
        return print_number(stored, places=2, max_places=4) if stored is not None else ""
    if isinstance(field, models.BooleanField):
        return _("так") if value else _("ні")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)
