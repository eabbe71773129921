"""Writing reference data: communities, spending units, budget programmes."""

from django.contrib.auth.models import User
from django.db.models import Model
from django.forms import ModelForm

from budgets.services.record import recorded


@recorded
def save(*, form: "ModelForm[Model]", by: User) -> Model:
    """Store what a checked form holds."""
    saved: Model = form.save()
    return saved
