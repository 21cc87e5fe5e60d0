"""Our addresses, and the floor's."""

from django.urls import include, path

from bench.bare import rows

urlpatterns = [
    path("bare/<str:kind>", rows),
    path("", include("config.urls")),
]
