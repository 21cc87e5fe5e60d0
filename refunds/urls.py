"""Addresses of the refunds room."""

from django.urls import path

from refunds.views import decide, limits, lists, money, payout, queue, reconcile, refund, transfers

A = "orders/<str:order_no>/"
R = A + "refunds/<int:refund_id>"
P = A + "payouts/<int:payout_id>"
urlpatterns = [
    path("payouts", payout.payouts, name="payouts"),
    path(A + "payout", payout.request_page, name="request-payout"),
    path(P, payout.payout, name="payout"),
    path(P + "/evidence/<int:evidence_id>", payout.evidence, name="payout-evidence"),
    path(P + "/approve", payout.approve, name="approve-payout"),
    path(P + "/reject", payout.reject, name="reject-payout"),
    path(P + "/transfer", payout.enter, name="enter-payout"),
    path(P + "/transfer/confirm", payout.confirm, name="confirm-payout"),
    path("refund-lists", lists.lists, name="refund-lists"),
    path("refund-lists/<uuid:list_id>", lists.one, name="refund-list"),
    path("refund-lists/<uuid:list_id>/rejected", lists.rejected, name="refund-list-rejected"),
    path("refunds", queue.queue, name="refunds"),
    path("refunds/transfers", transfers.transfers, name="export-transfers"),
    path("refunds/bulk", queue.bulk, name="refunds-bulk"),
    path("refunds/bulk/<uuid:job_id>", queue.bulk_done, name="refunds-bulk-done"),
    path("reconcile", reconcile.differences, name="differences"),
    path("reconcile/<int:difference_id>", reconcile.difference, name="difference"),
    path("reconcile/<int:difference_id>/close", reconcile.close, name="close-difference"),
    path("reconcile/<int:difference_id>/reopen", reconcile.reopen, name="reopen-difference"),
    path("reconcile/bills", reconcile.bills, name="bills"),
    path("reconcile/bills/<int:bill_id>", reconcile.bill, name="bill"),
    path("reconcile/bills/<int:bill_id>/compare", reconcile.compare, name="compare-bill"),
    path("refund-limits", limits.limits, name="refund-limits"),
    path(R + "/approve", decide.approve, name="approve-refund"),
    path(R + "/reject", decide.reject, name="reject-refund"),
    path(R + "/return", decide.give_back, name="return-refund"),
    path(R + "/undo", decide.undo, name="undo-approval"),
    path(R + "/assign", decide.assign, name="assign-refund"),
    path(R + "/take", decide.take_it, name="take-refund"),
    path(R + "/send-again", money.again, name="send-again"),
    path(R + "/by-hand", money.by_hand, name="pay-by-hand"),
    path(R + "/payee", money.payee, name="enter-payee"),
    path(R + "/give-up", money.give_up, name="give-up-refund"),
    path(R + "/transfer", money.enter, name="enter-transfer"),
    path(R + "/transfer/confirm", money.confirm, name="confirm-transfer"),
    path(R + "/finish", money.finish, name="finish-there"),
    path(A + "refund", refund.request_page, name="request-refund"),
    path(R, refund.refund, name="refund"),
    path(R + "/withdraw", refund.withdraw, name="withdraw-refund"),
    path(R + "/ship", refund.ship, name="ship-instead"),
    path(R + "/match", refund.match, name="match-application"),
    path(R + "/resubmit", refund.resubmit, name="resubmit-refund"),
    path(R + "/evidence", refund.add, name="add-evidence"),
    path(R + "/evidence/<int:evidence_id>", refund.evidence, name="evidence"),
]
