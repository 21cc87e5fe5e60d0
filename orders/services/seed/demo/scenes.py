"""The demo's special orders, each brought where it stands by the acts that people do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from core.acts import act_on
from core.money import ZERO
from core.verdict import Refused
from orders.models import Contact, Hold, Order
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.close import close_order
from orders.services.hold import hold_order, lift_hold, open_hold
from orders.services.modify import modify_delivery, modify_receiving
from orders.services.note import follow_up, note
from orders.services.products import Wanted, modify_products
from orders.services.release import release, take_back
from orders.services.seed.demo.stage import PLATFORM, Customer, Stage, enter
from orders.services.top_up import tie_top_up
from orders.words import ContactChannel, Delivery, HoldKind, IdentityKey, OrderState, Terms
from stock.models import StockLevel

S = OrderState
CHECKED = frozenset({IdentityKey.ORDER_NO, IdentityKey.CONSIGNEE})


def play(stage: Stage) -> None:
    """All scenes, one after the other."""
    for scene in (
        held,
        short,
        dearer,
        cheaper,
        top_up_tied,
        odd_money,
        terms,
        hurried,
        modified,
        conflicting,
        unclear,
        refused,
        closed_by_hand,
        called,
        followed,
        loyal,
    ):
        scene(stage)


def held(stage: Stage) -> None:
    """A hold of each kind (architecture §4), and one that was lifted."""
    reasons = {
        HoldKind.REVIEW: "买家留言写了另一个收货人，请核对",
        HoldKind.CUSTOMER: "买家想换颜色，考虑到明天",
        HoldKind.GOODS: "买家同意等货，到货后一起发",
        HoldKind.INTERCEPT: "买家来电要改地址，等仓库确认",
        HoldKind.REFUND: "买家在平台申请退款，等处理",
    }
    for hours, (kind, reason) in enumerate(reasons.items(), start=5):
        order = enter(stage, "taobao" if hours % 2 else "tmall", stage.ago(hours=hours * 3))
        hold_order(order, kind, reason, by=stage.by("agent"), now=stage.ago(hours=hours))
    order = enter(stage, "taobao", stage.ago(hours=26))
    hold_order(
        order,
        HoldKind.REVIEW,
        "金额偏大，主管看一眼",
        by=stage.by("agent"),
        now=stage.ago(hours=25),
    )
    hold = Hold.objects.get(order=order, state="open")
    lift_hold(
        order,
        hold,
        "已核对，没有问题",
        by=stage.by("senior"),
        role="senior",
        now=stage.ago(hours=20),
    )


def _swap(stage: Stage, shop: str, to: tuple[str, str], customer: Customer | None = None) -> Order:
    """Somebody bought a sweatshirt and has it swapped."""
    order = enter(
        stage, shop, stage.ago(hours=22), customer=customer, lines=[(stage.sku("B2051"), 1)]
    )
    line = order.lines.get()
    modify_products(
        order,
        [Wanted(line=line.pk, sku=stage.sku(*to), quantity=1)],
        by=stage.by("agent"),
        now=stage.ago(hours=6),
        contact=Contacted(ContactChannel.WANGWANG, CHECKED, "想换一款"),
    )
    order.refresh_from_db()
    return order


def short(stage: Stage) -> None:
    """Two orders wait for goods that ran out; one of them has some of its pieces (SOP 1.3)."""
    sku = stage.scarce[0]
    there = StockLevel.objects.get(pk=sku.pk).available
    enter(stage, "taobao", stage.ago(hours=22), lines=[(sku, there + 1), (stage.plenty[0], 1)])
    enter(stage, "jd", stage.ago(hours=9), lines=[(sku, 1)])


def dearer(stage: Stage) -> None:
    """Two wait for a top-up; for one it has arrived and is not tied yet (SOP 1.1.f)."""
    _swap(stage, "tmall", ("D4006", "L"))
    customer = next(stage.customers)
    order = _swap(stage, "taobao", ("B2088", "L"), customer)
    _top_up(stage, customer, order.due - order.total_paid, hours=1)
    _top_up(stage, next(stage.customers), Decimal("15.00"), hours=9)


def _top_up(stage: Stage, customer: Customer, amount: Decimal, *, hours: float) -> Order:
    """A top-up order as it arrives from the platform: so many pieces of one yuan."""
    sku = stage.top_up
    if sku is None:
        raise ValueError("the stage has no top-up SKU")
    return enter(
        stage,
        "taobao",
        stage.ago(hours=hours),
        customer=customer,
        lines=[(sku, int(amount))],
        is_top_up=True,
        ship_by=None,
    )


def cheaper(stage: Stage) -> None:
    """The difference of a cheaper swap is owed back."""
    _swap(stage, "taobao", ("C3012", "30"))


def top_up_tied(stage: Stage) -> None:
    """A top-up that was tied: the hold has ended."""
    customer = next(stage.customers)
    order = _swap(stage, "taobao", ("B2088", "M"), customer)
    top_up = _top_up(stage, customer, order.due - order.total_paid, hours=5)
    tie_top_up(order, top_up, by=stage.by("senior"), now=stage.ago(hours=4))


def odd_money(stage: Stage) -> None:
    """Paid in part, and paid too much."""
    sku = stage.sku("D4006")
    enter(stage, "tel", stage.ago(hours=8), S.UNPAID, lines=[(sku, 2)], paid=Decimal("300.00"))
    enter(stage, "tel", stage.ago(hours=9), lines=[(sku, 1)], paid=Decimal("420.00"))


def terms(stage: Stage) -> None:
    """Cash on delivery, and on account (SOP 5.g)."""
    for term, hours, by in ((Terms.COD, 7, "agent"), (Terms.ACCOUNT, 30, "agent2")):
        for state in (S.PAID, S.SHIPPED):
            order = enter(
                stage,
                "tel",
                stage.ago(hours=hours),
                state,
                terms=term.value,
                paid=ZERO,
                paid_at=None,
            )
            note(order, f"{term.label}，已跟买家确认", by=stage.by(by), now=order.ordered_at)


def hurried(stage: Stage) -> None:
    """Promises that are late, and those that end within hours (SOP 5.h)."""
    for hours, left in ((70, -20), (52, -3), (46, 1.5), (45, 3), (40, 6)):
        enter(stage, "taobao", stage.ago(hours=hours), ship_by=stage.now + timedelta(hours=left))
    order = enter(stage, "tmall", stage.ago(hours=47), ship_by=stage.now + timedelta(hours=1))
    release(order, by=stage.by("agent"), now=stage.ago(hours=20))


def modified(stage: Stage) -> None:
    """Modified by the customer's wish (SOP 1.1.d, 1.1.e): receiver, delivery, after a release."""
    order = enter(stage, "taobao", stage.ago(hours=20))
    _move(stage, order, "agent", stage.ago(hours=18))
    _move(stage, order, "agent2", stage.ago(hours=3))
    order = enter(stage, "tmall", stage.ago(hours=16))
    release(order, by=stage.by("agent"), now=stage.ago(hours=14))
    take_back(order, by=stage.by("agent"), now=stage.ago(hours=13))
    modify_delivery(
        order,
        Delivery.EXPRESS,
        "SF",
        by=stage.by("agent"),
        now=stage.ago(hours=12),
        contact=Contacted(ContactChannel.TELEPHONE, CHECKED, "要发顺丰"),
    )
    release(order, by=stage.by("agent"), now=stage.ago(hours=11))


