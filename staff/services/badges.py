"""Badges: a barcode and a PIN change who works at a station (screens: scanner facts).

A PIN is short, so it opens the warehouse alone: managers and service sign in with their password.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from core.verdict import no
from staff.models import Badge, User
from staff.roles import Role

ROLES = (Role.WAREHOUSE, Role.LOGISTICS)
TRIES = 5
LOCKED = timedelta(minutes=15)


def give_badge(user: User, code: str, pin: str) -> None:
    """Give a person a badge; an empty PIN leaves the one there was, an empty code takes it away."""
    if not code:
        Badge.objects.filter(user=user).delete()
        return
    values = {"code": code, "failures": 0, "locked_until": None}
    if pin:
        values["pin"] = make_password(pin)
    Badge.objects.update_or_create(user=user, defaults=values)


def person_of(code: str, pin: str, *, now: datetime) -> User:
    """Whose badge and PIN these are; after five wrong PINs it is locked for 15 minutes.

    Raises Refused, in the same words for an unknown badge and a wrong PIN.
    """
    badge = Badge.objects.select_related("user").filter(code=code.upper()).first()
    if badge is not None and badge.locked_until and badge.locked_until > now:
        no("", "PIN 错了 5 次，这张工牌锁 15 分钟", instead="过一会再扫，或用密码登录。").require()
    right = check_password(pin, badge.pin if badge else make_password(None))
    if badge is None or not right:
        _count(badge, now)
        no("", "工牌或 PIN 不对", instead="重新扫工牌，再输 PIN。").require()
        raise AssertionError
    if not badge.user.is_active or badge.user.role not in ROLES:
        no("", "这张工牌不能在台上用", instead="主管和客服请用密码登录。").require()
    Badge.objects.filter(pk=badge.pk).update(failures=0, locked_until=None)
    return badge.user


def _count(badge: Badge | None, now: datetime) -> None:
    if badge is None:
        return
    rows = Badge.objects.filter(pk=badge.pk)
    rows.update(failures=F("failures") + 1)
    rows.filter(failures__gte=TRIES).update(failures=0, locked_until=now + LOCKED)
