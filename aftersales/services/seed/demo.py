"""The demo's cases: a return at each place where it can stand (SOP 1.4)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.utils import timezone

from aftersales.models import Case
from aftersales.policy import Found
from aftersales.services.arrivals import count_goods, finish_arrival, refuse_cod
from aftersales.services.asking import ask_customer
from aftersales.services.ending import withdraw_case
from aftersales.services.exchanges import Swap, open_exchange, resend_early, resend_exchange
from aftersales.services.goods_back import GoodsBack
from aftersales.services.handing import hand_over_case
from aftersales.services.hearing import hear_orders, hear_refunds
from aftersales.services.inspection import agree_difference, inspect_goods
from aftersales.services.parcels import note_waybill, send_back
from aftersales.services.returns import MoneyBack, open_return, refund_case
from aftersales.services.seed import (
    answered,
    asked,
    before,
    guidance,
    macros,
    policies,
    repaired,
    shipped,
    unowned,
)
from aftersales.services.timers import close_silent, escalate, nudge
from core.verdict import Refused
from orders.models import Order
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState
from stock.models import Sku
from warehouse.services.news import Line, take_news
from warehouse.words import TrackSource, TrackState

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """One at each place, then the timers of the last days."""
    policies.made(stage)
    _refused(stage)
    _to_be_sent(stage)
    _on_its_way(stage)
    _here(stage)
    _inspected(stage)
    _exchanged(stage)
    _ended(stage)
    before.play(stage)
    shipped.play(stage)
    asked.play(stage)
    answered.play(stage)
    unowned.play(stage)
    guidance.play(stage)
    macros.play(stage)
    repaired.play(stage)
    policies.waiting(stage)
    for sweep in (close_silent, nudge, escalate, hear_refunds, hear_orders):
        while sweep(stage.now):
            pass


def _order(stage: Stage, days: float, shop: str = "tel", pieces: int = 1) -> Order:
    goods = [(stage.sku("A1023"), pieces), (stage.sku("C3012", "30"), 1)]
    return enter(stage, shop, stage.ago(days=days), OrderState.RECEIVED, lines=goods)


def _said(text: str) -> Contacted:
    return Contacted(ContactChannel.WANGWANG, KEYS, text)


def _open(
    stage: Stage, order: Order, reason: str, said: str, hours: float, pieces: int = 1
) -> Case:
    line, at = order.lines.order_by("id").first(), stage.ago(hours=hours)
    back = GoodsBack({line.pk if line else 0: pieces}, reason, _received(order, at), wants=said)
    open_return(order, back, by=stage.by("agent"), now=at, contact=_said(said))
    return _newest()


def _received(order: Order, at: datetime) -> date:
    return timezone.localdate(min(order.received_at or at, at))


def _newest() -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")


def _now(case: Case) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def _refused(stage: Stage) -> None:
    """Asked for too late: refused, with what the customer was told."""
    order = _order(stage, 40)
    line = order.lines.order_by("id").first()
    back = GoodsBack({line.pk if line else 0: 1}, "unwanted", timezone.localdate(order.received_at))
    by, now = stage.by("agent"), stage.ago(hours=5)
    with suppress(Refused):
        open_return(order, back, by=by, now=now, contact=_said("不想要了"))


def _to_be_sent(stage: Stage) -> None:
    """Today's; one that is overdue; one whose customer does not answer."""
    _open(stage, _order(stage, 6), "size", "大了一码", 3)
    _open(stage, _order(stage, 12, "taobao"), "colour", "颜色比图片深", 24 * 8)
    case = _open(stage, _order(stage, 9), "quality", "拉链坏了", 30)
    ask_customer(case, "请拍一张拉链的照片。", by=stage.by("aftersales"), now=stage.ago(hours=26))


def _on_its_way(stage: Stage) -> None:
    """On its way; came as collect-on-delivery and was refused."""
    for hours, waybill in ((50, "YT8800011001"), (70, "YT8800011002")):
        case = _open(stage, _order(stage, 8), "size", "小了", hours)
        by = stage.by("agent")
        note_waybill(case, "YTO", waybill, by=by, now=stage.ago(hours=hours - 20))
        for ago, state, text in (
            (hours - 22, TrackState.COLLECTED, "已揽收"),
            (8, TrackState.MOVING, "已到达杭州转运中心"),
        ):
            at = stage.ago(hours=ago)
            line = Line(at, text, "", state.value)
            take_news("YTO", waybill, state, [line], TrackSource.KUAIDI100, now=at)
    refuse_cod(_now(case), by=stage.by("warehouse"), now=stage.ago(hours=4))


