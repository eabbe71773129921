"""What lies beside a signature inside its CMS: certificates and revocation data."""

from dataclasses import dataclass

from asn1crypto import cms, x509

LIMIT = 30  # certificates and lists of one signature; a chain has three or four


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Certificates, and lists and answers on revocation (DER); none of them is believed for lying there."""

    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, data: cms.SignedData, *, revocations: tuple[bytes, ...] = ()) -> "Surroundings":
        """``revocations``: what lies beside the CMS, too (the security store of a PDF)."""
        found = tuple(
            x509.Certificate.load(choice.chosen.untag().dump())
            for choice in list(data["certificates"] or ())[:LIMIT]
            if choice.name == "certificate"
        )
        embedded = tuple(
            choice.chosen.untag().dump()
            for choice in list(data["crls"] or ())[:LIMIT]
            if choice.name == "certificate_list"
        )
        return cls(certificates=found, revocations=(*embedded, *revocations[:LIMIT]))

    def certificate_of(self, info: cms.SignerInfo) -> x509.Certificate | None:
        """Whose SignerInfo it is: by issuer and number, or by the identifier of the key."""
        sid = info["sid"]
        for one in self.certificates:
            if sid.name == "issuer_and_serial_number":
                number, issuer = sid.chosen["serial_number"].native, sid.chosen["issuer"]
                if one.serial_number == number and one.issuer == issuer:
                    return one
            elif one.key_identifier == sid.chosen.native:
                return one
        return None
