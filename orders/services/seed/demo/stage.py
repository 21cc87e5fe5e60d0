"""What the demo's orders have in common: colleagues, shops, goods, and how an order comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localdate

from core.acts import Actor, act_on, current_act
from core.masking import mask_address, mask_name, mask_phone
from orders.factories import OrderFactory, ShopFactory
from orders.finishing import complete_by
from orders.models import Buyer, BuyerAccount, Order, Shop
from orders.models.order import tail
from orders.services import numbers
from orders.services.seed.goods import skus, top_up_sku
from orders.services.seed.people import Person, person
from orders.services.seed.rows import CARRIERS, platform_no
from orders.services.timers import start_timers
from orders.words import BY_HAND, AccountKind, Channel, MessageKind, OrderState
from staff.models import User
from stock.models import Sku, StockLevel
from stock.services import ledger

S = OrderState
PLATFORM = Actor("platform", "平台")
HIDING = frozenset({Channel.JD, Channel.PDD, Channel.DOUYIN})  # platforms that mask receivers
FAR = {S.SHIPPED: 1, S.RECEIVED: 2, S.COMPLETED: 3}
IN_CHAT = ("payment_reminder:chat", "delayed:chat")  # by a colleague, where there is no telephone
_SHOPS = (
    ("taobao", Channel.TAOBAO, "棉麻生活馆"),
    ("tmall", Channel.TMALL, "素木服饰旗舰店"),
    ("jd", Channel.JD, "素木京东自营店"),
    ("pdd", Channel.PDD, "素木工厂店"),
    ("douyin", Channel.DOUYIN, "素木抖音小店"),
    ("tel", Channel.TELEPHONE, "电话团购"),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with the buyer's row."""

    buyer: Buyer
    who: Person


@dataclass(slots=True)
class Stage:
    """Everything that a scene needs at hand."""

    now: datetime
    rng: Random
    people: Mapping[str, User]
    shops: Mapping[str, Shop] = field(default_factory=dict)
    goods: Sequence[Sku] = ()
    top_up: Sku | None = None
    customers: Iterator[Customer] = field(default_factory=lambda: iter(()))
    entered: int = 0

    def by(self, name: str) -> Actor:
        return Actor.person(self.people[name])

    def ago(self, **units: float) -> datetime:
        return self.now - timedelta(**units)

    @property
    def plenty(self) -> list[Sku]:
        return [sku for place, sku in enumerate(self.goods) if not _is_scarce(place)]

    @property
    def scarce(self) -> list[Sku]:
        return [sku for place, sku in enumerate(self.goods) if _is_scarce(place)]

    def sku(self, style_no: str, size: str = "L", colour: str = "") -> Sku:
        return next(
            sku
            for sku in self.goods
            if (sku.style_no, sku.size) == (style_no, size) and colour in ("", sku.colour)
        )


def set_up(now: datetime, people: Mapping[str, User]) -> Stage:
    """Shops with return addresses, some forty SKUs with stock, and buyers as they are needed."""
    stage = Stage(now, Random("gendan"), people)
    with act_on("seed", list[Shop](), by=stage.by("owner"), now=stage.ago(days=60)) as (_, log):
        stage.shops = {code: _shop(code, channel, name) for code, channel, name in _SHOPS}
        stage.goods, stage.top_up = _goods(stage.rng)
        log.noted("开店、上架")
    stage.customers = _customers(stage)
    return stage


def _shop(code: str, channel: Channel, name: str) -> Shop:
    shop: Shop = ShopFactory.create(
        code=code,
        name=name,
        channel=channel.value,
        return_name="素木退货组",
        return_phone="0571-80001234",
        return_address="浙江省 杭州市 余杭区 仓前街道示例路8号3号仓",
        top_up_codes=["BCJ"],
        tells=[*(f"{kind}:sms" for kind in MessageKind), *IN_CHAT],
        ship_by_h=24 if channel is Channel.DOUYIN else 48,
    )
    return shop


def _goods(rng: Random) -> tuple[list[Sku], Sku]:
    goods, top_up = list(skus()), top_up_sku()
    for place, sku in enumerate([*goods, top_up]):
        sku.save()
        scarce = _is_scarce(place)
        if sku.is_top_up:  # a mere price: nothing of it lies on a shelf
            continue
        on_hand = rng.randrange(0, 3) if scarce else rng.randrange(60, 172)
        ledger.open_levels([StockLevel(sku=sku, on_hand=on_hand)], current_act().at)
    return goods, top_up


