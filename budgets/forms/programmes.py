"""Founding a target programme, describing it, and the rows of its parts."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets import permissions
from budgets.choices import Layout, PresentationUnit, ProgrammeFund
from budgets.fields import ExactDecimalFormField
from budgets.forms.fields import NO_YEAR, PlainForm
from budgets.forms.rows import RowForm, RowFormSet
from budgets.models import Community, Programme, SpendingUnit
from budgets.permissions import Action, Person

FIRST_YEAR, LAST_YEAR = 2000, 2100
ALL_FUNDS = _("усі фонди разом")
DEFAULT_SHARE = Programme._meta.get_field("marked_share").default


Offered = Mapping[str, Mapping[str, tuple[Model, str]]]  # field → key → what is chosen, its label


def offer(
    rows: Iterable[Model], labels: Mapping[int, str] | None = None
) -> dict[str, tuple[Model, str]]:
    """Rows to choose from, under their own names unless ``labels`` gives others."""
    return {str(row.pk): (row, labels[row.pk] if labels else str(row)) for row in rows}


def year_field(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(
            attrs={"class": "year", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={
            "invalid": NO_YEAR,
            "min_value": _("Вкажіть рік, не раніший за %(limit_value)s."),
            "max_value": _("Вкажіть рік, не пізніший за %(limit_value)s."),
        },
        **kwargs,
    )


class _ProgrammeForm(PlainForm):
    """What is said about every programme."""

    title = forms.CharField(
        label=_("Повна назва"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Як у рішенні ради, з роками, якщо вони в назві."),
    )
    short_title = forms.CharField(
        label=_("Скорочена назва"),
        max_length=120,
        required=False,
        help_text=_("Для списків і заголовків сторінок, наприклад «е-місто»."),
    )
    year_from = year_field(_("Перший рік"))
    year_to = year_field(_("Останній рік"))
    responsible_unit = forms.ModelChoiceField(
        label=_("Відповідальний виконавець"),
        queryset=SpendingUnit.objects.none(),
        required=False,
        empty_label="—",
    )

    def choose_units(self, communities: Any) -> None:
        field = self.fields["responsible_unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = SpendingUnit.objects.filter(community__in=communities)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("year_from") and data.get("year_to") and data["year_to"] < data["year_from"]:
            self.add_error("year_to", _now("Останній рік програми не може бути раніше за перший."))
        return data


class _BaseField(forms.ModelChoiceField):
    """Programmes of one name differ by their years."""

    def label_from_instance(self, programme: Any) -> str:
        return f"{programme} · {programme.year_from}–{programme.year_to}"


class NewProgrammeForm(_ProgrammeForm):
    """A programme to be founded, from nothing or on the base of another."""

    community = forms.ModelChoiceField(
        label=_("Громада"),
        queryset=Community.objects.none(),
        empty_label=_("— оберіть громаду —"),
        error_messages={"required": _("Оберіть громаду.")},
    )
    slug = forms.CharField(
        label=_("Адреса латиницею"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Стоїть в адресі сторінки та в назвах файлів і потім не змінюється. Порожню складемо з назви."
        ),
    )
    unit = forms.ChoiceField(
        label=_("Одиниця сум у документах"),
        choices=[("", _("як в основі або тис. грн")), *PresentationUnit.choices],
        required=False,
    )
    layout = forms.ChoiceField(
        label=_("Вигляд таблиці заходів"),
        choices=[("", _("як в основі або за роками")), *Layout.choices],
        required=False,
    )
    based_on = _BaseField(
        label=_("Взяти за основу"),
        queryset=Programme.objects.none(),
        required=False,
        empty_label=_("— почати з порожньої —"),
        help_text=_(
            "Паспорт, етапи, джерела, виконавці, напрями, завдання, чинні заходи й показники перейдуть у нову програму, роки зсунуться."
        ),
    )
    with_amounts = forms.BooleanField(
        label=_("Разом із сумами"),
        required=False,
        help_text=_("Чинні планові суми стануть сумами чернетки в зсунутих роках."),
    )
    field_order = (
        "community", "title", "short_title", "year_from", "year_to", "based_on", "with_amounts",
        "responsible_unit", "unit", "layout", "slug",
    )  # fmt: skip

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communities = permissions.communities_where(user, Action.DRAFT_ACT)
        choices = {
            "community": communities,
            "based_on": permissions.visible_programmes(user).order_by("-year_from", "title"),
        }
        for name, queryset in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
            field.queryset = queryset
        self.choose_units(communities)
        if len(known := list(communities[:2])) == 1:
            self.fields["community"].initial = known[0].pk

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        community, base = data.get("community"), data.get("based_on")
        unit = data.get("responsible_unit")
        if unit and community and unit.community_id != community.pk:
            self.add_error("responsible_unit", _now("Розпорядник належить до іншої громади."))
        if data.get("with_amounts") and base is None:
            self.add_error(
                "with_amounts", _now("Суми беруть лише з програми-основи. Оберіть її вище.")
            )
        return data

    @property
    def base(self) -> Programme | None:
        found: Programme | None = self.cleaned_data["based_on"]
        return found

    @property
    def description(self) -> dict[str, Any]:
        """What the service stores; what was left open is taken from the base."""
        data, base = self.cleaned_data, self.base
        unit = data["responsible_unit"]
        if unit is None and base is not None and base.community_id == data["community"].pk:
            unit = base.responsible_unit
        named = ("community", "title", "short_title", "slug", "year_from", "year_to")
        return {
            **{name: data[name] for name in named},
            "responsible_unit": unit,
            "unit": data["unit"] or (base.unit if base else PresentationUnit.THOUSAND),
            "layout": data["layout"] or (base.layout if base else Layout.YEARS),
            "marked_share": base.marked_share if base else DEFAULT_SHARE,
        }


class AboutForm(_ProgrammeForm):
    """What is said about a programme; what the council approved is shown and not changed."""

    unit = forms.ChoiceField(label=_("Одиниця сум у документах"), choices=PresentationUnit.choices)
    layout = forms.ChoiceField(label=_("Вигляд таблиці заходів"), choices=Layout.choices)
    marked_share = forms.IntegerField(
        label=_("Позначати зміни, більші за, %"),
        min_value=0,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("У порівняльній таблиці: частка чинної суми, понад яку зміну виділено."),
    )
    approved: ClassVar = ("title", "year_from", "year_to")

    def __init__(self, *args: Any, programme: Programme, is_approved: bool, **kwargs: Any) -> None:
        initial = {
            name: getattr(programme, name) for name in (*self.base_fields, "responsible_unit_id")
        }
        initial["responsible_unit"] = initial.pop("responsible_unit_id")
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.choose_units([programme.community_id])
        if is_approved:
            for name in self.approved:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Затверджено радою, не змінюється.")


class PartForm(RowForm):
    """A row of a part. What the council approved is shown as it is and cannot be typed over."""

    needs: ClassVar[str] = "title"  # the field without which the row says nothing
    words: ClassVar[tuple[str, ...]] = ("number", "title")  # what the council approves

    def __init__(
        self,
        *args: Any,
        approved: Collection[int] = (),
        offered: Offered | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (offered or {}).items():
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", "—"), *((pk, label) for pk, (_row, label) in rows.items())]
            field.coerce = {pk: row for pk, (row, _label) in rows.items()}.get
        self.is_approved = str(self["id"].value() or "") in {str(pk) for pk in approved}
        if not self.is_approved:
            return
        for name in self.words:
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                value, choices = str(self[name].value() or ""), cast("Any", field.choices)
                field.widget.attrs["class"] = "fixed"
                field.choices = [one for one in choices if str(one[0]) == value]
            else:
                field.widget.attrs["readonly"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = [value for key, value in self.values.items() if value not in (None, "")]
        is_missing = data.get(self.needs) in (None, "") and not self.has_error(self.needs)
        if said and is_missing and not data.get("DELETE"):
            self.add_error(self.needs, _now("Заповніть це поле або позначте рядок ✕."))
        return data


class PartFormSet(RowFormSet):
    """Rows of a part; the ✕ of an approved row cannot be ticked."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.is_approved:
            form.fields["DELETE"].widget.attrs["disabled"] = True


