"""Our addresses, and the floor's."""

from django.urls import include, path

from bench.bare import cases, refunds, rows, scan

urlpatterns = [
    path("bare/scan", scan),
    path("bare/refunds", refunds),
    path("bare/cases", cases),
    path("bare/<str:kind>", rows),
    path("", include("config.urls")),
]
