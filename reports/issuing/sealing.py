"""The institution's electronic seal: a key file that the settings name, which signs last and by itself."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from reports.models import IssuedSigner
from reports.signing.keys import Key, KeyRefused, read_key

POSITION = "Електронна печатка"


def seal() -> Key | None:
    """The seal, read anew each time and kept nowhere; None while the settings name none. Refused when it cannot be used."""
    if not settings.SEAL:
        return None
    try:
        return read_key(Path(settings.SEAL).read_bytes(), settings.SEAL_PASSWORD, at=timezone.now())
    except KeyRefused as refusal:
        raise RuleViolation(
            _("Печаткою установи не можна скористатися. %(why)s Зверніться до адміністратора.")
            % {"why": refusal.text}
        ) from refusal
    except OSError as error:
        raise RuleViolation(
            _("Файла печатки установи немає. Зверніться до адміністратора.")
        ) from error


def is_seal(signer: IssuedSigner | None) -> bool:
    """Whether it is the turn of the seal."""
    return signer is not None and signer.position == POSITION
