"""Addresses of the warehouse."""

from django.urls import path

from warehouse.views import carriers, intercepts, lists, way

A, W = "orders/<str:order_no>/", "warehouse/"
urlpatterns = [
    path(W + "intercepts", intercepts.intercepts, name="intercepts"),
    path(W + "intercepts/scan", intercepts.scan, name="intercept-scan"),
    path(W + "intercepts/<int:hold_id>", intercepts.answer, name="intercept"),
    path(W + "intercepts/<int:hold_id>/too-late", intercepts.late, name="too-late"),
    path("troubles", lists.troubles, name="troubles"),
    path("enquiries", lists.enquiries, name="enquiries"),
    path("dispatches", lists.dispatches, name="dispatches"),
    path("carriers", carriers.carriers, name="carriers"),
    path("carriers/<str:carrier>", carriers.carrier, name="carrier"),
    path(A + "way", way.way, name="way"),
    path(A + "correct-waybill", way.correct, name="correct-waybill"),
    path(A + "ask-carrier", way.ask, name="ask-carrier"),
    path(A + "receive", way.receive, name="receive-order"),
    path(A + "enquiries/<int:enquiry_id>", way.answer, name="answer-carrier"),
    path(A + "troubles/<int:trouble_id>", way.settle, name="settle-trouble"),
    path(A + "troubles/<int:trouble_id>/claim", way.claim, name="claim-trouble"),
    path(A + "dispatches/<int:dispatch_id>/retry", way.retry, name="retry-dispatch"),
    path(A + "dispatches/<int:dispatch_id>/finish", way.finish, name="finish-dispatch"),
]