def _move(stage: Stage, order: Order, by: str, at: datetime) -> None:
    order.refresh_from_db()
    other = next(stage.customers).who
    new = replace(other.receiving, consignee=order.consignee, mobile=order.mobile, telephone="")
    modify_receiving(
        order,
        new,
        by=stage.by(by),
        now=at,
        contact=Contacted(ContactChannel.WANGWANG, CHECKED, "地址写错了"),
    )


def conflicting(stage: Stage) -> None:
    """The agent changed the address; a later export says something else (SOP 5.a)."""
    order = enter(stage, "taobao", stage.ago(hours=15))
    _move(stage, order, "agent", stage.ago(hours=10))
    with act_on("import_orders", [order], by=PLATFORM, now=stage.ago(hours=2)) as (_, log):
        text = "平台上的收货信息又改过，和手工修改的不一样，请和买家核对。"
        text += "详细地址：平台“示例路***”，我们“人民路***”"
        open_hold(
            order,
            HoldKind.REVIEW,
            text,
            by=PLATFORM,
            now=stage.ago(hours=2),
            cause="import:receiving",
        )
        log.changed([])
        log.noted("导入：与手工修改不一致，已挂起", clause="5.a")


def unclear(stage: Stage) -> None:
    """Several goods in one cell with one quantity: a person says which (SOP 5.a)."""
    for hours in (4, 12):
        enter(
            stage,
            "douyin",
            stage.ago(hours=hours),
            lines_unclear="多件商品合在一格里，请上传宝贝明细，或人工核对。",
        )


