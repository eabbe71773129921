"""What people type about the four-way match."""

from django import forms

from budgets.choices import Fund, MatchStep
from budgets.forms.fields import PlainForm


class ReasonForm(PlainForm):
    """Why two figures of the match differ; which two they are stands in the hidden fields."""

    key = forms.CharField(max_length=60, required=False)
    step = forms.ChoiceField(choices=MatchStep.choices)
    line = forms.IntegerField(required=False)
    fund = forms.ChoiceField(choices=Fund.choices, required=False)
    text = forms.CharField(max_length=1000, required=False)
