import datetime as dt
from decimal import Decimal

from reports.documents.base import (
    Amounts,
    Approval,
    Captioned,
    Cell,
    Column,
    Document,
    Fields,
    Kind,
    Minus,
    Paragraph,
    PercentOf,
    Plus,
    Quotient,
    Role,
    Row,
    Section,
    Signature,
    Source,
    Table,
    Value,
)

PARTS = ("general", "special", "total")
CAPTIONS = ("загальний фонд", "спеціальний фонд", "усього")
LONG_WORD = "Високоспеціалізованогідроелектроенергопостачання"
CASH = Source("cash", "касові видатки 2023 року за рядком 1", (7, 1))


def by_fund(prefix: str, heading: str, kind: Kind) -> tuple[Column, ...]:
    return tuple(
        Column(
            f"{prefix}_{part}",
            (heading, caption),
            kind,
            rule=Plus((f"{prefix}_general", f"{prefix}_special")) if part == "total" else None,
        )
        for part, caption in zip(PARTS, CAPTIONS, strict=True)
    )


def deviations(kind: Kind) -> tuple[Column, ...]:
    return tuple(
        Column(
            f"deviation_{part}",
            ("Відхилення", caption),
            kind,
            rule=Minus(f"actual_{part}", f"approved_{part}"),
        )
        for part, caption in zip(PARTS, CAPTIONS, strict=True)
    )


def figures(
    prefix: str, general: str, special: str, source: Source | None = None
) -> dict[str, Cell]:
    first, second = Decimal(general), Decimal(special)
    values = zip(PARTS, (first, second, first + second), strict=True)
    return {f"{prefix}_{part}": Cell(value, source) for part, value in values}


def row(
    key: str, words: dict[str, Value], approved: tuple[str, str], actual: tuple[str, str]
) -> Row:
    cells = {name: Cell(value) for name, value in words.items()}
    cells |= figures("approved", *approved) | figures("actual", *actual, source=CASH)
    for part in PARTS:
        difference = amount(cells, f"actual_{part}") - amount(cells, f"approved_{part}")
        cells[f"deviation_{part}"] = Cell(difference)
    return Row(key, Role.LINE, cells)


def amount(cells: dict[str, Cell], key: str) -> Decimal:
    value = cells[key].value
    assert isinstance(value, Decimal)
    return value


def total(rows: tuple[Row, ...], keys: tuple[str, ...], label: str, role: Role, key: str) -> Row:
    cells = {"title": Cell(label)}
    for column in keys:
        values = [value for item in rows if isinstance(value := item.value(column), Decimal)]
        cells[column] = Cell(sum(values, Decimal("0.00")))
    return Row(key, role, cells)


def spending_table() -> Table:
    lines = (
        row(
            "line-1", {"number": 1, "title": LONG_WORD}, ("999999999.99", "0.01"), ("0.00", "0.00")
        ),
        row(
            "line-2", {"number": 2, "title": "=2+2"}, ("195000.00", "10.10"), ("195000.00", "10.20")
        ),
        row(
            "line-3",
            {"number": 3, "title": "Ремонт <b>& інше"},
            ("0.07", "0.00"),
            ("300000.00", "0.29"),
        ),
    )
    columns = (
        Column("number", ("№ з/п",), Kind.ORDINAL, width=4),
        Column("title", ("Напрями використання бюджетних коштів*",), Kind.TEXT, width=30),
        *by_fund("approved", "Затверджено у паспорті", Kind.MONEY),
        *by_fund("actual", "Касові видатки", Kind.MONEY),
        *deviations(Kind.MONEY),
    )
    keys = tuple(column.key for column in columns if column.kind.is_figure)
    return Table(
        "lines",
        columns,
        (*lines, total(lines, keys, "Усього", Role.TOTAL, "total")),
        unit="гривень",
    )


def indicator_table() -> Table:
    group = Row("group-1", Role.GROUP, {"title": Cell("Затрат")})
    cost = row(
        "cost", words(1, "Обсяг видатків", "грн."), ("45000.00", "0.00"), ("10000.00", "0.00")
    )
    count = row("count", words(2, "Кількість", "од."), ("9.00", "0.00"), ("3.00", "0.00"))
    share = row("share", words(4, "Питома вага", "відс."), ("0.1255", "0.00"), ("0.0005", "0.00"))
    quotient = row(
        "average", words(3, "Витрати на одного", "грн."), ("5000.00", "0.00"), ("3333.33", "0.00")
    )
    rule = Quotient("cost", "count")
    ruled = {
        key: Cell(cell.value, cell.source, rule if key.startswith(("approved", "actual")) else None)
        for key, cell in quotient.cells.items()
    }
    unknown = Row("unknown", Role.LINE, {"number": Cell(5), "title": Cell("Ще не введено")})
    columns = (
        Column("number", ("№ з/п",), Kind.ORDINAL, width=4),
        Column("title", ("Показники",), Kind.TEXT, width=26),
        Column("unit", ("Одиниця виміру",), Kind.TEXT, width=6),
        Column("source", ("Джерело інформації",), Kind.TEXT, width=14),
        *by_fund("approved", "Затверджено у паспорті", Kind.VALUE),
        *by_fund("actual", "Фактичні показники", Kind.VALUE),
        *deviations(Kind.VALUE),
    )
    rows = (group, cost, count, Row("average", Role.LINE, ruled), share, unknown)
    return Table("indicators", columns, rows, column_numbers=True)


