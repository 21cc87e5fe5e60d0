"""The demo's unowned parcels: being counted, looked for, on the way back (SOP 1.4.f)."""

from __future__ import annotations

from aftersales.models import Case
from aftersales.selectors.unowned import case_of
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.goods_back import GoodsBack
from aftersales.services.unowned import OnIt, register_unowned, return_to_sender, tie_to_order
from orders.services.seed.demo.stage import Stage, enter
from orders.words import OrderState

SENDER = {"sender_name": "周晓峰", "sender_address": "浙江省杭州市西湖区文三路 88 号"}


def play(stage: Stage) -> None:
    """One at each place; of one the slip tells whose it is."""
    goods = [(stage.sku("A1023"), 1)]
    order = enter(stage, "tel", stage.ago(days=7), OrderState.RECEIVED, lines=goods)
    slip = OnIt("YTO", "YT7712300101", slip_no=order.order_no, place="无主件区 1 层")
    _looked_for(stage, slip, 6)
    _looked_for(stage, OnIt("STO", "773100200300", place="无主件区 2 层", **SENDER), 24 * 9)
    found = _looked_for(stage, OnIt("ZTO", "75110020030", place="无主件区 2 层", **SENDER), 24 * 61)
    old = OnIt(place="无主件区 3 层", said="没有面单，白色纸盒")
    _looked_for(stage, old, 24 * 62)
    back = _looked_for(stage, OnIt("YTO", "YT7712300105", **SENDER), 30)
    by = stage.by("aftersales")
    return_to_sender(back, "别家店的货", by=by, now=stage.ago(hours=5))
    register_unowned(
        OnIt("YTO", "YT7712300106"), by=stage.by("warehouse"), now=stage.ago(hours=0.2)
    )
    _tied(stage, found)


def _looked_for(stage: Stage, on_it: OnIt, hours: float) -> Case:
    by, now = stage.by("warehouse"), stage.ago(hours=hours)
    case = case_of(register_unowned(on_it, by=by, now=now))
    count_goods(case, stage.sku("A1023").code, 1, by=by, now=now)
    finish_arrival(_now(case), by=by, now=now)
    return _now(case)


def _now(case: Case) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def _tied(stage: Stage, case: Case) -> None:
    """Found out: what the carrier could not deliver."""
    goods = [(stage.sku("A1023"), 1)]
    order = enter(stage, "tel", stage.ago(days=9), OrderState.SHIPPED, lines=goods)
    by, now = stage.by("aftersales"), stage.ago(hours=1)
    tie_to_order(case, order, GoodsBack(), senior=False, by=by, now=now)
