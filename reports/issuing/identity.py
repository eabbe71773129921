"""Is who signed who was to sign: by РНОКПП where the account has one, otherwise by name."""

import re

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from budgets import permissions
from budgets.models import Membership
from budgets.permissions import Action
from reports.issuing import sealing
from reports.models import IssuedReport, IssuedSigner
from reports.signing.findings import Signer

_APOSTROPHES = re.compile("[’ʼ`′]")
_PROVIDER = "id_gov_ua"  # its identities are РНОКПП


def words(name: str) -> frozenset[str]:
    """A name as its words, however they are ordered and written: «Ольга ПАШКО», «Пашко Ольга Іванівна»."""
    return frozenset(_APOSTROPHES.sub("'", name).casefold().replace(".", ". ").split())


def is_named(expected: str, told: str) -> bool:
    """Every word of the expected name stands in the other, which may add one: a patronymic."""
    wanted, found = words(expected), words(told)
    return bool(wanted) and wanted <= found and len(found - wanted) <= 1


def _is_of_institution(person: Signer) -> bool:
    """A seal's certificate: it names an institution and nobody's РНОКПП."""
    return bool(person.edrpou) and not person.tax_number


def may_stand_for(signer: IssuedSigner, person: Signer) -> bool:
    """Whether the person of a certificate is the signer of the document or their deputy today."""
    if signer.position == sealing.POSITION:
        return is_named(signer.name, person.name)
    if _is_of_institution(person):
        return False
    expected = signer.name or signer.position
    accounts = _accounts_of(signer)
    codes = _codes(accounts)
    if codes and person.tax_number:
        if person.tax_number in codes:
            return True
    elif not codes and is_named(expected, person.name):
        return True
    return any(_is(deputy, person) for deputy in _deputies(signer.report, accounts))


def _is(user: User, person: Signer) -> bool:
    codes = _codes([user])
    if codes:
        return person.tax_number in codes
    return is_named(user.get_full_name(), person.name)


def _accounts_of(signer: IssuedSigner) -> list[User]:
    """Accounts of people who sign for the report's subject and are called as the document calls the signer."""
    wanted = words(signer.name)
    if not wanted:
        return []
    subject = signer.report.subject
    named = (
        user
        for user in User.objects.filter(is_active=True).exclude(last_name="")
        if words(user.get_full_name()) == wanted
    )
    return [user for user in named if permissions.allows(user, Action.SIGN_REPORT, subject)]


def _deputies(report: IssuedReport, colleagues: list[User]) -> list[User]:
    day = timezone.localdate()
    acting = Membership.objects.filter(
        Q(valid_to__gte=day), acting_for__in=colleagues, valid_from__lte=day, user__is_active=True
    ).select_related("user", "unit")
    return [
        each.user for each in acting if permissions.covers(each, Action.SIGN_REPORT, report.subject)
    ]


def _codes(users: list[User]) -> set[str]:
    found = SocialAccount.objects.filter(user__in=users, provider=_PROVIDER)
    return set(found.values_list("uid", flat=True))
