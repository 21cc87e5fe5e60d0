"""Some hundred orders of a file in one transaction: made, updated or left as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.acts import Actor, act_on
from core.bulk import next_ids, write, write_parts
from core.models import Job
from orders.formats import ImportedOrder, RowRejected
from orders.models import Hold, ImportRejection, Order, Shop
from orders.services.importing import known, new
from orders.services.importing.buyers import buyers_of
from orders.services.importing.goods import Goods, goods_of
from orders.services.importing.kin import NOBODY, Kin
from orders.services.importing.kin import here as here_already
from orders.services.importing.new import Made
from orders.services.importing.update import Update
from orders.services.stocking import settle_goods
from orders.services.telling import tell_buyers
from orders.words import HoldKind
from staff.roles import Role
from staff.services.tell import tell

_REJECTION = ("id", "job_id", "line", "column", "value", "reason", "cells")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was read of the file, and for whom."""

    shop: Shop
    orders: Sequence[ImportedOrder]
    rejected: Sequence[RowRejected]


def apply(job: Job, chunk: Chunk, *, by: Actor, now: datetime) -> Counter[str]:
    """Write a chunk; call it inside the transaction that keeps the job's cursor.

    Says how many orders were `created`, `updated`, `unchanged`, and rows `rejected`.
    """
    _reject(job, chunk.rejected)
    counts = register(chunk, by=by, now=now) if chunk.orders else Counter[str]()
    counts["rejected"] = len(chunk.rejected)
    return counts


def register(chunk: Chunk, *, by: Actor, now: datetime) -> Counter[str]:
    """Register the orders of a chunk, whether a file or the platform told them (SOP 5.a).

    Says how many were `created`, `updated`, `unchanged`.
    """
    rows: list[Order] = []
    with act_on("import_orders", rows, by=by, now=now, clause="5.a") as (_, log):
        log.act.summary = f"导入 {len(chunk.orders)} 单（{chunk.shop.name}）"
        goods = goods_of(chunk.shop, chunk.orders)
        here, kin = here_already(chunk.shop, [order.platform_no for order in chunk.orders])
        fresh = [order for order in chunk.orders if order.platform_no not in here]
        made = new.create(chunk.shop, fresh, goods, buyers_of(chunk.shop, fresh, now), now)
        updates = [
            _update(chunk.shop, here[order.platform_no], order, goods, kin, by=by, now=now)
            for order in chunk.orders
            if order.platform_no in here
        ]
        changed = [each for each in updates if known.update(each)]
        _restock([each for each in changed if each.restock], now)
        write_parts("order", [line for each in changed for line in each.told()])
        tell_buyers([news for each in changed for news in each.news], now)
    _propose(made)
    return Counter(
        created=len(made),
        updated=len(changed),
        unchanged=len(updates) - len(changed),
    )


def _restock(changed: Sequence[Update], now: datetime) -> None:
    """What is kept for those whose state or goods are others now, in one go (SOP 5.b)."""
    freed = [move for each in changed for move in each.freed]
    if changed:
        settle_goods([each.order for each in changed], now, freed)


def _update(
    shop: Shop,
    order: Order,
    record: ImportedOrder,
    goods: Goods,
    kin: dict[int, Kin],
    *,
    by: Actor,
    now: datetime,
) -> Update:
    return Update(order, record, shop, goods, now, by, kin=kin.get(order.pk, NOBODY))


def _reject(job: Job, rejected: Sequence[RowRejected]) -> None:
    rows: list[list[Any]] = [
        [
            key,
            job.pk,
            row.line,
            row.column[:100],
            row.value[:200],
            row.reason[:300],
            list(row.cells),
        ]
        for key, row in zip(next_ids(ImportRejection, len(rejected)), rejected, strict=True)
    ]
    write(ImportRejection, _REJECTION, rows)


def _propose(made: Sequence[Made]) -> None:
    """A top-up is proposed to the order that waits for it: same buyer, same amount (SOP 1.1.f)."""
    top_ups = {each.no: each.record for each in made if each.top_up and each.record.paid}
    accounts = {record.buyer_account for record in top_ups.values()} - {""}
    if not accounts:
        return
    waiting = Hold.objects.filter(
        kind=HoldKind.TOP_UP, state="open", order__buyer_account__in=accounts
    ).select_related("order")
    for hold in waiting:
        for no, record in top_ups.items():
            if record.buyer_account == hold.order.buyer_account and record.paid == hold.amount:
                main = hold.order
                tell(
                    f"补差价 {no}（{record.paid} 元）可能是 {main.order_no} 的，请核对后关联。",
                    role=Role.AGENT,
                    url=f"{main.get_absolute_url()}/tie-top-up",
                    key=f"top-up:{no}:{main.order_no}",
                )
