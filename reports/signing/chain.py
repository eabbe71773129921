"""From a certificate up to somebody we believe, as of a moment, with what is known of revocation."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from reports.signing import certificates
from reports.signing.findings import Reason
from reports.signing.surroundings import Surroundings
from reports.signing.trust import Trust, fingerprint
from reports.signing.waiting import finish

# What it finds is said in the finding; the log is no place for tracebacks that strangers can order.
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

OWN_STATUS = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
    intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
)
CLOCKS_DIFFER = dt.timedelta(minutes=5)
LONG_AGO = dt.timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Chain:
    """``problems`` make a signature invalid, ``remarks`` do not; ``path`` goes from the root to the certificate."""

    problems: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
    path: tuple[x509.Certificate, ...] = ()
    is_test: bool = False
    is_revocation_known: bool = False


def check(
    certificate: x509.Certificate,
    *,
    around: Surroundings,
    trust: Trust,
    moment: dt.datetime,
    is_timestamping: bool = False,
) -> Chain:
    """Period, strength and usage of the certificate, its way to a root, then revocation of each certificate on it."""
    own = [*period_problems(certificate, moment), *fitness_problems(certificate, is_timestamping)]
    try:
        path = find_path(certificate, around, trust, moment, is_timestamping)
    except PathBuildingError:
        return Chain(problems=(*own, unknown_issuer(certificate)))
    except (ExpiredError, NotYetValidError) as error:
        above = not own
        return Chain(problems=(*own, *([authority_period(error)] if above else [])))
    except DisallowedAlgorithmError:
        weak = [] if any(one.code == "weak_algorithm" for one in own) else [weak_authority()]
        return Chain(problems=(*own, *weak))
    except ValidationError as error:
        return Chain(problems=(*own, broken_chain(error)))
    chained = tuple(path.iter_certs(include_root=True))
    problems, remarks = [], []
    for one in chained[1:]:
        fault, remark = revocation(one, around, trust, moment, is_timestamping)
        problems += fault
        remarks += remark
    return Chain(
        problems=(*own, *problems),
        remarks=tuple(remarks[:1]),
        path=chained,
        is_test=fingerprint(chained[0].dump()) in trust.test_roots,
        is_revocation_known=not remarks and not problems,
    )


def has_own_evidence(
    chain: Chain, *, around: Surroundings, trust: Trust, moment: dt.datetime
) -> bool:
    """Whether what the signature itself carries proves that nothing on the chain was revoked."""
    bare = Trust(roots=trust.roots, timestamp_roots=trust.timestamp_roots, intermediates=trust.intermediates)  # fmt: skip
    found = [revocation(one, around, bare, moment, False) for one in chain.path[1:]]
    return bool(found) and not any(faults or remarks for faults, remarks in found)


# One certificate


def period_problems(certificate: x509.Certificate, moment: dt.datetime) -> Iterable[Reason]:
    if moment > certificate.not_valid_after:
        yield Reason(
            "expired",
            f"Сертифікат підписувача прострочений: діяв до {certificate.not_valid_after:%d.%m.%Y %H:%M} UTC, а підпис оцінено на"
            f" {moment:%d.%m.%Y %H:%M} UTC. Підпишіть документ чинним ключем.",
        )
    if moment < certificate.not_valid_before:
        yield Reason(
            "not_yet_valid",
            f"Сертифікат підписувача ще не діяв: починається {certificate.not_valid_before:%d.%m.%Y %H:%M} UTC, а підпис оцінено на"
            f" {moment:%d.%m.%Y %H:%M} UTC. Підпишіть документ чинним ключем.",
        )


def fitness_problems(certificate: x509.Certificate, is_timestamping: bool) -> Iterable[Reason]:
    if weakness := certificates.weakness(certificate):
        yield Reason(
            "weak_algorithm",
            f"Сертифікат підписувача заслабкий: {weakness}. Підпишіть документ сучасним ключем (RSA від 2048 бітів, ECDSA).",
        )
    usages = certificate.key_usage_value.native if certificate.key_usage_value else None
    if usages is not None and not usages & {"digital_signature", "non_repudiation"}:
        yield Reason(
            "wrong_usage",
            "Сертифікат не призначений для підпису (шифрування чи інше). Оберіть ключ підпису.",
        )
    extended = certificate.extended_key_usage_value
    purposes = extended.native if extended else []
    if is_timestamping and "time_stamping" not in purposes:
        yield Reason("wrong_usage", "Сертифікат не призначений для позначок часу.")
    if not is_timestamping and purposes == ["time_stamping"]:
        yield Reason(
            "wrong_usage",
            "Сертифікат призначений лише для позначок часу. Оберіть ключ підпису.",
        )


# The way up


def context(
    trust: Trust, around: Surroundings, moment: dt.datetime, policy: RevocationCheckingPolicy,
    *, is_timestamping: bool = False, tolerance: dt.timedelta = CLOCKS_DIFFER,
) -> ValidationContext:  # fmt: skip
    roots = (*trust.roots, *(trust.timestamp_roots if is_timestamping else ()))
    lists, answers = sort_revocations((*trust.revocations, *around.revocations))
    return ValidationContext(
        trust_roots=[x509.Certificate.load(one) for one in roots],
        other_certs=[*around.certificates, *map(x509.Certificate.load, trust.intermediates)],
        moment=moment,
        allow_fetching=False,
        crls=lists,
        ocsps=answers,
        revinfo_policy=CertRevTrustPolicy(
            revocation_checking_policy=policy,
            retroactive_revinfo=True,  # a later list knows more of an earlier moment, not less
        ),
        algorithm_usage_policy=DisallowWeakAlgorithmsPolicy(),
        time_tolerance=tolerance,
    )


def find_path(
    certificate: x509.Certificate,
    around: Surroundings,
    trust: Trust,
    moment: dt.datetime,
    is_timestamping: bool,
) -> ValidationPath:
    settings = context(trust, around, moment, NO_REVOCATION, is_timestamping=is_timestamping)
    return finish(
        CertificateValidator(certificate, validation_context=settings).async_validate_path()
    )


def revocation(
    certificate: x509.Certificate,
    around: Surroundings,
    trust: Trust,
    moment: dt.datetime,
    is_timestamping: bool,
) -> tuple[list[Reason], list[Reason]]:
    """Problems and remarks of one certificate.

    Each is asked for alone: a list that is missing for one authority shall not hide that the next certificate is revoked. A list
    past its day proves no longer that a certificate is good, and still that it is revoked.
    """
    faults: list[Reason] = []
    remarks: list[Reason] = []
    for tolerance in (CLOCKS_DIFFER, LONG_AGO):
        settings = context(
            trust, around, moment, OWN_STATUS, is_timestamping=is_timestamping, tolerance=tolerance
        )
        try:
            finish(
                CertificateValidator(certificate, validation_context=settings).async_validate_path()
            )
            break
        except RevokedError as error:
            faults.append(revoked(certificate, error))
            break
        except InsufficientRevinfoError:
            remarks = [unknown_revocation()]
        except ValidationError as error:
            faults.append(broken_chain(error))
            break
    return faults, remarks


def sort_revocations(
    data: Iterable[bytes],
) -> tuple[list[crl.CertificateList], list[ocsp.OCSPResponse]]:
    lists, answers = [], []
    for one in data:
        try:
            read = crl.CertificateList.load(one, strict=True)
            read["tbs_cert_list"]["issuer"].native  # noqa: B018 - parsed when asked
            lists.append(read)
        except (ValueError, TypeError):
            try:
                answers.append(ocsp.OCSPResponse.load(one, strict=True))
            except (ValueError, TypeError):
                continue  # what cannot be read proves nothing, and its absence is said
    return lists, answers


# Words


def unknown_issuer(certificate: x509.Certificate) -> Reason:
    return Reason(
        "untrusted",
        f"Сертифікат видав «{certificates.called(certificate.issuer)}», якого немає в довірчому списку. Підпишіть ключем"
        " кваліфікованого надавача або оновіть довірчий список.",
    )


def authority_period(error: ExpiredError | NotYetValidError) -> Reason:
    word = "прострочений" if isinstance(error, ExpiredError) else "ще не діє"
    return Reason("authority_period", f"Сертифікат центру, що видав ключ, {word} на час підпису.")


def weak_authority() -> Reason:
    return Reason(
        "weak_algorithm",
        "У ланцюжку сертифікатів є заслабкий алгоритм (SHA-1, MD5 або RSA менше 2048 бітів).",
    )


def broken_chain(error: Exception) -> Reason:
    return Reason(
        "broken_chain",
        f"Ланцюжок сертифікатів не складається: {error}. Зверніться до надавача, що видав ключ.",
    )


def revoked(certificate: x509.Certificate, error: RevokedError) -> Reason:
    when = f" {error.revocation_dt:%d.%m.%Y %H:%M} UTC" if error.revocation_dt else ""
    return Reason(
        "revoked",
        f"Сертифікат «{certificates.called(certificate.subject)}» скасовано{when}. Підпис після скасування не має сили.",
    )


def unknown_revocation() -> Reason:
    return Reason(
        "revocation_unknown",
        "Чи не скасовано сертифікат, не перевірено: немає свіжого списку скасованих (CRL) або відповіді OCSP."
        " Для певності перевірте підпис на czo.gov.ua.",
        is_remark=True,
    )
