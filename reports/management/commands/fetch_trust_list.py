import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.signing import trust_list
from reports.signing.trust import TrustRefused

PATIENCE = 60  # seconds


class Command(BaseCommand):
    help = (
        "Fetches the state's trust list and puts it where EPROGRAM_TRUST_LIST says, once its own signature holds; a list that"
        " cannot be believed changes nothing. For a timer: a list past its next update is refused by the site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "address", metavar="ADDRESS", help="https://… of the list (ETSI TS 119 612, XML)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.TRUST_LIST or not settings.TRUST_LIST_SIGNERS:
            raise CommandError(
                "Name the file and who may sign it: EPROGRAM_TRUST_LIST, EPROGRAM_TRUST_LIST_SIGNERS."
            )
        content = _fetched(options["address"])
        try:
            signers = [Path(path).read_bytes() for path in settings.TRUST_LIST_SIGNERS]
            found = trust_list.load_list(content, signers=signers, at=timezone.now())
            _replace(Path(settings.TRUST_LIST), content)
        except TrustRefused as refusal:
            raise CommandError(f"Not believed, nothing was changed. {refusal.text}") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(
            f"{found.source}: {len(found.roots)} issuers, {len(found.timestamp_roots)} timestamp services,"
            f" next update {found.next_update_at:%Y-%m-%d}."
        )


def _fetched(address: str) -> bytes:
    """The list; over HTTPS only, and no larger than a list may be."""
    if not address.startswith("https://"):
        raise CommandError("The address must begin with https://.")
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - HTTPS, above
            content: bytes = answer.read(trust_list.LARGEST_LIST + 1)
    except OSError as error:
        raise CommandError(f"The list cannot be fetched: {error}.") from error
    if len(content) > trust_list.LARGEST_LIST:
        raise CommandError(f"The list is larger than {trust_list.LARGEST_LIST // 1024**2} MB.")
    return content


def _replace(path: Path, content: bytes) -> None:
    """In one step: whoever reads meanwhile finds the old list or the new one."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
