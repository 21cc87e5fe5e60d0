"""Lists of refunds that people brought, newest first; the shops that have such lists."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from core.models import Job
from orders.models import Shop
from orders.selectors.imports import shops_of
from orders.words import BY_HAND

KIND = "import_refunds"
SHOWN = 20


def refund_lists(user: Any) -> QuerySet[Job]:
    """Those of the shops that this person works for."""
    jobs = Job.objects.filter(kind=KIND).select_related("by").order_by("-created_at")
    return jobs.filter(params__shop__in=user.shop_codes) if user.shop_codes else jobs


def get_list(user: Any, list_id: uuid.UUID) -> Job:
    """Raises Http404, for another shop's, too."""
    job = refund_lists(user).filter(pk=list_id).first()
    if job is None:
        raise Http404("no such list")
    return job


def platform_shops(user: Any) -> QuerySet[Shop]:
    """Where buyers apply on a platform."""
    return shops_of(user).exclude(channel__in=[channel.value for channel in BY_HAND])
