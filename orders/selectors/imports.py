"""Imports as the people who may import see them: everybody's, newest first."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from core.keyset import Page, page
from core.models import Job
from orders.models import ImportRejection, Shop

SHOWN = 30


def imports(user: Any) -> QuerySet[Job]:
    """All imports into the shops that this person works for."""
    jobs = Job.objects.filter(kind="import_orders").select_related("by").order_by("-created_at")
    return jobs.filter(params__shop__in=user.shop_codes) if user.shop_codes else jobs


def get_import(user: Any, job_id: uuid.UUID) -> Job:
    """Another shop's import is 404 like one that does not exist."""
    job = imports(user).filter(pk=job_id).first()
    if job is None:
        raise Http404("no such import")
    return job


def rejections(job: Job, cursor: str = "") -> Page[ImportRejection]:
    """The rows that were not taken in, as they stood in the file."""
    return page(ImportRejection.objects.filter(job=job), ("id",), cursor, size=50)


def shops_of(user: Any) -> QuerySet[Shop]:
    """The shops that this person may import into."""
    shops = Shop.objects.filter(active=True)
    return shops.filter(code__in=user.shop_codes) if user.shop_codes else shops
