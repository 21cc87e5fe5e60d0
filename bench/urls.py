"""Our addresses, and the floor's."""

from django.urls import include, path

from bench.bare import rows, scan

urlpatterns = [
    path("bare/scan", scan),
    path("bare/<str:kind>", rows),
    path("", include("config.urls")),
]
