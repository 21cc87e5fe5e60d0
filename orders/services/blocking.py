"""The lists that the owner keeps for the review: whom to block, where is remote (SOP 2.b)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from core.acts import Actor, Change, act, act_on
from core.models import Act
from core.verdict import no
from orders.models import BlockEntry, Buyer, RemoteArea
from orders.words import BlockKind


def block(
    kind: BlockKind,
    key: str,
    why: str,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """Put an account, a telephone or an address on the block list; `key` as it is compared.

    Raises Refused when it stands there, Repeated.
    """
    rows: list[BlockEntry] = []
    with act_on("block", rows, by=by, now=now, token=token) as (_, log):
        entry = BlockEntry(kind=kind.value, key=key, why=why, by_name=by.name, at=now)
        try:
            with transaction.atomic():
                entry.save()
        except IntegrityError:
            no("2.b", "已经在黑名单里了。").require()
        _mark_buyer(entry, blocked=True)
        log.about(entry)
        log.noted(f"黑名单：加入{kind.label}", clause="2.b", reason=why)
    return log.act


def unblock(
    entry: BlockEntry, why: str, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Take it off the list again; it stays in the history. Raises Refused, Repeated."""
    with act("unblock", entry, by=by, now=now, token=token) as (entry, log):
        if not entry.active:
            no("2.b", "已经移出黑名单了。").require()
        entry.active, entry.ended_why = False, why
        _mark_buyer(entry, blocked=False)
        log.changed([Change("黑名单", "有效", "移出")])
        log.noted(f"黑名单：移出{entry.get_kind_display()}", clause="2.b", reason=why)
    return log.act


def _mark_buyer(entry: BlockEntry, *, blocked: bool) -> None:
    """The buyer whose account it is shows it on the order page."""
    if entry.kind == BlockKind.ACCOUNT:
        mine = Buyer.objects.filter(accounts__account=entry.key)
        mine.update(blocked=blocked, blocked_why=entry.why if blocked else "")


def add_remote(
    area: RemoteArea, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Name a place where a carrier does not go, or asks more. Raises Refused, Repeated."""
    rows: list[RemoteArea] = []
    with act_on("keep_remote", rows, by=by, now=now, token=token) as (_, log):
        try:
            with transaction.atomic():
                area.save()
        except IntegrityError:
            no("2.b", "这家快递的这个地区已经有了。", instead="先删掉旧的，再加。").require()
        log.about(area)
        log.noted(f"偏远地区：加入 {area.place}", clause="2.b", reason=area.why)
    return log.act


def drop_remote(
    area: RemoteArea, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Take a place off the list. Raises Repeated."""
    rows: list[RemoteArea] = []
    with act_on("keep_remote", rows, by=by, now=now, token=token) as (_, log):
        log.about(area)
        log.noted(f"偏远地区：去掉 {area.place}", clause="2.b", reason=area.why)
        area.delete()
    return log.act
