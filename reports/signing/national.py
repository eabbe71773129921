"""National algorithms (ДСТУ 4145 with ДСТУ 7564 or ГОСТ 34.311): a library that is installed, or an honest «не перевірено».

pyHanko knows none of them. UAPKI, a C library under the BSD licence, does; it is asked through its two functions that take and give
JSON. It is never asked for the validation type STRUCT: that one calls a signature from an unknown root valid.
"""

import ctypes
import json
import logging
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable
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
    def judge(
        self, signature: bytes, index: int, content: bytes, *, certificate: bytes, trust: Trust
    ) -> Judgement:
        """Signature ``index`` of a CMS (DER) over ``content``: digest, signature, chain to a root of ``trust``.

        ``certificate`` (DER) is the one the signature names; a judgement of another one is none. Its period is judged by the caller.
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
    """The library answered with an error (its number in ``code``), or not as its description says."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


VERIFY_FAILED = (
    3  # the value of a signature is wrong; other faults of a signature are told in the answer
)


class Uapki:
    """UAPKI 2: one state for the process, so one call at a time.

    It keeps every certificate it has seen and believes the first of one issuer and number, so it is started anew for each signature: an upload
    with a falsified certificate would otherwise spoil what comes after it.
    """

    def __init__(self, library: Any, *, is_online: bool = False) -> None:
        self._process, self._free = library.process, library.json_free
        self._process.argtypes, self._process.restype = [ctypes.c_char_p], ctypes.c_void_p
        self._free.argtypes, self._free.restype = [ctypes.c_void_p], None
        self._lock = threading.Lock()
        self.is_online = is_online
        self.call("INIT", offline=True)  # with the library's test of itself, once
        self.call("DEINIT")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The ``result`` of a method.

        Raises NationalFailure.
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
        code = answer.get("errorCode")
        if code != 0:
            raise NationalFailure(f"{method}: {code} {answer.get('error', '')}".strip(), code or 0)
        result: dict[str, Any] = answer.get("result") or {}
        return result

    def start(self, trust: Trust) -> None:
        self.call(
            "INIT",
            certCache={"trustedCerts": encoded(trust.roots)},
            offline=not self.is_online,
            skipSelfTest=True,
        )
        if between := (*trust.intermediates, *trust.timestamp_roots):
            self.call("ADD_CERT", certificates=encoded(between))

    def judge(
        self, signature: bytes, index: int, content: bytes, *, certificate: bytes, trust: Trust
    ) -> Judgement:
        options = {
            "validationType": "FULL" if self.is_online else "CHAIN",
            "verifySignerInfoIndex": index,
        }
        (whole, signed) = encoded((signature, content))
        with self._lock:
            try:
                self.start(trust)
                try:
                    answer = self.call(
                        "VERIFY", signature={"bytes": whole, "content": signed}, options=options
                    )
                    return self.read(answer, index, certificate)
                finally:
                    self.call("DEINIT")
            except NationalFailure as error:
                if error.code == VERIFY_FAILED:
                    return Judgement(Verdict.INVALID, (broken(),))
                return Judgement(Verdict.NOT_CHECKED, (failed(str(error)),))

    def read(self, answer: dict[str, Any], index: int, certificate: bytes) -> Judgement:
        found = answer.get("signatureInfos") or []
        if not found:
            raise NationalFailure("у відповіді немає підпису")
        # With one index asked for, the library answers with that signature alone.
        info = found[index if len(found) > index else 0]
        used = self.call("GET_CERT", certId=info.get("signerCertId", ""))
        if b64decode(used.get("bytes", "")) != certificate:
            raise NationalFailure("сертифікат у файлі не той, за яким перевірено")
        return read(info)


def encoded(data: Iterable[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in data]


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
