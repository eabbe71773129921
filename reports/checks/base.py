"""What a check says. A check reads a document and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from reports.documents.base import Document


class Severity(StrEnum):
    ERROR = "error"  # the report cannot be issued
    WARNING = "warning"  # worth a look; does not stop


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` names the rule; ``table`` and ``row`` say where it was found."""

    code: str
    severity: Severity
    message: str
    table: str = ""
    row: str = ""


Check = Callable[[Document], Iterator[Finding]]
