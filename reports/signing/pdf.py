"""PAdES: signatures inside a PDF, each an update after the one before; baseline B, T with a timestamp, LT with revocation data."""

import datetime as dt
import io
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from reports.signing.chain import sort_revocations
from reports.signing.findings import SigningRefused
from reports.signing.keys import Key
from reports.signing.pdf_files import Reader, Writer, written
from reports.signing.timestamps import NO_TIMESTAMP
from reports.signing.trust import Trust
from reports.signing.waiting import finish

__all__ = ["SigningRefused", "count_signatures", "sign_pdf"]

DIGEST = "sha256"


class DatedSigner(PdfSigner):
    """A signer whose signatures tell the given time, not the clock's."""

    def __init__(self, *args: Any, at: dt.datetime, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.at = at

    def init_signing_session(self, *args: Any, **settings: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **settings)
        session.system_time = self.at
        return session


def sign_pdf(
    pdf: bytes,
    key: Key,
    *,
    reason: str,
    at: dt.datetime | None = None,
    timestamp_service: TimeStamper | None = None,
    revocation: Trust | None = None,
) -> bytes:
    """The PDF with one signature more; every byte of ``pdf`` stays.

    ``reason`` stands in the signature («Затверджую звіт …»). ``at`` is what the signature says of its time (now). With
    ``revocation`` the chain's certificates and the lists of revoked ones are put beside the signature, in an update of their
    own: together with a timestamp that is LT, and only as good as the lists are. The field is invisible and lies outside of the page: PDF/A
    wants it printable, PDF/UA wants an untagged one hidden or outside.

    Raises SigningRefused where the PDF cannot be read or the timestamp service does not answer.
    """
    try:
        signed = finish(_signed(pdf, key, reason, at or dt.datetime.now(dt.UTC), timestamp_service))
    except OSError as error:
        raise SigningRefused(NO_TIMESTAMP) from error
    except (PdfError, SigningError, ValueError) as error:
        raise SigningRefused("Не вдалося підписати: PDF не читається.") from error
    return with_revocation(signed, key, revocation) if revocation else signed


async def _signed(
    pdf: bytes, key: Key, reason: str, at: dt.datetime, timestamp_service: TimeStamper | None
) -> bytes:
    writer = Writer(pdf)
    field = f"Signature{len(list(fields.enumerate_sig_fields(writer))) + 1}"
    spec = fields.SigFieldSpec(
        field, invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True)
    )
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=DIGEST,
        reason=reason,
        name=key.signer.name,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    signer = DatedSigner(
        meta, key.for_pyhanko(), at=at, timestamper=timestamp_service, new_field_spec=spec
    )
    output = io.BytesIO()
    await signer.async_sign_pdf(writer, output=output)
    return output.getvalue()


def with_revocation(pdf: bytes, key: Key, trust: Trust) -> bytes:
    """The certificates of the chain and the revocation data, in the security store of the document (DSS)."""
    lists, answers = sort_revocations(trust.revocations)
    writer = Writer(pdf)
    certificates = (*key.others, *trust.intermediates)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        sig_contents=None,  # no entry for the one signature: the store serves all of them
        certs=[x509.Certificate.load(one) for one in certificates],
        crls=lists,
        ocsps=answers,
    )
    return written(writer)


def count_signatures(pdf: bytes) -> int:
    """How many signatures the PDF carries, valid or not; a file cut back to an earlier revision has fewer than were made."""
    return len(Reader(pdf).embedded_regular_signatures)
