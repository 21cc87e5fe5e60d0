"""One made-up order with all that hangs on it, as rows that are not written yet.

Plain dicts, one shape for each table: a model instance costs ten times as much, and there are
ten million of them behind a million orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

from core.masking import mask_address, mask_name, mask_phone
from core.money import CENT, ZERO, spread, yuan
from orders.models import Order
from orders.models import Shop as ShopRow
from orders.services.seed.people import Person, person
from orders.services.seed.year import state_at
from orders.words import (
    AccountKind,
    Channel,
    ContactChannel,
    Gateway,
    HoldKind,
    HoldState,
    OrderState,
    PayerSide,
    Stop,
)
from stock.models import Sku

S = OrderState
Row = dict[str, Any]
FAR = (S.SHIPPED, S.RECEIVED, S.COMPLETED)
MESSAGES = (
    *("麻烦尽快发货，谢谢", "请发顺丰", "不要放快递柜，打电话", "送朋友的，不要放价格单"),
    *("周末在家，工作日送公司前台", "帮忙检查一下线头", "颜色不要发错哦", "请放菜鸟驿站"),
)
MEMOS = ("老客户，送小礼品", "改发圆通", "已核对尺码", "要开发票", "加急", "与另一单一起发")
NOTES = (
    *("买家来电催发货，已安抚", "尺码已跟买家确认", "地址已核对，门牌号没错", "买家要求周六再发"),
    *("赠品已放", "同款库存紧张，先占一件", "已提醒买家当面验货", "买家希望换快递，已记下"),
)
CARRIERS = (("SF", "SF1", 12), ("YTO", "YT", 13), ("ZTO", "75", 12), ("STO", "773", 12))
RESULTS = ("号码无人接听", "已联系上，同意等货", "买家说晚点再定", "已确认地址")
CHANNELS = [channel.value for channel in ContactChannel]
HELD = (
    (HoldKind.REVIEW, "买家留言与地址不一致，请核对"),
    (HoldKind.STOCK_OUT, "缺一件，等售后联系买家"),
    (HoldKind.CUSTOMER, "买家考虑换款，明天再联系"),
    (HoldKind.GOODS, "买家同意等货"),
    (HoldKind.REFUND, "平台上有退款申请"),
)
_BLANK: Row = {f.attname: f.get_default() for f in Order._meta.concrete_fields}


@dataclass(slots=True)
class Rows:
    """What a batch writes, by table."""

    buyers: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    trades: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with the id of the buyer's row."""

    id: int
    who: Person


@dataclass(slots=True)
class Batch:
    """What the orders of a batch have in common."""

    rng: Random
    now: datetime
    shops: Sequence[ShopRow]
    goods: Sequence[Sku]
    act_id: UUID
    known: list[Customer]
    trade_ids: Iterator[int]
    rows: Rows = field(default_factory=Rows)


def customer(batch: Batch, new_id: int) -> Customer:
    """Somebody new; one order in three is from somebody who bought before."""
    rng, known = batch.rng, batch.known
    if known and rng.random() < 0.35:
        return rng.choice(known)
    found = Customer(new_id, person(rng, new_id))
    if len(known) < 20_000:
        known.append(found)
    else:
        known[rng.randrange(20_000)] = found
    batch.rows.buyers.append({"id": new_id, "name": found.who.wangwang, "at": batch.now})
    accounts = [(AccountKind.WANGWANG, found.who.wangwang)]
    if found.who.qq:
        accounts.append((AccountKind.QQ, found.who.qq))
    batch.rows.accounts += [
        {"buyer_id": new_id, "kind": kind.value, "account": account} for kind, account in accounts
    ]
    return found


def add_order(batch: Batch, order_no: str, order_id: int, buyer: Customer, at: datetime) -> None:
    """One order of that buyer with lines, payment, acts, and now and then more."""
    rng, shop = batch.rng, batch.rng.choice(batch.shops)
    channel = Channel(shop.channel)
    order = _BLANK | {
        "id": order_id,
        "order_no": order_no,
        "shop_id": shop.pk,
        "platform_no": platform_no(rng, channel, order_id, at),
        "state": state_at(rng, at, batch.now).value,
        "buyer_id": buyer.id,
        "buyer_account": buyer.who.wangwang,
        "ordered_at": at,
        "created_at": at + timedelta(minutes=5),
    }
    _receiving(order, buyer.who, hidden=channel in _HIDING and rng.random() < 0.5)
    _goods(batch, order)
    _dates(rng, order, batch.now)
    _words(rng, order)
    _money(batch, order)
    _talk(batch, order)
    _timeline(batch, order)
    batch.rows.orders.append(order)