def _number() -> forms.CharField:
    return forms.CharField(
        label=_("Номер у документі"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "number", "autocomplete": "off"}),
    )


def _words(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs
    )


def _choice(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=False, empty_value=None)


class PassportItemForm(PartForm):
    needs = "label"
    number = _number()
    label = _words(_("Назва рядка"), max_length=500)
    value = _words(_("Зміст"))


class StageForm(PartForm):
    needs = "label"
    label = forms.CharField(label=_("Етап"), max_length=50, required=False)
    year_from = year_field(_("З року"), required=False)
    year_to = year_field(_("До року"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("year_from", "year_to") if data.get("label") else ():
            if data.get(name) is None and not self.has_error(name):
                self.add_error(name, _now("Вкажіть рік."))
        return data


class FundingSourceForm(PartForm):
    words = ("title",)
    title = forms.CharField(label=_("Джерело фінансування"), max_length=200, required=False)


class ExecutorForm(PartForm):
    needs = "name"
    words = ("number", "name")
    number = _number()
    name = _words(_("Найменування виконавця"), max_length=500)
    unit = _choice(_("Розпорядник із довідника"))
    total_label = forms.CharField(label=_("Назва рядка підсумку"), max_length=100, required=False)


class DirectionForm(PartForm):
    number = _number()
    title = _words(_("Напрям діяльності"))


class TaskForm(PartForm):
    words = ("number", "title", "direction", "executor")
    number = _number()
    title = _words(_("Завдання"))
    direction = _choice(_("Напрям"))
    executor = _choice(_("Виконавець"))


class StrategyLinkForm(PartForm):
    needs = "item"
    item = _words(_("Пункт програми"))
    priority = _words(_("Пріоритет"))
    goal = _words(_("Стратегічна ціль"))
    task = _words(_("Завдання стратегії"))


class CeilingForm(PartForm):
    needs = "year"
    year = year_field(_("Рік"), required=False)
    fund = forms.ChoiceField(
        label=_("Фонд"),
        choices=[("", ALL_FUNDS), *((one.value, one.label) for one in ProgrammeFund if one.value)],
        required=False,
    )
    amount = ExactDecimalFormField(label=_("Граничний обсяг, грн"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("year") and data.get("amount") is None and not self.has_error("amount"):
            self.add_error("amount", _now("Вкажіть суму в гривнях."))
        return data
