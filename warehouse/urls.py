"""Addresses of the warehouse."""

from django.urls import path

from warehouse.views import carriers, intercepts, leaving, lists, packing, stations, waves, way

A, W = "orders/<str:order_no>/", "warehouse/"
S = W + "stations/<str:station>"
urlpatterns = [
    path(W, waves.warehouse, name="warehouse"),
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
    path(W + "hand-over", leaving.carriers, name="hand-over"),
    path(W + "hand-over/carrier", leaving.carrier, name="hand-over-carrier"),
    path(W + "hand-over/<str:list_no>", leaving.signed, name="hand-over-list"),
    path(W + "pick-ups", leaving.pick_ups, name="pick-ups"),
    path(W + "pick-ups/<str:parcel_no>", leaving.out, name="hand-out"),
    path(W + "freight", leaving.freight, name="freight"),
    path(W + "freight/<str:parcel_no>", leaving.by_freight, name="send-freight"),
    path(A + "pickup-code", leaving.pickup_code, name="pickup-code"),
    path(W + "waves", waves.waves, name="waves"),
    path(W + "waves/<str:wave_no>", waves.wave, name="wave"),
    path(W + "waves/<str:wave_no>/begin", waves.begin, name="wave-begin"),
    path(W + "waves/<str:wave_no>/scan", waves.pick_scanned, name="wave-scan"),
    path(W + "shorts", waves.shorts, name="shorts"),
    path(W + "shorts/<int:short_id>", waves.short_looked, name="short-looked"),
    path(S, stations.station, name="station"),
    path(S + "/scan", stations.scanned, name="scan"),
    path(S + "/operator", stations.switch_operator, name="switch-operator"),
    path(S + "/live", stations.live, name="station-live"),
    path(W + "packing", packing.packing, name="packing"),
    path(W + "packing/<str:table>/<int:row_id>", packing.row, name="packing-row"),
]
