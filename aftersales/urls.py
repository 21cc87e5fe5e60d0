"""Addresses of the after-sales room; each kind has its own in its module of views."""

from django.urls import path

from aftersales.views import (
    arrivals,
    articles,
    case,
    claims,
    exchanges,
    macros,
    modifications,
    partial,
    questions,
    repairs,
    reships,
    returns,
    slip,
    stock_outs,
    swaps,
    undeliverable,
    unowned,
)

urlpatterns = [
    path("cases", case.cases, name="cases"),
    path("cases/<str:case_no>", case.case, name="case"),
    path("cases/<str:case_no>/evidence/<int:photo_id>", case.evidence, name="case-evidence"),
    path("orders/<str:order_no>/after-sales", case.open_case, name="open-case"),
    *case.urlpatterns,
    *arrivals.urlpatterns,
    *slip.urlpatterns,
    *returns.urlpatterns,
    *exchanges.urlpatterns,
    *stock_outs.urlpatterns,
    *modifications.urlpatterns,
    *swaps.urlpatterns,
    *undeliverable.urlpatterns,
    *claims.urlpatterns,
    *reships.urlpatterns,
    *partial.urlpatterns,
    *repairs.urlpatterns,
    *questions.urlpatterns,
    *unowned.urlpatterns,
    *articles.urlpatterns,
    *macros.urlpatterns,
]
