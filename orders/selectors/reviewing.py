"""What the review rules look at, for many orders with a fixed number of queries (SOP 2.b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from core.bulk import find
from orders.addresses import clean_phone
from orders.formats.states import after_sale_open
from orders.models import BlockEntry, Buyer, Hold, Note, Order, OrderLine, RemoteArea
from orders.models.indexes import MERGEABLE
from orders.review import ReviewFacts, address_key, same_place
from orders.selectors.mergeable import SAME
from orders.words import CARRIERS, BlockKind, Delivery

_ALIKE = (*SAME, "masked")
MOST_ADDRESSES = 2000  # of the block list: they are compared one by one


def review_facts(orders: Sequence[Order]) -> list[ReviewFacts]:
    """Facts of paid orders whose shops are loaded; 9 queries at most however many they are."""
    keys = [order.pk for order in orders]
    holds = _holds(keys)
    merged, unknown = _merged(orders), _unknown(keys)
    notes = _notes([*keys, *(row.pk for rows in merged.values() for row in rows)])
    siblings = siblings_of(orders)
    blocked, remote = blocked_of(orders), _remote(orders)
    return [
        ReviewFacts(
            order=order.facts(holds.get(order.pk, [])),
            receiving=order.receiving,
            delivery=Delivery(order.delivery),
            masked=order.masked,
            platform_labels=order.shop.platform_labels,
            after_sale_open=after_sale_open(order.after_sale),
            message=_joined(row.buyer_message for row in (order, *merged[order.pk])),
            memo=_joined(_without(notes[row.pk], row) for row in (order, *merged[order.pk])),
            flag=_joined(row.flag for row in (order, *merged[order.pk])),
            notes=sum(n.by_hand for row in (order, *merged[order.pk]) for n in notes[row.pk]),
            siblings=tuple(siblings.get(order.pk, ())),
            blocked=tuple(blocked.get(order.pk, ())),
            remote=_remote_of(order, remote),
            limit=order.shop.review_limit,
            unknown=tuple(unknown[order.pk]),
        )
        for order in orders
    ]


def _holds(keys: Sequence[int]) -> dict[int, list[Hold]]:
    found: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(order__in=keys, state="open").order_by("opened_at", "id"):
        found[hold.order_id].append(hold)
    return found


def _notes(keys: Sequence[int]) -> defaultdict[int, list[Note]]:
    found: defaultdict[int, list[Note]] = defaultdict(list)
    for note in Note.objects.filter(order__in=keys).order_by("id"):
        found[note.order_id].append(note)
    return found


def _without(notes: Iterable[Note], order: Order) -> str:
    """The shop's memo without what we wrote there ourselves, and the platform brought back."""
    memo = order.seller_memo
    for note in notes if memo else ():
        memo = memo.replace(note.in_memo, "")
    return memo.strip()


def _merged(orders: Sequence[Order]) -> defaultdict[int, list[Order]]:
    """What was merged into each: its buyer's wishes go with the parcel. No query without any."""
    found: defaultdict[int, list[Order]] = defaultdict(list)
    parted = [order.pk for order in orders if order.parted]
    if parted:
        rows = Order.objects.filter(merged_into__in=parted).exclude(merged_into=None)
        for row in rows.order_by("id"):
            found[row.merged_into_id or 0].append(row)
    return found


