"""Addresses of the refunds room."""

from django.urls import path

from refunds.views import lists, refund

A = "orders/<str:order_no>/"
R = A + "refunds/<int:refund_id>"
urlpatterns = [
    path("refund-lists", lists.lists, name="refund-lists"),
    path("refund-lists/<uuid:list_id>", lists.one, name="refund-list"),
    path("refund-lists/<uuid:list_id>/rejected", lists.rejected, name="refund-list-rejected"),
    path(A + "refund", refund.request_page, name="request-refund"),
    path(R, refund.refund, name="refund"),
    path(R + "/withdraw", refund.withdraw, name="withdraw-refund"),
    path(R + "/ship", refund.ship, name="ship-instead"),
    path(R + "/match", refund.match, name="match-application"),
    path(R + "/resubmit", refund.resubmit, name="resubmit-refund"),
    path(R + "/evidence", refund.add, name="add-evidence"),
    path(R + "/evidence/<int:evidence_id>", refund.evidence, name="evidence"),
]
