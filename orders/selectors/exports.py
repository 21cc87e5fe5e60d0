"""Whose exports a person may see: one's own; the owner's eye rests on all."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404

from core.models import Job
from staff.models import User
from staff.roles import Role

SHOWN = 50


def exports_of(user: User) -> QuerySet[Job]:
    """Newest first."""
    jobs = Job.objects.filter(kind="export_orders").select_related("by").order_by("-created_at")
    return jobs if user.role == Role.OWNER else jobs.filter(by=user)


def get_export(user: User, job_id: uuid.UUID) -> Job:
    """Somebody else's export is 404 like one that does not exist."""
    job = exports_of(user).filter(pk=job_id).first()
    if job is None:
        raise Http404("no such export")
    return job
