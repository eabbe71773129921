"""Pieces that the forms of order 836 share: the head, and columns that repeat by fund."""

from collections.abc import Iterable, Sequence

from budgets.funds import ByFund
from budgets.models import Passport, PassportRevision
from budgets.selectors import passports as passport_selectors
from reports.documents.base import (
    Captioned,
    Cell,
    Column,
    Fields,
    Kind,
    Minus,
    Plus,
    Role,
    Row,
    Section,
    Source,
)

EDITION = "наказ Міністерства фінансів України від 26.08.2014 № 836, редакція від 01.11.2022 № 359"

# Captions quoted from the forms of order 836.
_PROGRAMME_CLASSIFICATION = (
    "(код Програмної класифікації видатків та кредитування місцевого бюджету)"
)
_TYPE_CLASSIFICATION = (
    "(код Типової програмної класифікації видатків та кредитування місцевого бюджету)"
)
_FUNCTIONAL_CLASSIFICATION = "(код Функціональної класифікації видатків та кредитування бюджету)"
_TITLE_OF_PROGRAMME = "(найменування бюджетної програми згідно з Типовою програмною класифікацією видатків та кредитування місцевого бюджету)"
_EDRPOU = "(код за ЄДРПОУ)"
_BUDGET_CODE = "(код бюджету)"

FUND_CAPTIONS = ("загальний фонд", "спеціальний фонд", "усього")


def head_sections(revision: PassportRevision) -> tuple[Section, Section, Section]:
    """Points 1–3: who is responsible for which budget programme, as the revision was approved."""
    head = passport_selectors.head(revision)
    captions = (
        _PROGRAMME_CLASSIFICATION,
        _TYPE_CLASSIFICATION,
        _FUNCTIONAL_CLASSIFICATION,
        _TITLE_OF_PROGRAMME,
        _BUDGET_CODE,
    )
    programme = Fields("programme", tuple(map(Captioned, head["programme"], captions)))
    return (
        _unit_section(
            "1", head["key_unit"], "(найменування головного розпорядника коштів місцевого бюджету)"
        ),
        _unit_section("2", head["responsible_unit"], "(найменування відповідального виконавця)"),
        Section("3", "", (programme,)),
    )


def _unit_section(number: str, unit: list[str], caption: str) -> Section:
    captions = (_PROGRAMME_CLASSIFICATION, caption, _EDRPOU)
    return Section(number, "", (Fields("unit", tuple(map(Captioned, unit, captions))),))


def number_column(width: int = 4) -> Column:
    return Column("number", ("№ з/п",), Kind.ORDINAL, width=width)


def text_column(key: str, caption: str, width: int) -> Column:
    return Column(key, (caption,), Kind.TEXT, width=width)


def fund_columns(
    prefix: str,
    heading: str = "",
    *,
    kind: Kind = Kind.MONEY,
    captions: Sequence[str] = FUND_CAPTIONS,
    summed: bool = True,
    width: int = 10,
) -> tuple[Column, ...]:
    """General, special and total; the total follows from the funds unless ``summed`` is off."""
    top = (heading,) if heading else ()
    general, special, total = (f"{prefix}_{part}" for part in ("general", "special", "total"))
    return (
        Column(general, (*top, captions[0]), kind, width=width),
        Column(special, (*top, captions[1]), kind, width=width),
        Column(
            total,
            (*top, captions[2]),
            kind,
            rule=Plus((general, special)) if summed else None,
            width=width,
        ),
    )


def deviation_columns(
    left: str, right: str, *, kind: Kind = Kind.MONEY, width: int = 10
) -> tuple[Column, ...]:
    """«Відхилення»: left − right, for each fund and the total (domain rule 2)."""
    return tuple(
        Column(
            f"deviation_{part}",
            ("Відхилення", caption),
            kind,
            rule=Minus(f"{left}_{part}", f"{right}_{part}"),
            width=width,
        )
        for part, caption in zip(("general", "special", "total"), FUND_CAPTIONS, strict=True)
    )


def fund_cells(
    prefix: str, amounts: ByFund | None, source: Source | None = None
) -> dict[str, Cell]:
    """Three cells of a row; empty ones while the figures are unknown."""
    parts = ("general", "special", "total")
    return {
        f"{prefix}_{part}": Cell(None if amounts is None else getattr(amounts, part), source)
        for part in parts
    }


def computed() -> Source:
    return Source("computed", "обчислено з інших граф цього рядка")


def from_passport(revision: PassportRevision) -> Source:
    """Words for «where does this approved figure come from»."""
    if revision.is_approved and revision.order_date:
        words = f"паспорт, редакція {revision.number}: наказ № {revision.order_number} від {revision.order_date:%d.%m.%Y}"
    else:
        words = f"паспорт, редакція {revision.number} (проєкт)"
    return Source("passport", words, (revision.passport_id, revision.number))


def from_cash(passport: Passport, root_id: int, number: int) -> Source:
    return Source(
        "cash", f"касові видатки {passport.year} року за рядком {number}", (passport.pk, root_id)
    )


def listed(prefix: str, column: str, texts: Iterable[str]) -> tuple[Row, ...]:
    """Rows of a numbered list of texts."""

    return tuple(
        Row(f"{prefix}-{number}", Role.LINE, {"number": Cell(number), column: Cell(text)})
        for number, text in enumerate(texts, start=1)
    )


def total_row(
    prefixes: Iterable[str], amounts: Iterable[ByFund], *, label_column: str, label: str = "Усього"
) -> Row:

    cells: dict[str, Cell] = {label_column: Cell(label)}
    for prefix, total in zip(prefixes, amounts, strict=True):
        cells |= fund_cells(prefix, total, Source("computed", "сума рядків"))
    return Row("total", Role.TOTAL, cells)


def summed(amounts: Iterable[ByFund]) -> ByFund:
    return sum(amounts, ByFund.of())
