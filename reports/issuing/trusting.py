"""Whom this site believes: what its settings name, and in the sample set-up its own test authority."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from budgets.services import record
from reports.models import SampleAuthority
from reports.signing import national, trust, trust_list
from reports.signing.authority import TestAuthority
from reports.signing.national import NationalLibrary
from reports.signing.trust import Trust, TrustRefused, fingerprint


def current() -> Trust:
    """Raises TrustRefused when what the settings name cannot be believed itself."""
    believed = Trust()
    try:
        if settings.TRUST_FOLDER:
            believed |= trust.load_folder(Path(settings.TRUST_FOLDER))
        if settings.TRUST_LIST:
            signers = [Path(path).read_bytes() for path in settings.TRUST_LIST_SIGNERS]
            xml = Path(settings.TRUST_LIST).read_bytes()
            believed |= trust_list.load_list(xml, signers=signers, at=timezone.now())
    except OSError as error:
        raise TrustRefused(
            f"Довірчий список не читається: {error.filename}. Зверніться до адміністратора."
        ) from error
    if settings.SAMPLE:
        for authority in SampleAuthority.objects.all():
            believed |= _trust_in(authority.kept)
    return believed


@cache
def national_library(path: str) -> NationalLibrary | None:
    """What judges national algorithms; loaded once for the process."""
    return national.load(path) if path else None


def sample_authority() -> TestAuthority:
    """The newest authority whose keys this site can open, or a new one: a restored site has another secret."""
    for kept in SampleAuthority.objects.order_by("-pk").values_list("kept", flat=True):
        try:
            return TestAuthority.load(kept.encode(), _password())
        except ValueError:
            continue
    made = TestAuthority.create()
    with record.event("signatures.sample_authority"):
        SampleAuthority.objects.create(kept=made.save(_password()).decode())
    return made


def _trust_in(kept: str) -> Trust:
    """Only what is public in it is read."""
    told = json.loads(kept)
    (root,) = trust.blocks(told["root"].encode())
    return Trust(
        roots=(root,),
        intermediates=tuple(trust.blocks(told["issuing"].encode())),
        test_roots=frozenset({fingerprint(root)}),
        source="тестовий центр зразка",
    )


def _password() -> str:
    return sha256(f"sample authority {settings.SECRET_KEY}".encode()).hexdigest()