def _here(stage: Stage) -> None:
    """Being counted; waiting to be inspected, with the colleague who inspects."""
    case = _open(stage, _order(stage, 9, pieces=2), "mistake", "拍多了", 60, 2)
    _count(stage, case, 1, 2)
    case = _arrived(stage, "wrong", "发成黑色了", 1, 1)
    hand_over_case(
        case,
        stage.people["aftersales"],
        "发错货，验好先退钱，买家等着",
        by=stage.by("agent"),
        now=stage.ago(hours=2),
    )


def _count(stage: Stage, case: Case, pieces: int, hours: float) -> None:
    line = case.lines.select_related("sku").order_by("id").first()
    code = line.sku.code if line and line.sku else ""
    count_goods(case, code, pieces, by=stage.by("warehouse"), now=stage.ago(hours=hours))


def _arrived(stage: Stage, reason: str, said: str, pieces: int, got: int) -> Case:
    case = _open(stage, _order(stage, 10, pieces=pieces), reason, said, 90, pieces)
    _count(stage, case, got, 5)
    finish_arrival(_now(case), by=stage.by("warehouse"), now=stage.ago(hours=4.9))
    return _now(case)


def _inspect(stage: Stage, case: Case, found: Found, note: str = "") -> Case:
    lines = list(case.lines.all())
    grades = {line.pk: found for line in lines}
    by, now = stage.by("aftersales"), stage.ago(hours=3)
    inspect_goods(case, grades, {line.pk: note for line in lines}, by=by, now=now)
    return _now(case)


def _inspected(stage: Stage) -> None:
    """To be decided; to be talked about; being paid back; going back to the customer."""
    _inspect(stage, _arrived(stage, "quality", "起球", 1, 1), Found(defect=1))
    _inspect(stage, _arrived(stage, "size", "大了", 2, 1), Found(good=1))
    case = _inspect(stage, _arrived(stage, "damaged", "路上压坏了", 1, 1), Found(scrap=1))
    refund_case(case, MoneyBack(), by=stage.by("agent"), now=stage.ago(hours=2))
    case = _inspect(stage, _arrived(stage, "unwanted", "不喜欢", 1, 1), Found(), "洗过了")
    by = stage.by("agent")
    agree_difference(case, "买家同意退回", by=by, now=stage.ago(hours=2))
    send_back(_now(case), "洗过了", by=stage.by("aftersales"), now=stage.ago(hours=1))


def _exchanged(stage: Stage) -> None:
    """To be paid first; sent before the goods are here; being sent."""
    dearer, size = stage.sku("B2051"), stage.sku("A1023", "XL")
    case = _inspect(stage, _counted(stage, _swap(stage, dearer, "colour")), Found(good=1))
    resend_exchange(case, by=stage.by("agent"), now=stage.ago(hours=2))
    case = _swap(stage, size, "quality")
    resend_early(case, by=stage.by("senior"), now=stage.ago(hours=70))
    case = _inspect(stage, _counted(stage, _swap(stage, size, "wrong")), Found(good=1))
    resend_exchange(case, by=stage.by("agent"), now=stage.ago(hours=2))


def _swap(stage: Stage, new: Sku, reason: str) -> Case:
    order, at = _order(stage, 9), stage.ago(hours=90)
    line = order.lines.order_by("id").first()
    key = line.pk if line else 0
    back = GoodsBack({key: 1}, reason, _received(order, at))
    said = _said("想换一件")
    open_exchange(order, Swap(back, {key: new}), by=stage.by("agent"), now=at, contact=said)
    return _newest()


def _counted(stage: Stage, case: Case) -> Case:
    _count(stage, case, 1, 5)
    finish_arrival(_now(case), by=stage.by("warehouse"), now=stage.ago(hours=4.9))
    return _now(case)


def _ended(stage: Stage) -> None:
    """Nobody answered: closed by itself. One was taken back."""
    _open(stage, _order(stage, 16), "size", "小了", 24 * 11)
    case = _open(stage, _order(stage, 7), "unwanted", "不想要了", 20)
    withdraw_case(case, "买家又要了", by=stage.by("agent"), now=stage.ago(hours=18))
