"""The demo's cases of goods that have left: undeliverable, and what follows (SOP 1.4′, 3.b)."""

from __future__ import annotations

from datetime import timedelta

from aftersales.models import Case
from aftersales.policy import Found
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.claims import claim_carrier
from aftersales.services.goods_back import GoodsBack
from aftersales.services.inspection import inspect_goods
from aftersales.services.parcel_news import hear_answers, hear_delivered, hear_troubles
from aftersales.services.resends import hear_closed, resend_goods
from aftersales.services.reships import ask_about_parcel, open_reship
from aftersales.services.undeliverable import (
    Attempt,
    contact_buyer,
    let_return,
    open_undeliverable,
)
from orders.models import Order
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, OrderState


def play(stage: Stage) -> None:
    """What tracking told becomes cases; two that were entered by hand, further on."""
    _left_a_message(stage)
    _back_again(stage)
    _missing(stage)
    for sweep in (hear_delivered, hear_troubles, hear_answers, hear_closed):
        while sweep(stage.now):
            pass


def _undeliverable(stage: Stage, reason: str, hours: float) -> Case:
    """Sent some days ago; the carrier telephoned."""
    goods = [(stage.sku("A1023"), 1), (stage.sku("C3012", "30"), 1)]
    order = enter(stage, "tel", stage.ago(days=5), OrderState.SHIPPED, lines=goods)
    by, at = stage.by("agent"), stage.ago(hours=hours)
    keeps = (at + timedelta(days=3)).date()
    open_undeliverable(order, reason, keeps, "快递员打电话来说的", by=by, now=at)
    return newest()


def newest() -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")


def fresh(case: Case) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def _left_a_message(stage: Stage) -> None:
    case, said = _undeliverable(stage, "unreached", 20), Contacted(ContactChannel.TELEPHONE)
    by = stage.by("agent")
    contact_buyer(case, Attempt(said, reached=False), by=by, now=stage.ago(hours=19))
    left = Attempt(said, reached=False, left=True)
    contact_buyer(fresh(case), left, by=by, now=stage.ago(hours=3))


def _back_again(stage: Stage) -> None:
    """The carrier sent it back by itself: to be sent again; one on its way again, claimed for."""
    case = _here_again(stage)
    case = _here_again(stage)
    by = stage.by("aftersales")
    resend_goods(case, by=by, now=stage.ago(hours=2))
    order: Order | None = fresh(case).order
    amount = order.due if order else None
    if amount:
        claim_carrier(fresh(case), amount, "没有派送就退回了", by=by, now=stage.ago(hours=1))


def _missing(stage: Stage) -> None:
    """A piece that was not in the box: to be sent; one that the carrier is asked about."""
    for reason, hours in (("missing", 5), ("lost", 8)):
        goods = [(stage.sku("A1023"), 1), (stage.sku("C3012", "30"), 1)]
        order = enter(stage, "tel", stage.ago(days=6), OrderState.RECEIVED, lines=goods)
        line, by = order.lines.order_by("id").first(), stage.by("agent")
        missing = GoodsBack({line.pk if line else 0: 1}, reason, wants="箱子里没有衬衫")
        open_reship(order, missing, by=by, now=stage.ago(hours=hours))
    due = stage.now + timedelta(hours=20)
    ask_about_parcel(newest(), "买家说没有收到", due, by=by, now=stage.ago(hours=4))


def _here_again(stage: Stage) -> Case:
    case, floor = _undeliverable(stage, "turned_back", 60), stage.by("warehouse")
    let_return(case, "快递已经在退", by=stage.by("agent"), now=stage.ago(hours=58))
    for line in case.lines.select_related("sku"):
        if line.sku is not None:
            count_goods(fresh(case), line.sku.code, line.pieces, by=floor, now=stage.ago(hours=6))
    finish_arrival(fresh(case), by=floor, now=stage.ago(hours=5.9))
    grades = {line.pk: Found(good=line.got) for line in case.lines.all()}
    notes = dict.fromkeys(grades, "")
    inspect_goods(fresh(case), grades, notes, by=stage.by("aftersales"), now=stage.ago(hours=5))
    return fresh(case)
