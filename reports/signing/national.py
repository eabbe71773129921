"""National algorithms (ДСТУ 4145 with ДСТУ 7564 or ГОСТ 34.311): a library that is installed, or an honest «не перевірено».

pyHanko knows none of them. UAPKI, a C library under the BSD licence, does; it is asked through its two functions that take and give
JSON. It is never asked for the validation type STRUCT: that one calls a signature from an unknown root valid.
"""

import ctypes
import json
import logging
import threading
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reports.signing.findings import Reason, Verdict
from reports.signing.trust import Trust

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the library says of one signature; ``has_revocation``: it found the certificates not revoked."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    has_revocation: bool = False


class NationalLibrary(Protocol):
    def judge(self, signature: bytes, index: int, content: bytes, *, trust: Trust) -> Judgement:
        """Signature ``index`` of a CMS (DER) over ``content``: digest, signature, chain to a root of ``trust``.

        The period of the certificate is judged by the caller.
        """


def load(path: str, *, is_online: bool = False) -> NationalLibrary | None:
    """UAPKI in the file ``path``; nothing where the setting is empty or the file cannot be loaded, which is logged.

    ``is_online`` lets the library ask addresses that stand in certificates for lists of revoked ones: addresses that strangers choose.
    """
    if not path:
        return None
    if not Path(path).is_file():
        log.warning("The library for national signatures is not there: %r", path)
        return None
    try:
        return Uapki(ctypes.CDLL(path), is_online=is_online)
    except (OSError, AttributeError, NationalFailure) as error:
        log.warning("The library for national signatures does not work: %r", str(error))
        return None


class NationalFailure(Exception):
    """The library did not answer as its description says."""


class Uapki:
    """UAPKI 2: one state for the process, so one call at a time; it is started anew when other roots are trusted."""

    def __init__(self, library: Any, *, is_online: bool = False) -> None:
        self._process, self._free = library.process, library.json_free
        self._process.argtypes, self._process.restype = [ctypes.c_char_p], ctypes.c_void_p
        self._free.argtypes, self._free.restype = [ctypes.c_void_p], None
        self._lock = threading.Lock()
        self._roots: tuple[bytes, ...] | None = None
        self.is_online = is_online
        self.call("VERSION")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The ``result`` of a method.

        Raises NationalFailure with the library's number where it answers with an error.
        """
        asked = json.dumps({"method": method, "parameters": parameters}).encode()
        pointer = self._process(asked)
        if not pointer:
            raise NationalFailure(f"{method}: no answer")
        try:
            answer = json.loads(ctypes.string_at(pointer))
        except ValueError as error:
            raise NationalFailure(f"{method}: no JSON") from error
        finally:
            self._free(pointer)
        if answer.get("errorCode") != 0:
            raise NationalFailure(f"{method}: {answer.get('errorCode')}")
        result: dict[str, Any] = answer.get("result") or {}
        return result

    def trust(self, roots: tuple[bytes, ...], between: tuple[bytes, ...]) -> None:
        if self._roots == roots + between:
            return
        if self._roots is not None:
            self.call("DEINIT")
            self._roots = None
        self.call(
            "INIT",
            certCache={"trustedCerts": [b64encode(one).decode() for one in roots]},
            offline=not self.is_online,
        )
        if between:
            self.call("ADD_CERT", certificates=[b64encode(one).decode() for one in between])
        self._roots = roots + between

    def judge(self, signature: bytes, index: int, content: bytes, *, trust: Trust) -> Judgement:
        options = {
            "validationType": "FULL" if self.is_online else "CHAIN",
            "verifySignerInfoIndex": index,
        }
        data = {
            "bytes": b64encode(signature).decode(),
            "content": b64encode(content).decode(),
        }
        with self._lock:
            try:
                self.trust(trust.roots, trust.intermediates)
                answer = self.call("VERIFY", signature=data, options=options)
            except NationalFailure as error:
                return Judgement(Verdict.NOT_CHECKED, (failed(str(error)),))
        found = answer.get("signatureInfos") or []
        if not found:
            return Judgement(Verdict.NOT_CHECKED, (failed("no signature in the answer"),))
        # With one index asked for, the library answers with that signature alone.
        return read(found[index if len(found) > index else 0])


GOOD = frozenset({"VALID"})
BAD = frozenset({"INVALID", "FAILED"})


def read(info: dict[str, Any]) -> Judgement:
    """Wrong where one thing is wrong; not checked where one thing is unknown; valid only where each is said to be."""
    problems: list[Reason] = []
    unknown: list[str] = []
    for status, problem in (
        (info.get("statusMessageDigest"), other_content()),
        (info.get("statusSignature"), broken()),
        # An attribute that older signatures do not have
        (info.get("statusEssCert", "NOT PRESENT").replace("NOT PRESENT", "VALID"), broken()),
    ):
        if status in BAD:
            problems.append(problem)
        elif status not in GOOD:
            unknown.append(str(status))
    chain = info.get("certificateChain") or []
    if any(one.get("statusSignature") in BAD for one in chain):
        problems.append(broken_chain())
    elif not chain or not any(one.get("trusted") for one in chain):
        problems.append(untrusted())
    revocation = [status for one in chain for status in revocation_statuses(one)]
    if "REVOKED" in revocation:
        problems.append(revoked())
    if problems:
        return Judgement(Verdict.INVALID, tuple(problems))
    if unknown:
        return Judgement(Verdict.NOT_CHECKED, (failed(", ".join(unknown)),))
    return Judgement(Verdict.VALID, has_revocation=info.get("status") == "TOTAL-VALID" and "GOOD" in revocation)  # fmt: skip


def revocation_statuses(link: dict[str, Any]) -> list[str]:
    found = [link.get(kind) or {} for kind in ("validateByCRL", "validateByOCSP")]
    return [str(one.get("status", "")) for one in found]


# Words


def not_checked() -> Reason:
    return Reason(
        "national_algorithm",
        "Підпис за національним алгоритмом (ДСТУ 4145) тут не перевірено: бібліотеку перевірки не встановлено. Перевірте файл на"
        " czo.gov.ua (розділ «Перевірити підпис») і збережіть протокол.",
    )


def failed(detail: str) -> Reason:
    return Reason(
        "national_failed",
        f"Бібліотека перевірки національних підписів не дала відповіді ({detail}). Перевірте файл на czo.gov.ua і збережіть протокол.",
    )


def other_content() -> Reason:
    return Reason(
        "changed",
        "Файл змінено після підписання: відбиток не збігається. Візьміть незмінений файл або підпишіть документ заново.",
    )


def broken() -> Reason:
    return Reason(
        "broken_signature",
        "Підпис не відповідає ключу сертифіката: його підроблено або пошкоджено.",
    )


def broken_chain() -> Reason:
    return Reason("broken_chain", "Ланцюжок сертифікатів не складається: підпис на одному з них неправильний.")  # fmt: skip


def untrusted() -> Reason:
    return Reason(
        "untrusted",
        "Сертифікат не веде до жодного центру з довірчого списку. Підпишіть ключем кваліфікованого надавача або оновіть список.",
    )


def revoked() -> Reason:
    return Reason("revoked", "Сертифікат скасовано. Підпис після скасування не має сили.")
