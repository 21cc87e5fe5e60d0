"""Addresses of the warehouse."""

from django.urls import path

from warehouse.views import intercepts

W = "warehouse/"
urlpatterns = [
    path(W + "intercepts", intercepts.intercepts, name="intercepts"),
    path(W + "intercepts/scan", intercepts.scan, name="intercept-scan"),
    path(W + "intercepts/<int:hold_id>", intercepts.answer, name="intercept"),
    path(W + "intercepts/<int:hold_id>/too-late", intercepts.late, name="too-late"),
]
