from django.urls import path

from budgets.views import cash, passports, payments, reference

_edit = "passports/<int:pk>/revisions/<int:number>/edit/"

urlpatterns = [
    # Cash
    path("cash/", cash.cash, name="cash"),
    path("cash/<int:passport_pk>/", payments.cash_year, name="cash_year"),
    path("cash/<int:passport_pk>/<int:month>/", cash.cash_month, name="cash_month"),
    path("cash/<int:passport_pk>/<int:month>/cells/", cash.cash_cells, name="cash_cells"),
    path(
        "cash/<int:passport_pk>/<int:month>/<slug:cell>/",
        payments.cash_payments,
        name="cash_payments",
    ),
    path("cash/<int:passport_pk>/new/", payments.payment_new, name="payment_new"),
    path("cash/payments/<int:pk>/", payments.payment_correct, name="payment_correct"),
    path("cash/payments/<int:pk>/reverse/", payments.payment_reverse, name="payment_reverse"),
    # Drafting passports; section 11 is edited in indicators
    path("passports/new/", passports.new, name="passport_new"),
    path(_edit + "texts/", passports.edit_texts, name="edit_texts"),
    path(_edit + "lines/", passports.edit_lines, name="edit_lines"),
    path(_edit + "rows-of-<slug:section>/", passports.edit_rows, name="edit_rows"),
    # Reference data
    path("reference/", reference.index, name="reference"),
    path("reference/communities/new/", reference.edit_community, name="community_new"),
    path("reference/communities/<int:pk>/", reference.edit_community, name="community_edit"),
    path("reference/units/new/", reference.edit_unit, name="unit_new"),
    path("reference/units/<int:pk>/", reference.edit_unit, name="unit_edit"),
    path("reference/programmes/new/", reference.edit_programme, name="programme_new"),
    path("reference/programmes/<int:pk>/", reference.edit_programme, name="programme_edit"),
]
