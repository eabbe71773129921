from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.issuing import verifying
from reports.issuing.verifying import Answer, Examined
from reports.signing.trust import TrustRefused
from reports.signing.verification import LARGEST_UPLOAD


class Command(BaseCommand):
    help = (
        "Says of each file whether it is what was issued: genuine, superseded, changed, invalid, not checked, unsigned or unknown."
        " Exit status 0 only when every file is genuine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        answers = []
        for name in options["files"]:
            content = _content(name)
            try:
                found = verifying.by_file(content, Path(name).name)
            except OSError as error:
                raise CommandError(
                    f"A stored file of this report is not there: {error}."
                ) from error
            except TrustRefused as refusal:
                raise CommandError(refusal.text) from refusal
            answers.append(found.answer)
            for line in _told(name, found):
                self.stdout.write(line)
        if set(answers) != {Answer.GENUINE}:
            raise CommandError("Not every file is genuine.")


def _content(name: str) -> bytes:
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST_UPLOAD:
            raise CommandError(f"{name} is larger than {LARGEST_UPLOAD // 1024**2} MB.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Cannot read {name}: {error.strerror}.") from error


def _told(name: str, found: Examined) -> list[str]:
    report = f" ({found.report.name})" if found.report else ""
    lines = [f"{name}: {found.answer.value}{report}"]
    if found.current:
        lines.append(f"  current: {found.current.name}")
    for each in found.signatures:
        test = ", test signature" if each.signature.is_test else ""
        lines.append(f"  {each.signature.signer}: {each.verdict.value.replace('_', ' ')}{test}")
    lines += [f"  {line}" for line in (*found.notes, *found.differences)]
    return lines