_HIDING = frozenset({Channel.PDD, Channel.DOUYIN})


def platform_no(rng: Random, channel: Channel, order_id: int, at: datetime) -> str:
    """As the platform writes its numbers; the order's id makes each the only one."""
    if channel is Channel.PDD:
        return f"{at:%y%m%d}-{order_id:09d}{rng.randrange(10**6):06d}"
    if channel is Channel.JD:
        return f"3{order_id:010d}{rng.randrange(10)}"
    if channel is Channel.YOUZAN:
        return f"E{at:%Y%m%d%H%M%S}{order_id:09d}"
    if channel is Channel.DOUYIN:
        return f"69{order_id:010d}{rng.randrange(10**7):07d}"
    return f"{rng.randrange(35, 48)}{order_id:010d}{rng.randrange(10**7):07d}"


def _receiving(order: Row, who: Person, *, hidden: bool) -> None:
    """Where it goes; platforms that hide personal data give it masked."""
    region, mobile = who.region, who.mobile
    order["province"], order["city"] = region.province, region.city
    order["district"], order["mobile_tail"] = region.district, mobile[-4:]
    if hidden:
        order["masked"] = True
        order["consignee"], order["mobile"] = mask_name(who.name), mask_phone(mobile)
        order["street"] = mask_address(who.street)
    else:
        order["consignee"], order["mobile"] = who.name, mobile
        order["street"], order["telephone"] = who.street, who.telephone


def _goods(batch: Batch, order: Row) -> None:
    """One to three lines, some at a discount that is spread over them."""
    rng = batch.rng
    chosen = rng.choices(batch.goods, k=rng.choices((1, 2, 3), (70, 22, 8))[0])
    counts = rng.choices((1, 2, 3), (90, 8, 2), k=len(chosen))
    full = [sku.price * count for sku, count in zip(chosen, counts, strict=True)]
    total = sum(full, ZERO)
    off = yuan(total / 10) if rng.random() < 0.4 else ZERO
    batch.rows.lines += [
        _line(order, *line) for line in zip(chosen, counts, spread(total - off, full), strict=True)
    ]
    order["shop_discount"], order["goods_total"] = off, total - off
    order["goods_count"] = sum(counts)
    first = f"{chosen[0].name} {chosen[0].colour} {chosen[0].size}"
    more = f"等 {len(chosen)} 种" if len(chosen) > 1 else f"× {counts[0]}"
    order["goods_summary"] = f"{first} {more}"
    order["freight"] = Decimal("8.00") if rng.random() < 0.1 else ZERO
    order["due"] = order["goods_total"] + order["freight"]
    if rng.random() < 0.15:
        order["platform_discount"] = min(Decimal("5.00"), order["due"] - CENT)


_KEEPING = frozenset({S.PAID, S.PICKING, S.PACKED})


def _line(order: Row, sku: Sku, quantity: int, amount: Decimal) -> Row:
    return {
        "order_id": order["id"],
        "sku_id": sku.pk,
        "code": sku.code,
        "style_no": sku.style_no,
        "title": sku.name,
        "colour": sku.colour,
        "size": sku.size,
        "spec": f"颜色分类:{sku.colour};尺码:{sku.size}",
        "quantity": quantity,
        "reserved": quantity if order["state"] in _KEEPING else 0,
        "price": sku.price,
        "amount": amount,
    }


def _dates(rng: Random, order: Row, now: datetime) -> None:
    """The times that its state implies, one after the other, none in the future."""
    state, at = S(order["state"]), order["ordered_at"]
    if state is S.CLOSED:
        _closed(rng, order, now)
    if state is S.UNPAID or order["closed_from"] == S.UNPAID:
        return
    order["paid_at"] = at = min(at + timedelta(seconds=rng.randrange(20, 7200)), now)
    order["ship_by"] = at + timedelta(hours=48)
    if state is S.CLOSED:
        return
    if state is not S.PAID or rng.random() < 0.3:
        order["released_at"] = at = min(at + timedelta(hours=rng.randrange(1, 12)), now)
    for name, reached, hours in _STEPS:
        if state in reached:
            order[name] = at = min(at + timedelta(hours=rng.randrange(*hours)), now)
    if state in FAR:
        order["handed_over_at"] = order["shipped_at"]
        order["carrier"], prefix, digits = rng.choice(CARRIERS)
        order["waybill"] = f"{prefix}{rng.randrange(10**digits):0{digits}d}"


