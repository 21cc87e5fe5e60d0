"""All addresses. Rooms above stand after rooms below: an order's acts win over its page."""

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("staff.urls")),
    path("", include("orders.urls")),
    path("", include("desk.urls")),
]
