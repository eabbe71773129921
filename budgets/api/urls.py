"""Addresses of the API, below /api/v1/."""

from django.urls import path

from budgets.api import cash, periods

_passport = "passports/<int:pk>/"
_month = _passport + "months/<int:month>/"

urlpatterns = [
    # Cash
    path(_passport + "payments/", cash.Payments.as_view(), name="api_payments"),
    path("payments/<int:pk>/", cash.OnePayment.as_view(), name="api_payment"),
    path("payments/<int:pk>/reverse/", cash.Reversal.as_view(), name="api_payment_reverse"),
    path(_passport + "months/", periods.Months.as_view(), name="api_months"),
    path(_passport + "close-year/", periods.CloseYear.as_view(), name="api_close_year"),
    path(_month + "cells/", cash.MonthCells.as_view(), name="api_month_cells"),
    path(_month + "close/", periods.CloseMonth.as_view(), name="api_month_close"),
    path(_month + "reopen/", periods.ReopenMonth.as_view(), name="api_month_reopen"),
    path(_month + "exceptions/", periods.Exceptions.as_view(), name="api_month_exceptions"),
]