def _is_scarce(place: int) -> bool:
    return place % 13 == 5


def _customers(stage: Stage) -> Iterator[Customer]:
    """One person after the other."""
    number = 0
    while True:
        number += 1
        who = person(stage.rng, number)
        buyer = Buyer.objects.create(name=who.wangwang)
        for kind, account in ((AccountKind.WANGWANG, who.wangwang), (AccountKind.QQ, who.qq)):
            if account:
                channel = Channel.TAOBAO.value if kind == AccountKind.WANGWANG else ""
                BuyerAccount.objects.create(
                    buyer=buyer, kind=kind.value, account=account, channel=channel
                )
        yield Customer(buyer, who)


def enter(
    stage: Stage,
    shop: str,
    at: datetime,
    state: OrderState = S.PAID,
    *,
    customer: Customer | None = None,
    lines: Sequence[tuple[Sku, int]] = (),
    **values: Any,
) -> Order:
    """An order that came in then and stands in `state` now; by import, or registered by hand."""
    at = min(at, stage.now)
    stage.entered += 1
    row = stage.shops[shop]
    channel, by_hand = Channel(row.channel), row.channel in BY_HAND
    verb, by = ("register_order", stage.by("agent")) if by_hand else ("import_orders", PLATFORM)
    with act_on(verb, list[Order](), by=by, now=at) as (_, log):
        customer = customer or next(stage.customers)
        number = numbers.take(localdate(at))[0]
        order: Order = OrderFactory.create(
            order_no=number,
            platform_no=number if by_hand else platform_no(stage.rng, channel, stage.entered, at),
            shop=row,
            state=state.value,
            buyer=customer.buyer,
            buyer_account=customer.who.wangwang,
            ordered_at=at,
            lines=list(lines) or _some(stage),
            **_receiving(customer.who, hidden=channel in HIDING)
            | _dates(stage, row, at, state)
            | _sent(stage.rng, state)
            | values,
        )
        start_timers(order, at)
        if order.state == S.UNPAID:
            order.save(update_fields=["remind_at", "close_at"])
        log.about(order)
        log.noted("登记订单" if by_hand else "导入订单", clause="5.a")
    return order


def _some(stage: Stage) -> list[tuple[Sku, int]]:
    """Goods of which there are enough; who orders the scarce ones has a scene of its own."""
    count = stage.rng.choices((1, 2, 3), (65, 25, 10))[0]
    return [
        (_beside(stage, sku), stage.rng.choices((1, 2), (9, 1))[0])
        for sku in stage.rng.sample(list(stage.goods), count)
    ]


def _beside(stage: Stage, sku: Sku) -> Sku:
    """These goods, or those beside them where they are scarce."""
    place = list(stage.goods).index(sku)
    return stage.goods[place - 1] if _is_scarce(place) else sku


def _receiving(who: Person, *, hidden: bool) -> dict[str, Any]:
    values: dict[str, Any] = who.receiving.values()
    if hidden:
        values |= {
            "consignee": mask_name(who.name),
            "mobile": mask_phone(who.mobile),
            "telephone": "",
            "street": mask_address(who.street),
            "masked": True,
        }
    return values | {"mobile_tail": tail(values["mobile"])}


def _dates(stage: Stage, shop: Shop, at: datetime, state: OrderState) -> dict[str, Any]:
    """The times of the steps that it has passed, none in the future."""
    found: dict[str, Any] = {"created_at": at}
    if state in (S.UNPAID, S.CLOSED):
        return found

    def later(**units: float) -> datetime:
        return min(at + timedelta(**units), stage.now)

    found |= {"paid_at": later(minutes=7), "ship_by": at + timedelta(hours=shop.ship_by_h)}
    if state is not S.PAID:
        found["released_at"] = later(hours=3)
    steps = FAR.get(state, 0)
    if steps >= 1:
        found |= {"shipped_at": later(hours=20), "handed_over_at": later(hours=22)}
    if steps >= 2:
        found["received_at"] = later(days=3)
    if steps == 2:
        due = complete_by(found["received_at"], shop.complete_days)
        found["complete_at"] = max(due, stage.now + timedelta(hours=1))
    if steps >= 3:
        found["completed_at"] = later(days=10)
    return found


def _sent(rng: Random, state: OrderState) -> dict[str, Any]:
    """Carrier and waybill of what has left."""
    if state not in FAR:
        return {}
    carrier, prefix, digits = rng.choice(CARRIERS)
    return {"carrier": carrier, "waybill": f"{prefix}{rng.randrange(10**digits):0{digits}d}"}
