"""The decision itself as PDF: what came from a person's disk is judged by its content."""

from django.core.files import File
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation

MAX_SIZE = 20 * 1024 * 1024
_BEGINNING = b"%PDF-"


def expect_pdf(file: File) -> None:
    """Refuse what is empty, too large, or no PDF whatever its name says."""
    if not file.size:
        raise RuleViolation(_("Файл порожній. Оберіть рішення у форматі PDF."))
    if file.size > MAX_SIZE:
        raise RuleViolation(
            _("Файл більший за %(limit)s МБ. Стисніть PDF або відскануйте з меншою роздільністю.")
            % {"limit": MAX_SIZE // 1024**2}
        )
    file.seek(0)
    beginning = file.read(len(_BEGINNING))
    file.seek(0)
    if beginning != _BEGINNING:
        raise RuleViolation(_("Це не файл PDF. Збережіть рішення як PDF і додайте його ще раз."))