def _unknown(keys: Sequence[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=keys, sku__isnull=True).order_by("id"):
        found[line.order_id].append(line.label)
    return found


def _joined(texts: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(text for text in texts if text.strip()))


# -- the same receiver's other orders ---------------------------------------------------------


def siblings_of(orders: Sequence[Order]) -> dict[int, list[str]]:
    """Numbers of orders that could go in one parcel with each, as `mergeable` has it for one.

    One query for all: the index on what waits begins with the telephone.
    """
    mine = [o for o in orders if o.consignee and (o.mobile or o.telephone) and o.street]
    if not mine:
        return {}
    here = Order.objects.filter(MERGEABLE, mobile__in={order.mobile for order in mine})
    by_receiver: defaultdict[tuple[object, ...], list[_Other]] = defaultdict(list)
    names = ("pk", "order_no", "buyer_id", "platform_no", *_ALIKE)
    for key, number, buyer, platform_no, *receiver in here.values_list(*names):
        by_receiver[tuple(receiver)].append(_Other(key, number, buyer, platform_no))
    found = {}
    for order in mine:
        same = by_receiver[tuple(getattr(order, name) for name in _ALIKE)]
        if others := [other.no for other in same if other.goes_with(order)]:
            found[order.pk] = sorted(others)
    return found


class _Other(NamedTuple):
    key: int
    no: str
    buyer: int | None
    platform_no: str

    def goes_with(self, order: Order) -> bool:
        """Of what a platform masked, the buyer must be known and the same.

        What somebody has just split apart is not proposed to be put together again.
        """
        if self.key == order.pk or self.platform_no == order.platform_no:
            return False
        if order.masked or (self.buyer and order.buyer_id):
            return self.buyer is not None and self.buyer == order.buyer_id
        return True


# -- the owner's lists --------------------------------------------------------------------------


def blocked_of(orders: Sequence[Order]) -> dict[int, list[str]]:
    """Why an order's buyer, telephone or address is blocked, by order; three queries at most."""
    accounts = {order.buyer_account for order in orders} - {""}
    by_key = _entries(accounts.union(*(_phones(order) for order in orders)))
    addresses = [k for kind, k in by_key if kind == BlockKind.ADDRESS][:MOST_ADDRESSES]
    buyers = _blocked_buyers({order.buyer_id for order in orders if order.buyer_id})
    found: dict[int, list[str]] = {}
    for order in orders:
        keys = [(BlockKind.ACCOUNT.value, order.buyer_account)]
        keys += [(BlockKind.PHONE.value, phone) for phone in _phones(order)]
        keys += [(BlockKind.ADDRESS.value, key) for key in _within(order, addresses)]
        said = [f"{BlockKind(k[0]).label}在黑名单：{by_key[k]}。" for k in keys if k in by_key]
        if not said and order.buyer_id in buyers:
            said = [f"买家在黑名单：{buyers[order.buyer_id] or '原因没有写'}。"]
        if said:
            found[order.pk] = list(dict.fromkeys(said))
    return found


def _entries(keys: Iterable[str]) -> dict[tuple[str, str], str]:
    """Why it is blocked, by kind and key: what has one of these keys, and all addresses."""
    kept = find(BlockEntry, "key", list(keys), "kind", "key", "why", only="active")
    places = BlockEntry.objects.filter(active=True, kind=BlockKind.ADDRESS.value)
    rows = [*kept, *places.values_list("kind", "key", "why")]
    return {(kind, key): why for kind, key, why in rows}


def _phones(order: Order) -> list[str]:
    return [clean_phone(phone) for phone in (order.mobile, order.telephone) if phone]


def _within(order: Order, addresses: Sequence[str]) -> list[str]:
    """The blocked addresses that this one begins with: a house blocks its flats."""
    if not addresses:
        return []
    whole = address_key(order.province, order.city, order.district, order.street)
    return [key for key in addresses if whole.startswith(key)]


def _blocked_buyers(keys: Iterable[int]) -> dict[int | None, str]:
    rows = find(Buyer, "id", list(keys), "id", "blocked", "blocked_why")
    return {key: why for key, blocked, why in rows if blocked}


def _remote(orders: Sequence[Order]) -> Mapping[str, Sequence[RemoteArea]]:
    """The remote areas of the provinces that these orders go to, by the province's two signs."""
    heads = {order.province[:2] for order in orders if order.province}
    found: defaultdict[str, list[RemoteArea]] = defaultdict(list)
    if heads:
        for area in RemoteArea.objects.all():
            if area.province[:2] in heads:
                found[area.province[:2]].append(area)
    return found


def _remote_of(order: Order, remote: Mapping[str, Sequence[RemoteArea]]) -> str:
    """The carrier's own row before one for all, the narrowest place before a wide one."""
    fitting = [
        area
        for area in remote.get(order.province[:2], ())
        if area.carrier in ("", order.carrier)
        and same_place(order.city, area.city)
        and same_place(order.district, area.district)
    ]
    if not fitting:
        return ""
    area = max(fitting, key=lambda a: (bool(a.district), bool(a.city), bool(a.carrier)))
    carrier = CARRIERS.get(area.carrier, area.carrier) or "快递"
    return f"{area.place}：{carrier}{area.why}。"
