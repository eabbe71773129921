"""What an explanation claims, found by its words: everything done, nothing done, nothing spent.

One table of patterns for every report. Word order is free, a claim does not cross a comma or a full stop, and «не»
before or inside it takes it back: «не повністю виконано» claims nothing. Only what contradicts a figure is a finding,
and only a warning: words are many.
"""

import re

_CLAUSE = re.compile(r"[.;,!?\n]|\b(?:але|проте|однак)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}")

_DONE = r"(?:викона|зробле|освоє|використа|профінансова|реалізова|заверше|витраче)н(?:о|ий|а|е|і)\b"
_WHOLE = r"(?:(?:повністю|цілком|сповна)\b|[ву] повн(?:ому обсязі|ій мірі)\b|на (?:всі |усі )?100\s?(?:%|відсотк\w+))"
_ALL = r"\b(?:[ву]сі|[ву]весь|[ву]ся)\b"
_BETWEEN = r"(?:\s+\w+){0,3}\s+"

FULL = (
    rf"{_WHOLE}{_BETWEEN}{_DONE}",
    rf"\b{_DONE}{_BETWEEN}{_WHOLE}",
    rf"{_ALL}{_BETWEEN}{_DONE}",
    rf"\b{_DONE}{_BETWEEN}{_ALL}",
)
"""Taken back by «не»."""
NO_DEVIATION = (
    r"(?:розбіжност|відхилен)\w+(?:\s+\w+)?\s+(?:відсутн\w*|нема\w*|не було|не виявлено)",
    r"\b(?:немає?|без|не було|не виявлено)(?:\s+\w+)?\s+(?:розбіжност|відхилен)\w+",
)
NOTHING_DONE = (
    r"не\s+(?:було\s+)?викон(?:ано|ан[аіий]+|увал\w*|увався)",
    r"не\s+(?:було\s+)?(?:розпочат|освоєн|зроблен|реалізован|проведен)\w*",
    r"нічого\s+не\s+\w+",
    r"не\s+(?:проводи|здійснюва|розпочина|почина|надава)[лв]\w*",
)
NOTHING_SPENT = (
    r"(?:видатк|кошт|фінансуванн|витрат|платеж|оплат)\w*(?:\s+\w+){0,4}?\s+(?:не\s+(?:було|використ|викорис|витрач|здійсн|осво|провод|надход|надійш|виділ|сплач|перерах)\w*|відсутн\w*|нема\w*)",
    r"\b(?:не було|немає?|без|за відсутності|відсутність|відсутнє)\s+(?:видатків|коштів|кошти|фінансування|витрат|платежів|оплати?)\b",
    r"не\s+(?:витрача|фінансува|сплачува|оплачува)[лв]\w*",
    r"не\s+(?:було\s+)?(?:витрачен|профінансован|сплачен|оплачен)\w*",
)
_OF_A_PART = re.compile(
    rf"{_WHOLE}|{_ALL}|залиш|решт|економ|частин|частков|додатков|спеціальн|загальн|інш", re.IGNORECASE
)  # fmt: skip
"""Words by which «кошти не витрачено» speaks of a part: of the rest, of one fund, of not all."""


def explains(text: object) -> bool:
    """A full stop or a dash is no explanation: it has a word of four letters at least."""
    return _WORD.search(str(text or "")) is not None


def fully_done(text: str) -> str:
    """The words that claim everything was done or spent, or that nothing deviates; else nothing."""
    return _claim(text, FULL, is_taken_back=True) or _claim(text, NO_DEVIATION)


def nothing_done(text: str) -> str:
    return _claim(text, NOTHING_DONE)


def nothing_spent(text: str) -> str:
    for clause in _CLAUSE.split(text):
        if not _OF_A_PART.search(clause) and (claim := _claim(clause, NOTHING_SPENT)):
            return claim
    return ""


def _claim(text: str, patterns: tuple[str, ...], *, is_taken_back: bool = False) -> str:
    for clause in _CLAUSE.split(text):
        for pattern in patterns:
            for match in re.finditer(pattern, clause, re.IGNORECASE):
                around = [*clause[: match.start()].casefold().split()[-2:], *match[0].casefold().split()]  # fmt: skip
                if not (is_taken_back and "не" in around):
                    return match[0].strip()
    return ""