_STEPS = (
    ("shipped_at", FAR, (2, 30)),
    ("received_at", FAR[1:], (30, 100)),
    ("completed_at", FAR[2:], (60, 170)),
)


def _closed(rng: Random, order: Row, now: datetime) -> None:
    """Most were never paid; the others were refunded."""
    unpaid = rng.random() < 0.6
    order["closed_from"] = (S.UNPAID if unpaid else S.PAID).value
    order["closed_why"] = "超时未付款，系统关闭" if unpaid else "退款成功，交易关闭"
    order["closed_at"] = min(order["ordered_at"] + timedelta(hours=72), now)


def _words(rng: Random, order: Row) -> None:
    order["platform_status"] = S(order["state"]).label
    if rng.random() < 0.12:
        order["buyer_message"] = rng.choice(MESSAGES)
    if rng.random() < 0.08:
        order["seller_memo"], order["flag"] = rng.choice(MEMOS), rng.choice(("红", "蓝"))


def _money(batch: Batch, order: Row) -> None:
    """What was paid as one trade; the platform's part is a share of its own (architecture §4)."""
    at = order["paid_at"]
    if at is None:
        return
    order["paid_by_platform"] = order["platform_discount"]
    order["paid"] = order["due"] - order["paid_by_platform"]
    if order["closed_from"]:
        order["refunded_before"] = order["paid"]
    trade = next(batch.trade_ids)
    batch.rows.trades.append(
        {
            "id": trade,
            "number": f"{at:%Y%m%d}2200{order['id']:012d}",
            "gateway": Gateway.PLATFORM.value,
            "paid": order["due"],
            "paid_at": at,
        }
    )
    shares = ((PayerSide.BUYER, order["paid"]), (PayerSide.PLATFORM, order["paid_by_platform"]))
    batch.rows.payments += [
        {"order_id": order["id"], "trade_id": trade, "side": side.value, "amount": share, "at": at}
        for side, share in shares
        if share or side is PayerSide.BUYER
    ]


def _talk(batch: Batch, order: Row) -> None:
    """Notes on one order in twelve, contacts on some, and holds on some that wait."""
    rng, at = batch.rng, min(order["ordered_at"] + timedelta(hours=3), batch.now)
    on: Row = {"order_id": order["id"]}
    if rng.random() < 0.08:
        text = f"{rng.choice(NOTES)} {order['id']}"
        batch.rows.notes.append(on | {"text": text, "by_name": "客服", "at": at})
    if rng.random() < 0.03:
        again = at + timedelta(days=1) if rng.random() < 0.3 else None
        said = {"channel": rng.choice(CHANNELS), "said": rng.choice(RESULTS), "at": at}
        batch.rows.contacts.append(on | said | {"reached": again is None, "call_again_at": again})
    if order["state"] == S.PAID and order["released_at"] is None and rng.random() < 0.25:
        kind, reason = rng.choice(HELD)
        held = {"kind": kind.value, "reason": reason, "by_name": "系统", "opened_at": at}
        states = {"state": HoldState.OPEN.value, "stop": Stop.NONE.value}
        batch.rows.holds.append(on | held | states)


def _timeline(batch: Batch, order: Row) -> None:
    """Taken in; modified, one in twenty; released."""
    _did(batch, order, "import_orders", order["created_at"], "导入订单", "5.a")
    if order["paid_at"] and batch.rng.random() < 0.05:
        order["modified_at"], order["version"] = order["paid_at"], 2
        changes = [["详细地址", "", mask_address(order["street"])]]
        _did(batch, order, "modify_receiving", order["paid_at"], "修改收货信息", "1.1.e", changes)
    if order["released_at"]:
        _did(batch, order, "release", order["released_at"], "下发仓库", "2.b")


def _did(
    batch: Batch,
    order: Row,
    verb: str,
    at: datetime,
    summary: str,
    clause: str,
    changes: Sequence[Sequence[str]] = (),
) -> None:
    """One act of the order's timeline, as a part of the batch's."""
    batch.rows.acts.append(
        {
            "id": uuid4(),
            "verb": verb,
            "subject_kind": "order",
            "subject_id": order["id"],
            "order_no": order["order_no"],
            "part_of_id": batch.act_id,
            "actor_kind": "platform" if verb == "import_orders" else "person",
            "actor_name": "平台" if verb == "import_orders" else "客服",
            "at": at,
            "clause": clause,
            "summary": summary,
            "changes": list(changes),
        }
    )
