"""Addresses of the acts on an order."""

from django.urls import path

from orders.views import acts, address

A = "orders/<str:order_no>/"
urlpatterns = [
    path(A + "modify-receiving", acts.receiving, name="modify-receiving"),
    path(A + "split-address", address.split_address, name="split-address"),
    path(A + "modify-delivery", acts.delivery, name="modify-delivery"),
    path(A + "close", acts.close, name="close-order"),
    path(A + "reopen", acts.reopen, name="reopen-order"),
    path(A + "hold", acts.hold, name="hold"),
    path(A + "holds/<int:hold_id>/lift", acts.lift, name="lift-hold"),
    path(A + "release", acts.release_order, name="release"),
    path(A + "take-back", acts.take_back_order, name="take-back"),
    path(A + "mark-paid", acts.pay, name="mark-paid"),
    path(A + "note", acts.write_note, name="note"),
    path(A + "follow-up", acts.set_follow_up, name="follow-up"),
    path(A + "account", acts.account, name="attach-account"),
]
