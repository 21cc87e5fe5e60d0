"""Whose prints a person may fetch: one's own; the owner's eye rests on all."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404

from core.models import Job
from staff.models import Badge, User
from staff.roles import Role
from warehouse.models import Parcel, Wave
from warehouse.models.packing import boxes_in_use
from warehouse.selectors.parcels import parcels_of
from warehouse.words import Command, ParcelState

KIND = "print_papers"
SHOWN = 50


def prints_of(user: User) -> QuerySet[Job]:
    """Newest first; the files are kept for a day."""
    jobs = Job.objects.filter(kind=KIND).select_related("by").order_by("-created_at")
    return jobs if user.role == Role.OWNER else jobs.filter(by=user)


def get_print(user: User, job_id: uuid.UUID) -> Job:
    """Somebody else's print is 404 like one that does not exist."""
    job = prints_of(user).filter(pk=job_id).first()
    if job is None:
        raise Http404("no such print")
    return job


def station_codes() -> list[tuple[str, str]]:
    """What the command sheet has: the commands of the stations, then the boxes."""
    boxes = [(box.code, box.name) for box in boxes_in_use()]
    return [(f"CMD:{each.value}", each.label) for each in Command] + boxes


def badge_holders() -> list[Badge]:
    """The badges of those who still work here, by name."""
    badges = Badge.objects.filter(user__is_active=True).select_related("user")
    return list(badges.order_by("user__full_name", "pk"))


def get_wave(number: str) -> Wave:
    wave = Wave.objects.select_related("shop").filter(number=number).first()
    if wave is None:
        raise Http404(f"没有波次 {number}")
    return wave


def get_parcel(user: User, number: str) -> Parcel:
    """Another shop's parcel is 404 like one that does not exist."""
    parcels = Parcel.objects.select_related("order")
    if user.shop_codes:
        parcels = parcels.filter(order__shop__code__in=user.shop_codes)
    parcel = parcels.filter(number=number).first()
    if parcel is None:
        raise Http404(f"没有包裹 {number}")
    return parcel


def parcel_of_order(user: User, order_no: str) -> Parcel | None:
    """The order's parcel that is not stopped; another shop's is none."""
    parcels = parcels_of(user).filter(order__order_no=order_no)
    return parcels.exclude(state=ParcelState.STOPPED.value).first()
