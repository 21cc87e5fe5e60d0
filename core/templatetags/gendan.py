"""How values are written on a page: dates as people say them, money, icons, sentences."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core.masking import (
    mask_account,
    mask_address,
    mask_buyer,
    mask_name,
    mask_phone,
    scrub,
)

register = template.Library()


@register.simple_tag
def when(at: datetime | None, empty: str = "—") -> str:
    """今天 10:02, exact on hover (screens 33)."""
    if at is None:
        return empty
    return _time(at, spoken(timezone.localtime(at), timezone.localtime()))


def _time(at: datetime, words: str, counts: str | None = None) -> SafeString:
    """Written without escaping, which a list would pay for in each row: nobody typed any of it."""
    exact = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")
    counting = "" if counts is None else f' data-countdown="{counts}"'
    return mark_safe(  # noqa: S308
        f'<time{counting} datetime="{at.isoformat()}" title="{exact}">{words}</time>'
    )


def spoken(at: datetime, now: datetime) -> str:
    """今天 10:02 · 昨天 21:14 · 11-18 21:14 · 2025-11-18."""
    days = (now.date() - at.date()).days
    words = {0: "今天", 1: "昨天", -1: "明天"}
    if days in words:
        return f"{words[days]} {at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


@register.simple_tag
def countdown(at: datetime | None) -> str:
    """剩 6 小时 42 分; the page goes on counting."""
    return _time(at, left(at, timezone.now()), "") if at else ""


@register.simple_tag
def waited(at: datetime | None) -> str:
    """已等 12 分; the page goes on counting."""
    if at is None:
        return ""
    words = left(at, timezone.now()).replace("已超", "已等").replace("剩", "已等")
    return _time(at, words, "waited")


def left(at: datetime, now: datetime) -> str:
    seconds = (at - now).total_seconds()
    minutes = int(abs(seconds) // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if not minutes:
        span = f"{int(abs(seconds))} 秒"
    elif days:
        span = f"{days} 天 {hours} 小时"
    else:
        span = f"{hours} 小时 {minutes % 60} 分" if hours else f"{minutes} 分"
    return ("剩 " if seconds >= 0 else "已超 ") + span


@register.filter
def yuan(value: Decimal | None) -> str:
    """1,234.50; — where there is none."""
    return "—" if value is None else f"{value:,.2f}"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key)


register.filter("mask_name", mask_name)
register.filter("mask_phone", mask_phone)
register.filter("mask_address", mask_address)
register.filter("mask_account", mask_account)
register.filter("mask_buyer", mask_buyer)
register.filter("scrub", scrub)
