"""Addresses of the acts on an order."""

from django.urls import path

from orders.views import account, acts, bulk, exports, goods, hand, imports, picks, register

A = "orders/<str:order_no>/"
urlpatterns = [
    path("shops/<str:code>/accounts/<str:system>", account.account, name="shop-account"),
    path("shops/<str:code>/accounts/<str:system>/try", account.try_it, name="shop-account-try"),
    path("imports", imports.imports, name="imports"),
    path("imports/<uuid:job_id>", imports.one, name="import"),
    path("imports/<uuid:job_id>/cancel", imports.cancel, name="import-cancel"),
    path("imports/<uuid:job_id>/rejected", imports.rejected_file, name="import-rejected"),
    path("imports/<uuid:job_id>/columns", imports.map_columns, name="map-columns"),
    path("exports", exports.exports, name="exports"),
    path("exports/new", exports.export, name="export"),
    path("exports/<uuid:job_id>", exports.export_row, name="export-row"),
    path("exports/<uuid:job_id>/cancel", exports.export_cancel, name="export-cancel"),
    path("exports/<uuid:job_id>/file", exports.export_file, name="export-file"),
    path("hand-tasks", hand.tasks, name="hand-tasks"),
    path("orders/bulk", bulk.bulk, name="bulk"),
    path("orders/bulk/<uuid:job_id>", bulk.done, name="bulk-done"),
    path("orders/register", register.register, name="register-order"),
    path(A + "modify-receiving", acts.receiving, name="modify-receiving"),
    path(A + "modify-delivery", acts.delivery, name="modify-delivery"),
    path(A + "modify-products", goods.products, name="modify-products"),
    path(A + "confirm-lines", goods.confirm, name="confirm-lines"),
    path(A + "tie-top-up", picks.tie, name="tie-top-up"),
    path(A + "untie-top-up", picks.untie, name="untie-top-up"),
    path(A + "settle-difference", picks.difference, name="settle-difference"),
    path(A + "close", acts.close, name="close-order"),
    path(A + "reopen", acts.reopen, name="reopen-order"),
    path(A + "hold", acts.hold, name="hold"),
    path(A + "holds/<int:hold_id>/lift", picks.lift, name="lift-hold"),
    path(A + "hand-tasks/<int:task_id>/finish", hand.finish, name="finish-hand-task"),
    path(A + "hand-tasks/<int:task_id>/reopen", hand.reopen, name="reopen-hand-task"),
    path(A + "release", acts.release_order, name="release"),
    path(A + "take-back", acts.take_back_order, name="take-back"),
    path(A + "mark-paid", acts.pay, name="mark-paid"),
    path(A + "reverse-payment", picks.reverse, name="reverse-payment"),
    path(A + "note", acts.write_note, name="note"),
    path(A + "follow-up", acts.set_follow_up, name="follow-up"),
    path(A + "account", acts.account, name="attach-account"),
]
