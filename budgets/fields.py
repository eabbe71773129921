"""Model and form fields that keep decimals exact from the keyboard to the database."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from budgets.money import MAX_AMOUNT, PLACES
from budgets.numbers import NumberError, print_number, read_decimal

_ST_contra = TypeVar("_ST_contra", contravariant=True)
_GT_co = TypeVar("_GT_co", covariant=True)

if TYPE_CHECKING:

    class _Field(models.Field[_ST_contra, _GT_co]):
        """Tells the type checker what a model's attribute takes and gives."""

        _pyi_private_set_type: Decimal | str | int
        _pyi_private_get_type: Decimal
else:

    class _Field(models.Field):
        def __class_getitem__(cls, _parameters: object) -> type:
            return cls


class ExactDecimalField(_Field[_ST_contra, _GT_co]):
    """A decimal kept as an integer count of its smallest part.

    SQLite keeps its own decimals as binary floats: sums drift and sixteen digits come back wrong. An
    integer is exact on every database, and sums are made by the database. A float or a decimal with
    more than ``places`` decimals is refused, never rounded.
    """

    def __init__(self, *args: Any, places: int = PLACES, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def to_python(self, value: object) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = Decimal(value)
            except ArithmeticError as error:
                raise ValidationError(_("Це не число.")) from error
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise TypeError(f"{type(value).__name__} is not exact; use Decimal, int or str")
        value = Decimal(value)
        if not value.is_finite() or value != value.quantize(Decimal(1).scaleb(-self.places)):
            raise ValidationError(
                _("Забагато знаків після коми (дозволено %(places)s).") % {"places": self.places}
            )
        if abs(value) > MAX_AMOUNT:
            raise ValidationError(_("Число завелике."))
        return value.quantize(Decimal(1).scaleb(-self.places))

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        exact = self.to_python(value)
        return None if exact is None else int(exact.scaleb(self.places))

    def from_db_value(
        self, value: int | Decimal | None, _expression: object, _connection: object
    ) -> Decimal | None:
        # PostgreSQL answers SUM(bigint) as numeric, hence int() first.
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": ExactDecimalFormField, "places": self.places, **kwargs}
        )


class MoneyField(ExactDecimalField[_ST_contra, _GT_co]):
    """Hryvnias, stored as whole kopecks."""


for _connector in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(ExactDecimalField, _connector, ExactDecimalField, ExactDecimalField)
    register_combinable_fields(MoneyField, _connector, MoneyField, MoneyField)
register_combinable_fields(MoneyField, Combinable.MUL, models.IntegerField, MoneyField)
register_combinable_fields(models.IntegerField, Combinable.MUL, MoneyField, MoneyField)


class ExactDecimalInput(forms.TextInput):
    """A right-aligned figure; on a phone the decimal keypad opens."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "class": "figure", "autocomplete": "off", **(attrs or {})}
        )


class ExactDecimalFormField(forms.CharField):
    """Reads every spelling budgets.numbers knows; an empty text is None unless required."""

    widget = ExactDecimalInput

    def __init__(self, *, places: int = PLACES, asks: str | Promise = "", **kwargs: Any) -> None:
        """``asks`` is what to type, for a field that is no sum of money."""
        self.places, self.asks = places, asks
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        # The length is that of the text: to_python checks it, the validators get a number.
        self.validators = [v for v in self.validators if not isinstance(v, MaxLengthValidator)]

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        if self.max_length is not None and len(text) > self.max_length:
            raise ValidationError(_("Число завелике. Перевірте, чи немає зайвих цифр."))
        try:
            number = read_decimal(text, places=self.places)
        except NumberError as error:
            raise ValidationError(str(self.asks or error)) from error
        if abs(number) > MAX_AMOUNT:
            raise ValidationError(_("Число завелике. Перевірте, чи немає зайвих цифр."))
        return number.quantize(Decimal(1).scaleb(-self.places))

    def prepare_value(self, value: object) -> object:
        return (
            print_number(value, places=min(self.places, PLACES), max_places=self.places)
            if isinstance(value, Decimal)
            else value
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
