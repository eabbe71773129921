"""Результати аналізу ефективності бюджетної програми (document 6; letter of the Ministry of Finance 31-05110-14-5/27486).

The passport of order 836 does not tie its indicators to tasks, so the programme is scored as a whole.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from budgets.models import Passport
from budgets.numbers import print_number
from indicators import analysis
from indicators.analysis import Analysis, IndicatorIndex
from indicators.choices import Direction
from indicators.effectiveness import Doubt, Grade
from indicators.models import EffectivenessScale
from reports.documents.base import (
    Block,
    Cell,
    Column,
    Document,
    Kind,
    MeanRatio,
    Paragraph,
    Ratio,
    Role,
    Row,
    Section,
    Signature,
    Source,
    Standalone,
    Table,
)
from reports.documents.form import head_sections, number_column, text_column
from reports.models import EffectivenessReport, ExecutionReport

KIND = "effectiveness"
GRADES = {
    Grade.HIGH: "Висока ефективність",
    Grade.MEDIUM: "Середня ефективність",
    Grade.LOW: "Низька ефективність",
}
DOUBTS = {
    Doubt.PLAN_ZERO: "План 0: показник не враховано",
    Doubt.ACTUAL_MISSING: "Немає фактичного значення: показник не враховано",
    Doubt.NEGATIVE: "Від’ємне значення: показник не враховано",
    Doubt.ACTUAL_ZERO: "Факт 0, а менше — краще: i = 0",
}
_NO_CAUSES_NEEDED = "Ефективність не низька, аналіз причин не потрібен."


def build(passport: Passport) -> Document:
    """The score of the year, its working and the causes typed by people.

    Raises RuleViolation before the passport is approved, and without a scale for its year.
    """
    found = analysis.analyse(passport)
    score, revision = found.score, found.revision
    words = EffectivenessReport.objects.filter(passport=passport).first()
    report = (
        ExecutionReport.objects.filter(passport=passport).prefetch_related("signatories").first()
    )
    causes = words.causes if words else ""
    if not causes and score.grade not in {Grade.LOW, None}:
        causes = _NO_CAUSES_NEEDED
    return Document(
        kind=KIND,
        edition=found.scale.grounds,
        title=f"Результати аналізу ефективності бюджетної програми за {passport.year} рік",
        file_stem=f"{passport.year}-{passport.programme.code}-efektyvnist",
        meta={
            "programme": passport.programme.code,
            "year": passport.year,
            "revision": revision.number,
            "grade": score.grade or "",
            "compared": "yes" if score.is_compared else "no",
        },
        sections=(
            *head_sections(revision),
            Section("4", "Мета бюджетної програми", (Paragraph("purpose", revision.purpose),)),
            Section("5", "Аналіз бюджетної програми", (_result(found),)),
            Section(
                "6",
                "Поглиблений аналіз причин низької ефективності",
                (Paragraph("causes", causes),),
            ),
            *_working(found),
        ),
        signatures=tuple(Signature(row.position, row.name) for row in report.signatories.all())
        if report
        else (),
    )


def why_alone(found: Analysis) -> str:
    """Why there is no comparison with the year before; empty when there is one."""
    year = found.passport.year - 1
    if found.score.efficiency is None:
        return "немає показників ефективності, які можна порівняти"
    if found.last.passport is None:
        return f"паспорта за {year} рік немає"
    if found.last.efficiency is None:
        return f"за {year} рік немає затверджених показників ефективності, які можна порівняти"
    if not found.last.efficiency:
        return f"за {year} рік I(еф) дорівнює 0, на нього не ділять"
    return ""


def scale_words(found: Analysis) -> str:
    """Which of the two scales judged E, and the other one beside it."""
    constants = found.scale.constants
    full, alone = (_bounds(*constants.thresholds(compared=each)) for each in (True, False))
    if found.score.is_compared:
        used = f"Застосовано шкалу з порівнянням із минулим роком: {full}."
        other = f"Шкала без порівняння: {alone}."
    else:
        used = f"Застосовано шкалу без порівняння з минулим роком, бо {why_alone(found)}: {alone}."
        other = f"Шкала з порівнянням: {full}."
    return f"{used} {other} Підстава: {scale_name(found.scale)}."


def scale_name(scale: EffectivenessScale) -> str:
    end = f" до {scale.valid_to:%d.%m.%Y}" if scale.valid_to else ""
    return f"{scale.grounds}, шкала діє з {scale.valid_from:%d.%m.%Y}{end}"


def _bounds(high: Decimal, medium: Decimal) -> str:
    high_from, medium_from = print_number(high), print_number(medium)
    return f"висока від {high_from}, середня від {medium_from}, нижче — низька"


def _result(found: Analysis) -> Table:
    score = found.score
    points = (
        {} if score.grade is None else {score.grade.value: Cell(score.total, _of_working("7.4"))}
    )
    columns = (
        number_column(),
        text_column("title", "Назва завдання або програми", 48),
        *(
            Column(grade, ("Кількість нарахованих балів", name), Kind.VALUE, width=16)
            for grade, name in GRADES.items()
        ),
    )
    title = found.passport.programme.title
    return Table(
        "result",
        columns,
        (
            Row("programme", Role.LINE, {"number": Cell(1), "title": Cell(title), **points}),
            Row(
                "total",
                Role.TOTAL,
                {"title": Cell("Загальний результат оцінки програми"), **points},
                parts=("programme",),
            ),
        ),
    )


def _working(found: Analysis) -> Iterator[Section]:
    yield Section("7", "Розрахунок", (Paragraph("scale", scale_words(found)),))
    passport, score = found.passport, found.score
    for number, title, key, name, items, mean in (
        (
            "7.1",
            "Показники ефективності",
            "efficiency",
            "I(еф)",
            found.efficiency,
            score.efficiency,
        ),
        ("7.2", "Показники якості", "quality", "I(як)", found.quality, score.quality),
    ):
        table = _indexes(key, name, passport, items, mean=mean, factor=found.scale.factor)
        yield Section(number, f"{title}, {passport.year} рік", (table,))
    yield Section("7.3", f"Показники ефективності, {passport.year - 1} рік", (_last_year(found),))
    yield Section("7.4", "Оцінка", (_score(found),))


def _last_year(found: Analysis) -> Block:
    last = found.last
    if last.passport is None or not last.indexes:
        return Paragraph("last_year", f"Порівняння немає: {why_alone(found)}.")
    return _indexes(
        "last_year",
        "I(еф)",
        last.passport,
        last.indexes,
        mean=last.efficiency,
        factor=found.scale.factor,
    )


def _indexes(
    key: str,
    name: str,
    passport: Passport,
    items: Iterable[IndicatorIndex],
    *,
    mean: Decimal | None,
    factor: Decimal,
) -> Table:
    rows = [_index_row(passport, item) for item in items]
    counted = tuple(row.key for row in rows if row.value("index") is not None)
    rule = MeanRatio("numerator", "denominator", counted, factor)
    cells = {
        "title": Cell(f"{name}: середнє i × {print_number(factor, places=0, max_places=2)}"),
        "index": Cell(mean, Source("computed", f"показників: {len(counted)}"), rule),
        "warning": Cell("" if counted else "Немає показників, які можна порівняти"),
    }
    rows.append(Row("mean", Role.TOTAL, cells, parts=()))
    columns = (
        number_column(),
        text_column("title", "Показник", 36),
        text_column("unit", "Одиниця", 7),
        text_column("direction", "Що краще", 8),
        text_column("way", "Розрахунок", 10),
        Column("numerator", ("Чисельник",), Kind.VALUE, width=11),
        Column("denominator", ("Знаменник",), Kind.VALUE, width=11),
        Column("index", ("Індекс i",), Kind.VALUE, width=8),
        text_column("warning", "Застереження", 20),
    )
    return Table(key, columns, tuple(rows))


def _index_row(passport: Passport, item: IndicatorIndex) -> Row:
    indicator, found = item.figures.indicator, item.index
    less = indicator.direction == Direction.LESS
    plan, fact = (
        Source(
            "indicator",
            f"показник {indicator.number}, {passport.year} рік: {which}",
            (passport.pk, indicator.root_id),
        )
        for which in ("план", "факт")
    )
    rule = Ratio("numerator", "denominator") if found.is_counted else Standalone()
    cells = {
        "number": Cell(indicator.number),
        "title": Cell(indicator.title),
        "unit": Cell(indicator.unit_of_measure),
        "direction": Cell("менше" if less else "більше"),
        "way": Cell("план ÷ факт" if less else "факт ÷ план"),
        "numerator": Cell(found.numerator, plan if less else fact),
        "denominator": Cell(found.denominator, fact if less else plan),
        "index": Cell(found.value, Source("computed", "чисельник ÷ знаменник"), rule),
        "warning": Cell(DOUBTS[found.doubt] if found.doubt else ""),
    }
    return Row(f"indicator-{indicator.root_id}", Role.LINE, cells)


def _score(found: Analysis) -> Table:
    """I(еф), I(як), I1 with its points, and E: the sum of what is printed above it."""
    score, constants, year = found.score, found.scale.constants, found.passport.year
    if score.is_compared:
        points = (
            f"I1 від {print_number(constants.growth_full)}: {print_number(constants.points_full)};"
            f" від {print_number(constants.growth_part)}: {print_number(constants.points_part)};"
            f" нижче: {print_number(constants.points_below)}"
        )
    else:
        points = f"Не нараховано: {why_alone(found)}"
    rows = (
        _line("efficiency", "I(еф)", score.efficiency, "середній індекс показників ефективності"),
        _line("quality", "I(як)", score.quality, "середній індекс показників якості"),
        Row(
            "growth",
            Role.LINE,
            {
                "name": Cell("I1"),
                "note": Cell(f"I(еф) {year} року ÷ I(еф) {year - 1} року"),
                "numerator": Cell(
                    score.efficiency if score.is_compared else None, _of_working("7.1")
                ),
                "denominator": Cell(found.last.efficiency, _of_working("7.3")),
                "value": Cell(
                    score.growth,
                    rule=Ratio("numerator", "denominator") if score.is_compared else Standalone(),
                ),
            },
        ),
        _line("points", "Бали за I1", score.points, points),
        Row(
            "total",
            Role.TOTAL,
            {
                "name": Cell("E"),
                "note": Cell(
                    f"I(еф) + I(як) + бали за I1: {GRADES[score.grade].lower()}"
                    if score.grade
                    else "Оцінки немає: бракує I(еф) або I(як)"
                ),
                "value": Cell(score.total, Source("computed", "сума рядків")),
            },
            parts=("efficiency", "quality", "points"),
        ),
    )
    columns = (
        text_column("name", "Величина", 10),
        text_column("note", "Що це", 52),
        Column("numerator", ("Чисельник",), Kind.VALUE, width=12),
        Column("denominator", ("Знаменник",), Kind.VALUE, width=12),
        Column("value", ("Значення",), Kind.VALUE, width=12),
    )
    return Table("score", columns, rows)


def _line(key: str, name: str, value: Decimal | None, note: str) -> Row:
    cells = {"name": Cell(name), "note": Cell(note), "value": Cell(value, Source("computed", note))}
    return Row(key, Role.LINE, cells)


def _of_working(section: str) -> Source:
    return Source("computed", f"розділ {section}")
