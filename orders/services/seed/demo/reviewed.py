"""The demo's review: an order for each rule, what was passed, the call list (SOP 2.b)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.acts import act_on
from orders.models import Hold, Order, RemoteArea, Shop
from orders.review import address_key
from orders.services.blocking import add_remote, block
from orders.services.calls import Call, ask_buyer, record_call
from orders.services.passing import pass_review
from orders.services.release import release
from orders.services.release_due import review_due
from orders.services.seed.demo.stage import PLATFORM, Customer, Stage, enter
from orders.services.stocking import free_goods
from orders.words import BlockKind, HoldKind, OrderState

REMOTE = (
    ("新疆维吾尔自治区", "", "", "", "多 3 天，加收 15 元"),
    ("西藏自治区", "", "", "", "多 4 天，加收 18 元"),
    ("内蒙古自治区", "阿拉善盟", "", "YTO", "不派送"),
)


def send_on(stage: Stage, order: Order, now: datetime) -> None:
    """Released as the desk does it: what the rules find is passed with a reason."""
    if order.buyer_message or order.seller_memo or order.lines_unclear:
        whys = {"*": "已看过，照常发"}
        by = stage.by("senior")
        pass_review(order, whys, by=by, role="senior", now=now)
    else:
        release(order, by=stage.by("agent"), now=now)


def settings(stage: Stage) -> None:
    """Two shops release by rule; large orders on the telephone go to finance, too."""
    with act_on("save_shop", list[Shop](), by=stage.by("owner"), now=stage.ago(days=59)) as (
        _,
        log,
    ):
        for code, shop in stage.shops.items():
            shop.auto_release = code in ("taobao", "pdd")
            shop.review_limit = Decimal(2000) if code == "tel" else None
            shop.platform_labels = code != "douyin"
            shop.save()
        log.noted("店铺的审单设置")
    for province, city, district, carrier, why in REMOTE:
        area = RemoteArea(province=province, city=city, district=district, carrier=carrier, why=why)
        add_remote(area, by=stage.by("owner"), now=stage.ago(days=59))


def play(stage: Stage) -> None:
    """An order for each rule; then the timer reviews all that waits."""
    _places(stage)
    _words(stage)
    _blocked(stage)
    _together(stage)
    _large(stage)
    _called(stage)
    Order.objects.filter(
        state=OrderState.PAID.value, released_at__isnull=True, is_top_up=False
    ).update(review_at=stage.now)
    while review_due(stage.now):
        pass


def _paid(stage: Stage, hours: float, shop: str = "taobao", **values: Any) -> Order:
    return enter(stage, shop, stage.ago(hours=hours), **values)


def _places(stage: Stage) -> None:
    """No such region, no telephone that rings, far away, hidden without labels."""
    _paid(stage, 3, province="", city="", district="朝阳区")
    _paid(stage, 5, mobile="1380013800", mobile_tail="3800")
    _paid(stage, 6, province="新疆维吾尔自治区", city="乌鲁木齐市", district="天山区")
    _paid(stage, 8, "douyin")
    _paid(stage, 9, after_sale="退款中")
    _paid(stage, 16, refunded_before=Decimal("20.00"))
    _nobodys_goods(stage, _paid(stage, 17))


def _nobodys_goods(stage: Stage, order: Order) -> None:
    """A list that names titles alone: which products of ours they are a person says."""
    now = stage.ago(hours=16)
    with act_on("import_orders", [order], by=PLATFORM, now=now) as ((row,), log):
        free_goods(row, "表格里没有商家编码", now)
        row.lines.update(sku=None)
        log.noted("导入：只有商品标题，没有对应商品", clause="5.a")


def _words(stage: Stage) -> None:
    """What the buyer wrote, what a colleague wrote."""
    _paid(stage, 2, buyer_message="麻烦周五以后再发，谢谢")
    _paid(stage, 4, seller_memo="送礼盒，附贺卡", flag="红")


def _blocked(stage: Stage) -> None:
    """A telephone and an address on the block list; an order for each."""
    first, second = _paid(stage, 7), _paid(stage, 11, "tmall")
    by, now = stage.by("supervisor"), stage.ago(hours=6)
    block(BlockKind.PHONE, first.mobile, "三次拒收，运费没付", by=by, now=now)
    key = address_key(second.province, second.city, second.district, second.street)
    block(BlockKind.ADDRESS, key, "职业打假，先由主管看", by=by, now=now)


def _together(stage: Stage) -> None:
    """Two orders of one buyer to one place."""
    customer: Customer = next(stage.customers)
    for hours in (10, 1):
        _paid(stage, hours, "tmall", customer=customer)


def _large(stage: Stage) -> None:
    """Above the shop's limit: one waits for both looks, one for finance alone."""
    sku = stage.sku("D4006")
    _paid(stage, 12, "tel", lines=[(sku, 8)])
    order = _paid(stage, 14, "tel", lines=[(sku, 9)])
    by = stage.by("supervisor")
    whys = {"amount": "老客户团购，已电话确认"}
    pass_review(order, whys, by=by, role="supervisor", now=stage.ago(hours=2))


def _called(stage: Stage) -> None:
    """A doubtful one in the call list, tried once; one that was settled."""
    by = stage.by("agent")
    order = _paid(stage, 13, buyer_message="尺码不确定，发货前联系我")
    ask_buyer(order, "问清楚尺码再发", by=by, now=stage.ago(hours=5))
    _call(stage, order, Call("telephone", False, "没人接", stage.ago(hours=-1)))
    order = _paid(stage, 15, buyer_message="两件颜色要不一样")
    ask_buyer(order, "问清楚颜色", by=by, now=stage.ago(hours=5))
    _call(stage, order, Call("telephone", True, "都要白色", None))


def _call(stage: Stage, order: Order, call: Call) -> None:
    hold = Hold.objects.get(order=order, kind=HoldKind.REVIEW.value, state="open")
    now = stage.ago(hours=4)
    record_call(order, hold, call, by=stage.by("aftersales"), role="aftersales", now=now)
