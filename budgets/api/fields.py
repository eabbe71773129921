"""Fields of the API: money and figures travel as strings, so that no program reads them as a float."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MONEY = r"^-?[0-9]{1,12}\.[0-9]{2}$"
FIGURE = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"
GREATEST = 2**31 - 1
FIRST_DAY, LAST_DAY = dt.date(1991, 1, 1), dt.date(2100, 12, 31)


class _TextOfNumber(serializers.Field):
    pattern: ClassVar[re.Pattern[str]]

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("no_text")
        if not self.pattern.match(data) or data.endswith("\n"):
            self.fail("no_number")
        return Decimal(data) + 0  # turns −0 into 0


@extend_schema_field({"type": "string", "pattern": MONEY, "example": "27395.40"})
class Money(_TextOfNumber):
    """Hryvnias with two decimals."""

    pattern = re.compile(MONEY, re.ASCII)
    default_error_messages = {
        "no_text": _(
            'Суму передають рядком, наприклад "27395.40": число могло б утратити копійки.'
        ),
        "no_number": _('Це не сума в гривнях із двома знаками після крапки, наприклад "27395.40".'),
    }

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.2f}"


@extend_schema_field({"type": "string", "pattern": FIGURE, "example": "12.5"})
class Figure(_TextOfNumber):
    """A quantity or the value of an indicator, with at most four decimals."""

    pattern = re.compile(FIGURE, re.ASCII)
    default_error_messages = {
        "no_text": _('Значення передають рядком, наприклад "12.5".'),
        "no_number": _("Це не число з крапкою і не більш як чотирма знаками після неї."),
    }

    def to_representation(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class Id(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": GREATEST, **kwargs})


class Version(serializers.IntegerField):
    """The version its author saw; another one stored meanwhile refuses the write with 409."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": GREATEST, **kwargs})


class Day(serializers.DateField):
    """A day of the time that documents of this site can be about."""

    default_error_messages = {"outside": _("Потрібен день від 1991 до 2100 року.")}

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail("outside")
        return day


class Year(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 2000, "max_value": 2100, **kwargs})


class Text(serializers.CharField):
    """Words that may be empty or left out."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"allow_blank": True, "max_length": 10_000, **kwargs}
        if not words.get("required"):
            words |= {"required": False, "default": ""}
        super().__init__(**words)


class VersionInput(serializers.Serializer):
    version = Version()


class PersonOutput(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()

    def get_name(self, person: Any) -> str:
        return str(person.get_full_name() or person.get_username())
