from django.urls import path

from budgets.views import (
    acts,
    cash,
    decisions,
    draft_measures,
    draft_sheet,
    line_measures,
    measure_cash,
    passports,
    payments,
    periods,
    programmes,
    record,
    reference,
    transfers,
)

_edit = "passports/<int:pk>/revisions/<int:number>/edit/"
_act = "programmes/<slug:slug>/acts/<int:pk>/"
_months = "units/<int:unit_pk>/months/<int:year>/"
_programme_cash = "programmes/<slug:slug>/cash/"
_measure = _act + "measures/<int:measure_pk>/"

urlpatterns = [
    # Cash
    path("cash/", cash.cash, name="cash"),
    path("cash/<int:passport_pk>/", payments.cash_year, name="cash_year"),
    path("cash/<int:passport_pk>/<int:month>/", cash.cash_month, name="cash_month"),
    path("cash/<int:passport_pk>/<int:month>/cells/", cash.cash_cells, name="cash_cells"),
    path(_months, periods.year, name="unit_months"),
    path(_months + "<int:month>/close/", periods.close, name="month_close"),
    path(_months + "<int:month>/reopen/", periods.reopen, name="month_reopen"),
    path(_months + "<int:month>/exception/", periods.allow, name="month_exception"),
    path(
        "cash/<int:passport_pk>/<int:month>/<slug:cell>/",
        payments.cash_payments,
        name="cash_payments",
    ),
    path("cash/<int:passport_pk>/new/", payments.payment_new, name="payment_new"),
    path("cash/<int:passport_pk>/lines/", line_measures.lines, name="cash_lines"),
    path("cash/<int:passport_pk>/lines/<int:line_pk>/", line_measures.line, name="cash_line"),
    path("cash/payments/<int:pk>/", payments.payment_correct, name="payment_correct"),
    path("cash/payments/<int:pk>/reverse/", payments.payment_reverse, name="payment_reverse"),
    # Cash of target programmes without a passport
    path(_programme_cash, measure_cash.index, name="programme_cash"),
    path(_programme_cash + "new/", measure_cash.new, name="programme_payment_new"),
    path(_programme_cash + "<int:pk>/", measure_cash.correct, name="programme_payment_correct"),
    path(
        _programme_cash + "<int:pk>/reverse/",
        measure_cash.reverse_payment,
        name="programme_payment_reverse",
    ),
    # Decisions on the budget
    path("decisions/", decisions.index, name="decisions"),
    path("decisions/new/", decisions.new, name="decision_new"),
    path("decisions/<int:pk>/", decisions.detail, name="decision"),
    path("decisions/<int:pk>/edit/", decisions.edit, name="decision_edit"),
    path("decisions/<int:pk>/adopt/", decisions.adopt, name="decision_adopt"),
    path("decisions/<int:pk>/discard/", decisions.discard, name="decision_discard"),
    # Drafting passports; section 11 is edited in indicators
    path("passports/new/", passports.new, name="passport_new"),
    path(_edit + "texts/", passports.edit_texts, name="edit_texts"),
    path(_edit + "lines/", passports.edit_lines, name="edit_lines"),
    path(_edit + "rows-of-<slug:section>/", passports.edit_rows, name="edit_rows"),
    # Creating a target programme and its parts; its indicators are edited in indicators
    path("programmes/new/", programmes.new, name="target_new"),
    path("programmes/<slug:slug>/about/", programmes.about, name="target_about"),
    path("programmes/<slug:slug>/parts/", programmes.parts, name="target_parts"),
    path("programmes/<slug:slug>/parts/<slug:part>/", programmes.edit_part, name="target_part"),
    # Drafting acts
    path(_act, draft_sheet.act, name="act"),
    path(_act + "cells/", draft_sheet.act_cells, name="act_cells"),
    # The life of an act; its measures, rows and conflicts while it is a draft
    path("programmes/<slug:slug>/acts/new/", acts.new, name="act_new"),
    path(_act + "submit/", acts.submit, name="act_submit"),
    path(_act + "agree/", acts.agree, name="act_agree"),
    path(_act + "return/", acts.return_to_draft, name="act_return"),
    path(_act + "withdraw/", acts.withdraw, name="act_withdraw"),
    path(_act + "adopt/", acts.adopt, name="act_adopt"),
    path(_act + "file/", acts.file, name="act_file"),
    path(_act + "conflicts/", acts.conflicts, name="act_conflicts"),
    path(_act + "rows/new/", transfers.row_new, name="act_row_new"),
    path(_act + "transfer/", transfers.transfer, name="act_transfer"),
    path(_act + "measures/new/", draft_measures.new, name="act_measure_new"),
    path(_measure, draft_measures.edit, name="act_measure"),
    path(_measure + "split/", draft_measures.split, name="act_measure_split"),
    path(_measure + "cancel/", draft_measures.cancel, name="act_measure_cancel"),
    path(_measure + "restore/", draft_measures.restore, name="act_measure_restore"),
    path(_measure + "remove/", draft_measures.remove, name="act_measure_remove"),
    # The record
    path("record/", record.index, name="record"),
    path("record/export/", record.export, name="record_export"),
    path("record/<int:number>/", record.event, name="event"),
    # Reference data
    path("reference/", reference.index, name="reference"),
    path("reference/communities/new/", reference.edit_community, name="community_new"),
    path("reference/communities/<int:pk>/", reference.edit_community, name="community_edit"),
    path("reference/units/new/", reference.edit_unit, name="unit_new"),
    path("reference/units/<int:pk>/", reference.edit_unit, name="unit_edit"),
    path("reference/programmes/new/", reference.edit_programme, name="programme_new"),
    path("reference/programmes/<int:pk>/", reference.edit_programme, name="programme_edit"),
]
