"""Taking a payment from its form: how it would be divided among measures, then written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.cash import BasePaymentForm, CorrectionForm, ProgrammeCorrectionForm
from budgets.models import CashEntry
from budgets.money import print_amount
from budgets.selectors.cash_shares import Share
from budgets.selectors.measure_cash import NamedShare, measure_names, named_shares
from budgets.services.ledger import Payment
from budgets.views.comparing import shown
from budgets.views.loading import SignedIn


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a payment that was sent: a preview of its shares, an entry, or a refusal that the form shows."""

    entry: CashEntry | None = None
    divided: list[NamedShare] | None = None
    stale: StaleVersion | None = None
    is_sent: bool = False

    @property
    def status(self) -> int:
        return 409 if self.stale else 422 if self.is_sent and self.divided is None else 200


def answer(
    request: SignedIn,
    form: BasePaymentForm,
    *,
    divide: Callable[[Payment], Mapping[int, Decimal]],
    write: Callable[[Payment], CashEntry],
) -> Answer:
    """Write the payment, or, where only a preview is asked for, divide it among its measures to the kopeck."""
    if request.method != "POST":
        return Answer()
    if not form.is_valid():
        return Answer(is_sent=True)
    try:
        if "preview" in request.POST:
            parts = divide(form.payment)
            names = measure_names(parts)
            divided = [NamedShare(pk, names[pk], amount) for pk, amount in parts.items()]
            return Answer(divided=divided, is_sent=True)
        return Answer(entry=write(form.payment), is_sent=True)
    except StaleVersion as refusal:
        return Answer(stale=refusal, is_sent=True)
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return Answer(is_sent=True)


def shares_in_words(entry: CashEntry) -> str:
    """« (1.1 Сервери: 33,34; 1.2 Мережа: 66,66)», or nothing."""
    shares = named_shares([entry]).get(entry.pk, [])
    parts = "; ".join(f"{share.name}: {print_amount(share.amount)}" for share in shares)
    return f" ({parts})" if parts else ""


def compared_fields(
    entry: CashEntry, form: CorrectionForm | ProgrammeCorrectionForm, current: str
) -> list[tuple[str, str, str]]:
    """(label, stored now, typed) of every field; of a payment that no longer stands, only the amount."""
    typed = form.cleaned_data
    if CashEntry.objects.filter(reverses=entry).exists():
        return [(str(form["amount"].label), current, print_amount(typed["amount"]))]
    stored = type(form).values_of(entry)
    fields = [
        (
            str(field.label),
            shown(field.field, stored[field.name]),
            shown(field.field, typed[field.name]),
        )
        for field in form.visible_fields()
    ]
    return [*fields, _compared_shares(entry, form.payment.shares)] if form.shares else fields


def _compared_shares(entry: CashEntry, said: Iterable[Share]) -> tuple[str, str, str]:
    stored = named_shares([entry]).get(entry.pk, [])
    typed = list(said)
    names = measure_names([share.measure_id for share in typed])
    return (
        _("Заходи"),
        "; ".join(f"{share.name} — {print_amount(share.amount)}" for share in stored),
        "; ".join(
            names[share.measure_id]
            + ("" if share.amount is None else f" — {print_amount(share.amount)}")
            for share in typed
        ),
    )


def with_shares(entries: Iterable[CashEntry]) -> list[CashEntry]:
    """The entries as lists show them: each with ``named_shares``."""
    listed = list(entries)
    shares = named_shares(listed)
    for entry in listed:
        entry.named_shares = shares.get(entry.pk, [])  # type: ignore[attr-defined]
    return listed
