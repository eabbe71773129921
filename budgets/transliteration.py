"""Ukrainian words in Latin letters, by the table of the Cabinet's resolution № 55 of 27.01.2010."""

import re
from itertools import pairwise

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
    "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ю": "iu", "я": "ia", "ь": "",
}  # fmt: skip
_FIRST_LETTERS = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}  # at the start of a word
_APOSTROPHES = re.compile("(?<=\\w)['’ʼ`](?=\\w)")
_NOT_IN_ADDRESS = re.compile(r"[^a-z0-9]+")


def latin(text: str) -> str:
    """``text`` in small Latin letters: «Згурський, Яготин» → «zghurskyi, yahotyn». What is no Ukrainian letter stays."""
    letters = _APOSTROPHES.sub("", text.lower())
    return "".join(_letter(before, letter) for before, letter in pairwise(f" {letters}"))


def address(text: str, *, most: int) -> str:
    """Words of a title fit for a web address, whole words up to ``most`` characters; empty when none is left."""
    words = _NOT_IN_ADDRESS.sub("-", latin(text)).strip("-")
    if len(words) <= most:
        return words
    whole, _dash, _cut = words[: most + 1].rpartition("-")
    return whole or words[:most]


def _letter(before: str, letter: str) -> str:
    if before == "з" and letter == "г":
        return "gh"  # зг is zgh, so that it is not taken for ж
    if not before.isalpha() and letter in _FIRST_LETTERS:
        return _FIRST_LETTERS[letter]
    return _LETTERS.get(letter, letter)
