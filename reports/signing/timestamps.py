"""Timestamps (RFC 3161): asked of a service when signing, checked in a signature."""

import datetime as dt
import hashlib
import urllib.request
from dataclasses import dataclass

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from reports.signing import certificates, chain
from reports.signing.findings import Reason
from reports.signing.surroundings import Surroundings
from reports.signing.trust import Trust

LARGEST_ANSWER = 256 * 1024  # bytes
PATIENCE = 15  # seconds
NO_TIMESTAMP = "Не вдалося підписати: служба позначок часу не відповіла. Спробуйте ще раз."


@dataclass(frozen=True, slots=True)
class Stamp:
    """The proved time of a signature, or nothing, and what is to be said of the timestamp."""

    at: dt.datetime | None = None
    remarks: tuple[Reason, ...] = ()


class TimestampService(TimeStamper):
    """A service at an address; what it answers is checked as any timestamp is when the signature is verified."""

    def __init__(self, url: str) -> None:
        super().__init__()
        if not url.startswith(("https://", "http://")):
            raise ValueError("a timestamp service has an http address")
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        request = urllib.request.Request(  # noqa: S310 - the address is a setting, its scheme is checked
            self.url,
            data=req.dump(),
            headers={"Content-Type": "application/timestamp-query"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return tsp.TimeStampResp.load(answer.read(LARGEST_ANSWER))


class Unusable(Exception):
    """Why a timestamp proves no time."""


def check(info: cms.SignerInfo, *, trust: Trust, at: dt.datetime) -> Stamp:
    """The first timestamp of the signature that holds; the signature stands without one, so faults are remarks."""
    remarks: list[Reason] = []
    for one in info["unsigned_attrs"] or ():
        if one["type"].native == "signature_time_stamp_token":
            for token in one["values"]:
                try:
                    return Stamp(at=proved_time(token, info["signature"].native, trust, at))
                except Unusable as why:
                    remarks.append(ignored(str(why)))
                except Exception:  # whatever a library makes of bytes from outside
                    remarks.append(ignored("її не вдалося прочитати"))
    return Stamp(remarks=tuple(remarks[:1]))


def proved_time(
    token: cms.ContentInfo, signature: bytes, trust: Trust, at: dt.datetime
) -> dt.datetime:
    """Imprint of the signature, the timestamp's own signature, its time, then the chain of who made it.

    Raises Unusable with what is wrong.
    """
    data = token["content"]
    info = data["signer_infos"][0]
    content = data["encap_content_info"]["content"]
    stated: tsp.TSTInfo = content.parsed
    digest_name = refuse_algorithms(info, stated["message_imprint"])
    imprint = stated["message_imprint"]
    own_name = imprint["hash_algorithm"]["algorithm"].native
    if hashlib.new(own_name, signature).digest() != imprint["hashed_message"].native:
        raise Unusable("вона стоїть на іншому підписі")
    around = Surroundings.of(data)
    certificate = around.certificate_of(info)
    if certificate is None:
        raise Unusable("у ній немає сертифіката")
    digest = hashlib.new(digest_name, content.contents).digest()
    if validate_sig_integrity(info, certificate, "tst_info", digest) != (True, True):
        raise Unusable("її підпис неправильний")
    stamped_at: dt.datetime = stated["gen_time"].native
    if stamped_at > at + chain.CLOCKS_DIFFER:
        raise Unusable("її час ще не настав")
    checked = chain.check(
        certificate, around=around, trust=trust, moment=stamped_at, is_timestamping=True
    )
    if checked.problems:
        raise Unusable("того, хто її поставив, немає в довірчому списку або його ключ не діє")
    return stamped_at


def refuse_algorithms(info: cms.SignerInfo, imprint: tsp.MessageImprint) -> str:
    """The name of the digest under the timestamp's signature, where everything is strong and known."""
    own, of_imprint = info["digest_algorithm"]["algorithm"], imprint["hash_algorithm"]["algorithm"]
    signature = info["signature_algorithm"]["algorithm"]
    if certificates.is_national(own.dotted, of_imprint.dotted, signature.dotted):
        raise Unusable("вона за національним алгоритмом, який тут не перевіряється")
    if {own.native, of_imprint.native} - certificates.STRONG_DIGESTS:
        raise Unusable("її відбиток заслабкий")
    return str(own.native)


def ignored(why: str) -> Reason:
    text = f"Позначку часу не враховано: {why}. Підпис оцінено на час перевірки."
    return Reason("timestamp_ignored", text, is_remark=True)
