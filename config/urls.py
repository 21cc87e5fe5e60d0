"""All addresses. Rooms above stand after rooms below: an order's acts win over its page."""

from django.urls import include, path

from config.health import healthz
from config.metrics import metrics
from config.ready import readyz

urlpatterns = [
    path("", include("warehouse.urls")),  # scans come first
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("orders.api.urls")),
    path("", include("connectors.urls")),
    path("", include("staff.urls")),
    path("", include("stock.urls")),
    path("", include("orders.urls")),
    path("", include("refunds.urls")),
    path("", include("aftersales.urls")),
    path("", include("portal.urls")),
    path("", include("desk.urls")),
]