def words(number: int, title: str, unit: str) -> dict[str, Value]:
    return {"number": number, "title": title, "unit": unit, "source": "розрахунок"}


def percent_table() -> Table:
    def line(key: str, plan: str, paid: str, percent: str | None) -> Row:
        cells = {
            "title": Cell(key),
            "paid_on": Cell(dt.date(2023, 12, 31)),
            "plan": Cell(Decimal(plan)),
            "paid": Cell(Decimal(paid)),
            "percent": Cell(None if percent is None else Decimal(percent)),
        }
        return Row(key, Role.LINE, cells)

    first, second = line("a", "3.00", "1.00", "33.33"), line("b", "0.00", "5.00", None)
    third = line("c", "100.00", "62.50", "62.50")
    keys = ("plan", "paid")
    part = total((first, second), keys, "Разом", Role.SUBTOTAL, "part")
    whole = total((first, second, third), keys, "Усього", Role.TOTAL, "total")
    part = with_percent(part, "200.00")
    whole = with_percent(whole, "66.50")
    columns = (
        Column("title", ("Захід",), Kind.TEXT, width=30),
        Column("paid_on", ("Дата",), Kind.DATE),
        Column("plan", ("Обсяг",), Kind.MONEY),
        Column("paid", ("Профінансовано",), Kind.MONEY),
        Column("percent", ("Відсоток виконання, %",), Kind.PERCENT, rule=PercentOf("paid", "plan")),
    )
    group = Row("task", Role.GROUP, {"title": Cell("Завдання 1")})
    next_group = Row("task-2", Role.GROUP, {"title": Cell("Завдання 2")})
    return Table("execution", columns, (group, first, second, part, next_group, third, whole))


def with_percent(item: Row, percent: str) -> Row:
    return Row(item.key, item.role, {**item.cells, "percent": Cell(Decimal(percent))})


def sample_document() -> Document:
    """One document with everything that renderers find hard."""
    code = Captioned("0217530", "(код бюджетної програми)")
    name = Captioned("Інші заходи у сфері зв’язку, телекомунікації", "(найменування)")
    goals = Table(
        "goals",
        (
            Column("number", ("№ з/п",), Kind.ORDINAL, width=4),
            Column("goal", ("Ціль державної політики",), Kind.TEXT, width=96),
        ),
        (
            Row(
                "goal-1",
                Role.LINE,
                {"number": Cell(1), "goal": Cell("@ціль, що починається зі знака")},
            ),
        ),
    )
    volume = (
        "Обсяг –",
        Decimal("1000195010.17"),
        "гривень, у тому числі –",
        Decimal("0.11"),
        "гривень.",
    )
    return Document(
        kind="passport-execution",
        edition="наказ № 836, редакція № 359",
        title="ЗВІТ про виконання паспорта бюджетної програми місцевого бюджету на 2023 рік",
        file_stem="2023-0217530-zvit",
        meta={"programme": "0217530", "year": 2023},
        approval=Approval(("ЗАТВЕРДЖЕНО", "Наказ від 31.12.2022 № 5")),
        sections=(
            Section("1", "", (Fields("programme", (code, name)),)),
            Section("2", "", (Amounts("volume", volume),)),
            Section("4", "Цілі державної політики", (goals,)),
            Section("7", "Видатки та напрями", ()),
            Section("7.1", "Аналіз розділу «Видатки»", (spending_table(),)),
            Section("9", "Результативні показники", (indicator_table(),)),
            Section("9.5", "Виконання", (percent_table(),)),
            Section("10", "Висновок", (Paragraph("conclusion", "Перший рядок.\nДругий рядок."),)),
            Section("11", "Примітки", (Paragraph("notes", ""),)),
        ),
        signatures=(
            Signature("Керуючий справами", "Ольга ПАШКО"),
            Signature("Головний бухгалтер", ""),
        ),
        footnotes=("* Зазначаються всі напрями.",),
        draft_mark="ПРОЄКТ",
    )
