"""`/metrics` for Prometheus: what all processes counted, and what waits now (decision 0019)."""

from __future__ import annotations

import ipaddress
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, exposition
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from config.requests import DURATION
from config.sweeps import LAST_SUCCESS
from core import tally
from core.backlog import Backlog, backlog, jobs
from core.models import InboxMessage, OutboxMessage, Tally

COUNTERS = {
    "gendan_acts_total": "Acts done and refused.",
    "gendan_sweep_rows_total": "What the sweeps found to do.",
    "gendan_sweep_failures_total": "Sweeps that ended with an error.",
}
HISTOGRAMS = {
    DURATION: "Requests, from the address to the answer.",
    "gendan_sweep_duration_seconds": "Sweeps that beat asked for.",
}
STAMPS = {LAST_SUCCESS: "When the sweep was last done."}

OF_A_BOX = {
    "gendan_messages_waiting": ("Messages that wait, at most 10000.", "waiting"),
    "gendan_messages_failed": ("Messages that a person has to look at.", "failed"),
    "gendan_messages_lag_seconds": ("How long the longest due one is due.", "lag"),
    "gendan_messages_oldest_age_seconds": ("Age of the oldest waiting one.", "oldest"),
}

Labels = tuple[tuple[str, str], ...]
Rows = list[tuple[dict[str, str], float]]


class Collector:
    """Reads the database once for each scrape."""

    def collect(self) -> Iterator[Metric]:
        rows: dict[str, Rows] = defaultdict(list)
        for name, labels, value in Tally.objects.values_list("name", "labels", "value"):
            rows[name].append((json.loads(labels), value))
        for name, says in COUNTERS.items():
            yield _single(CounterMetricFamily, name, says, rows[name])
        for name, says in STAMPS.items():
            yield _single(GaugeMetricFamily, name, says, rows[name])
        for name, says in HISTOGRAMS.items():
            yield _histogram(name, says, rows[f"{name}_bucket"], rows[f"{name}_sum"])
        yield from _waiting()


def _single(
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily], name: str, says: str, rows: Rows
) -> Metric:
    names = sorted(rows[0][0]) if rows else []
    family = kind(name, says, labels=names)
    for labels, value in rows:
        family.add_metric([labels[each] for each in names], value)
    return family


def _histogram(name: str, says: str, buckets: Rows, sums: Rows) -> Metric:
    """The table keeps each bucket alone; Prometheus wants them summed up."""
    counts: dict[Labels, dict[str, float]] = defaultdict(dict)
    for labels, value in buckets:
        counts[_without_le(labels)][labels["le"]] = value
    family = HistogramMetricFamily(name, says, labels=sorted(sums[0][0]) if sums else [])
    for labels, total in sums:
        family.add_metric(
            [labels[each] for each in sorted(labels)],
            list(_summed(counts[_without_le(labels)])),
            total,
        )
    return family


def _without_le(labels: dict[str, str]) -> Labels:
    return tuple(sorted((name, value) for name, value in labels.items() if name != "le"))


def _summed(counts: dict[str, float]) -> Iterator[tuple[str, float]]:
    total = 0.0
    for limit in (*map(str, tally.BUCKETS), "+Inf"):
        total += counts.get(limit, 0)
        yield limit, total


def _waiting() -> Iterator[Metric]:
    now = timezone.now()
    boxes = {"outbox": backlog(OutboxMessage, now), "inbox": backlog(InboxMessage, now)}
    for name, (says, what) in OF_A_BOX.items():
        yield _of_boxes(name, says, what, boxes)
    family = GaugeMetricFamily("gendan_jobs", "Jobs by state, at most 10000.", labels=["state"])
    for state, count in jobs().items():
        family.add_metric([state], count)
    yield family


def _of_boxes(name: str, says: str, what: str, boxes: dict[str, Backlog]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=["box"])
    for box, found in boxes.items():
        family.add_metric([box], getattr(found, what))
    return family


FORWARDED: Iterable[str] = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def _may(request: HttpRequest) -> bool:
    """By the token, or from this machine itself and through no proxy."""
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if token and constant_time_compare(given, f"Bearer {token}"):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 to whom it is none of their business."""
    if not _may(request):
        raise Http404
    tally.write()  # so that at least what this process counted is all there
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return HttpResponse(
        exposition.generate_latest(registry), content_type=exposition.CONTENT_TYPE_LATEST
    )
