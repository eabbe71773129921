"""Addresses of the API, below /api/v1/."""

from django.urls import path

from budgets.api import (
    acts,
    cash,
    decisions,
    drafting,
    line_measures,
    measures,
    memberships,
    passports,
    periods,
    programme_cash,
    programmes,
    record,
    reference,
)
from budgets.api.parts import PARTS

_passport = "passports/<int:pk>/"
_revision = _passport + "revisions/<int:number>/"
_programme = "programmes/<slug:slug>/"
_act = _programme + "acts/<int:pk>/"
_measure = _act + "measures/<int:measure_pk>/"
_month = _passport + "months/<int:month>/"

urlpatterns = [
    # Reference data
    path("communities/", reference.Communities.as_view(), name="api_communities"),
    path("communities/<int:pk>/", reference.OneCommunity.as_view(), name="api_community"),
    path("budget-codes/", reference.BudgetCodes.as_view(), name="api_budget_codes"),
    path("budget-codes/<int:pk>/", reference.OneBudgetCode.as_view(), name="api_budget_code"),
    path("units/", reference.Units.as_view(), name="api_units"),
    path("units/<int:pk>/", reference.OneUnit.as_view(), name="api_unit"),
    path("budget-programmes/", reference.BudgetProgrammes.as_view(), name="api_budget_programmes"),
    path(
        "budget-programmes/<int:pk>/",
        reference.OneBudgetProgramme.as_view(),
        name="api_budget_programme",
    ),
    path("economic-codes/", reference.EconomicCodes.as_view(), name="api_economic_codes"),
    path("communities/<int:pk>/people/", memberships.People.as_view(), name="api_community_people"),
    path("memberships/", memberships.Memberships.as_view(), name="api_memberships"),
    path("memberships/<int:pk>/", memberships.OneMembership.as_view(), name="api_membership"),
    # Passports; their indicators are in indicators, agreeing asks the checks of reports
    path("passports/", passports.Passports.as_view(), name="api_passports"),
    path(_passport, passports.OnePassport.as_view(), name="api_passport"),
    path(_passport + "revise/", passports.Revise.as_view(), name="api_passport_revise"),
    path(_revision, passports.OneRevision.as_view(), name="api_revision"),
    path(_revision + "copy/", passports.Copy.as_view(), name="api_revision_copy"),
    path(_revision + "return/", passports.ReturnRevision.as_view(), name="api_revision_return"),
    path(_revision + "approve/", passports.ApproveRevision.as_view(), name="api_revision_approve"),
    path(_revision + "texts/", passports.Texts.as_view(), name="api_revision_texts"),
    path(_revision + "goals/", passports.Goals.as_view(), name="api_revision_goals"),
    path(_revision + "tasks/", passports.Tasks.as_view(), name="api_revision_tasks"),
    path(
        _revision + "local-programmes/",
        passports.LocalProgrammes.as_view(),
        name="api_revision_local_programmes",
    ),
    path(
        _revision + "signatories/", passports.Signatories.as_view(), name="api_revision_signatories"
    ),
    path(_revision + "lines/", passports.Lines.as_view(), name="api_revision_lines"),
    # Cash
    path("cash/", cash.Overview.as_view(), name="api_cash_overview"),
    path(_passport + "payments/", cash.Payments.as_view(), name="api_payments"),
    path("payments/<int:pk>/", cash.OnePayment.as_view(), name="api_payment"),
    path("payments/<int:pk>/reverse/", cash.Reversal.as_view(), name="api_payment_reverse"),
    path(_passport + "months/", periods.Months.as_view(), name="api_months"),
    path(_passport + "close-year/", periods.CloseYear.as_view(), name="api_close_year"),
    path(
        _passport + "line-measures/", line_measures.LineMeasures.as_view(), name="api_line_measures"
    ),
    path(
        _passport + "line-measures/<int:line>/",
        line_measures.OneLine.as_view(),
        name="api_line_measure",
    ),
    path(_month + "cells/", cash.MonthCells.as_view(), name="api_month_cells"),
    path(_month + "close/", periods.CloseMonth.as_view(), name="api_month_close"),
    path(_month + "reopen/", periods.ReopenMonth.as_view(), name="api_month_reopen"),
    path(_month + "exceptions/", periods.Exceptions.as_view(), name="api_month_exceptions"),
    # Target programmes; their indicators are in indicators
    path("programmes/", programmes.Programmes.as_view(), name="api_programmes"),
    path(_programme, programmes.OneProgramme.as_view(), name="api_programme"),
    path(_programme + "measures/", programmes.Measures.as_view(), name="api_measures"),
    path(_programme + "figures/", programmes.Figures.as_view(), name="api_figures"),
    path(
        _programme + "measures/<int:measure_pk>/history/<int:year>/",
        programmes.History.as_view(),
        name="api_figure_history",
    ),
    *(
        path(f"{_programme}parts/{name}/", part.as_view(), name=f"api_part_{name}")
        for name, part in PARTS.items()
    ),
    # Their cash without a passport
    path(
        _programme + "payments/",
        programme_cash.Payments.as_view(),
        name="api_programme_payments",
    ),
    path(
        _programme + "payments/<int:pk>/",
        programme_cash.OnePayment.as_view(),
        name="api_programme_payment",
    ),
    path(
        _programme + "payments/<int:pk>/reverse/",
        programme_cash.Reversal.as_view(),
        name="api_programme_payment_reverse",
    ),
    path(_programme + "cash/", programme_cash.Totals.as_view(), name="api_programme_cash"),
    # Acts
    path(_programme + "acts/", acts.Acts.as_view(), name="api_acts"),
    path(_act, acts.OneAct.as_view(), name="api_act"),
    path(_act + "submit/", acts.Submit.as_view(), name="api_act_submit"),
    path(_act + "agree/", acts.Agree.as_view(), name="api_act_agree"),
    path(_act + "return/", acts.Return.as_view(), name="api_act_return"),
    path(_act + "withdraw/", acts.Withdraw.as_view(), name="api_act_withdraw"),
    path(_act + "adopt/", acts.Adopt.as_view(), name="api_act_adopt"),
    path(_act + "file/", acts.DecisionFile.as_view(), name="api_act_file"),
    path(_act + "conflicts/", acts.Conflicts.as_view(), name="api_act_conflicts"),
    path(_act + "rebase/", acts.Rebase.as_view(), name="api_act_rebase"),
    path(_act + "cells/", drafting.Cells.as_view(), name="api_act_cells"),
    path(_act + "transfer/", drafting.Transfer.as_view(), name="api_act_transfer"),
    path(_act + "measures/", measures.DraftMeasures.as_view(), name="api_act_measures"),
    path(_measure, measures.OneMeasure.as_view(), name="api_act_measure"),
    path(_measure + "split/", measures.Split.as_view(), name="api_act_measure_split"),
    path(_measure + "cancel/", measures.Cancel.as_view(), name="api_act_measure_cancel"),
    path(_measure + "restore/", measures.Restore.as_view(), name="api_act_measure_restore"),
    # Decisions on the budget
    path("decisions/", decisions.Decisions.as_view(), name="api_decisions"),
    path("decisions/<int:pk>/", decisions.OneDecision.as_view(), name="api_decision"),
    path("decisions/<int:pk>/adopt/", decisions.AdoptDecision.as_view(), name="api_decision_adopt"),
    # The record
    path("events/", record.Events.as_view(), name="api_events"),
    path("events/export/", record.ExportedEvents.as_view(), name="api_events_export"),
    path("events/<int:number>/", record.OneEvent.as_view(), name="api_event"),
]