def refused(stage: Stage) -> None:
    """A customer wanted another address after shipping: refused, and recorded (SOP 1.1.c)."""
    order = enter(stage, "taobao", stage.ago(hours=40), S.SHIPPED)
    with suppress(Refused):
        _move(stage, order, "agent", stage.ago(hours=2))


def closed_by_hand(stage: Stage) -> None:
    """Closed at the customer's wish after the identity check (SOP 1.2.e); one was refunded."""
    order = enter(stage, "tmall", stage.ago(hours=9), S.UNPAID)
    close_order(
        order,
        "买家拍错了",
        by=stage.by("agent"),
        now=stage.ago(hours=8),
        contact=Contacted(ContactChannel.WANGWANG, CHECKED, "拍错了，不要了"),
    )
    order = enter(stage, "taobao", stage.ago(hours=90))
    with act_on("import_orders", [order], by=PLATFORM, now=stage.ago(hours=50)) as ((row,), log):
        row.close(stage.ago(hours=50), "退款成功，交易关闭")
        row.refunded_before = row.paid
        log.changed([])
        log.noted("平台：退款成功，交易关闭", clause="5.a")


def called(stage: Stage) -> None:
    """Calls: not reached, to be called again today and tomorrow; reached (SOP 1.3.a)."""
    for again, said in ((2, "没人接，下午再打"), (-1, "占线"), (20, "买家在开会，明天再打")):
        order = enter(stage, "tmall", stage.ago(hours=24))
        hold_order(
            order,
            HoldKind.STOCK_OUT,
            "缺货，等售后联系买家",
            by=stage.by("purchasing"),
            now=stage.ago(hours=6),
        )
        _contact(stage, order, said, again)
    _contact(stage, enter(stage, "taobao", stage.ago(hours=28)), "已确认尺码", None)


def _contact(stage: Stage, order: Order, said: str, again: float | None) -> None:
    now = stage.ago(hours=3)
    with order_act("contact", order, by=stage.by("aftersales"), now=now) as (order, log):
        Contact.objects.create(
            order=order,
            channel=ContactChannel.TELEPHONE.value,
            reached=again is None,
            call_again_at=None if again is None else stage.now + timedelta(hours=again),
            said=said,
            about="stock_out",
            act=log.act.id,
            by=stage.people["aftersales"],
            at=now,
        )
        log.noted("联系买家：" + said, clause="1.3.a")


def followed(stage: Stage) -> None:
    """Follow-ups for today, for yesterday, and for later."""
    today = localdate(stage.now)
    for name, days in (("agent", 0), ("agent", 0), ("agent", -1), ("agent2", 0), ("agent", 3)):
        order = enter(stage, "taobao", stage.ago(hours=34))
        follow_up(order, today + timedelta(days=days), by=stage.by(name), now=stage.ago(hours=30))


def loyal(stage: Stage) -> None:
    """One buyer with orders in several states and shops, and much that was noted."""
    customer = next(stage.customers)
    for shop, hours, state in (
        ("taobao", 600, S.COMPLETED),
        ("tmall", 200, S.RECEIVED),
        ("taobao", 60, S.SHIPPED),
        ("taobao", 5, S.PAID),
        ("taobao", 1, S.UNPAID),
    ):
        order = enter(stage, shop, stage.ago(hours=hours), state, customer=customer)
    for hours in range(1, 8):
        note(
            order,
            f"老客户，第 {hours} 次沟通：优先处理",
            by=stage.by("senior"),
            now=stage.ago(minutes=60 - hours * 5),
        )
