"""The ways to look for a key: each is one index range, or a few that are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now

from core.keyset import SIZE
from orders.models import BuyerAccount, Note, OldWaybill, Order
from orders.reading import Kind, Reading

RECENT = ("-ordered_at", "-id")
LAST = "\U0010ffff"
FEW = 50
TRIGRAM = 3
LONG = 9
PAGE = SIZE + 5
RARE = 300
MANY = 5000
WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Way:
    """Rows that stand in `order` in their indexes; `where` is checked on each of them.

    `few`: only some rows can have the key, however many orders there are.
    `wider`: these are the newest only, which usually fill a page; where they do not, all.
    """

    ranges: Sequence[QuerySet[Order]]
    said: str = ""
    order: Sequence[str] = RECENT
    where: Q | None = None
    few: bool = False
    wider: Callable[[], Way] | None = None


def ways_of(reading: Reading) -> Iterator[Way]:
    """The ways for a reading's kind, surest first; made one after the other."""
    return iter(_WAYS[reading.kind](reading.key))


def begins(column: str, key: str) -> Q:
    """Begins with `key`, as a range that a byte-ordered index serves on both databases."""
    return Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST})


def _equal(column: str, key: str) -> QuerySet[Order]:
    orders = Order.objects.filter(**{column: key})
    # The partial index is used when the query says its condition in the same words.
    return orders.exclude(**{column: ""}) if column in PARTIAL else orders


PARTIAL = frozenset({"waybill", "buyer_account", "telephone"})


def _beginning(column: str, key: str, where: Q | None = None, said: str = "以它开头") -> Way:
    orders = Order.objects.filter(begins(column, key))
    if column in PARTIAL:
        orders = orders.exclude(**{column: ""})
    return Way([orders], said, (f"-{column}", *RECENT), where)


def _order_no(key: str) -> list[Way]:
    begun = Order.objects.filter(begins("order_no", key))
    return [Way(_shipping("order_no", key), few=True), Way([begun], "以它开头", ("-order_no",))]


def _shipping(column: str, key: str) -> list[QuerySet[Order]]:
    """The order of a number; of one that was merged, the order that ships its goods (SOP 2.b)."""
    merged = Order.objects.filter(**{column: key}).exclude(merged_into=None)
    ships = Order.objects.filter(pk__in=merged.values("merged_into"))
    return [_equal(column, key).filter(merged_into=None), ships]


def _platform_no(key: str) -> Iterator[Way]:
    """All parts of a split order, and the same number of another shop."""
    yield Way(_shipping("platform_no", key), few=True)
    if len(key) >= 6:
        begun = Order.objects.filter(begins("platform_no", key))
        yield Way([begun], "以它开头", ("-platform_no", "-shop_id", "-part"))


def _mobile(key: str) -> Iterator[Way]:
    """The number itself; with an extension; the order's second telephone; masked alike."""
    yield Way([_equal("mobile", key), _equal("telephone", key)])
    if "-" not in key:
        yield _beginning("mobile", f"{key}-", said="带分机号")
        alike = Q(mobile__in=masks_of_mobile(key))
        yield Way([_equal("mobile_tail", key[-4:])], "被平台遮盖、看得见的数字相同", where=alike)


def masks_of_mobile(mobile: str) -> list[str]:
    """The ways in which platforms mask a mobile: 138****3800, 1******6198."""
    heads = (mobile[:size] for size in range(1, 8))
    return [f"{head}{'*' * stars}{mobile[-4:]}" for head in heads for stars in range(2, 10)]


def _masked_mobile(key: str) -> Iterator[Way]:
    """As the platform wrote it; else the numbers that the mask may hide."""
    head, tail = key.split("*", 1)[0], key.rsplit("*", 1)[-1]
    yield Way([_equal("mobile", key)])
    whole = Q(mobile__startswith=head, masked=False, mobile__endswith=tail)
    if len(tail) == 4:
        other = Q(mobile__startswith=head[:3] + "*") | Q(mobile__startswith=head[:1] + "*")
        yield Way([_equal("mobile_tail", tail)], "看得见的数字相同", where=whole | other)
    elif len(head) >= 3:
        yield _beginning("mobile", head, Q(mobile__endswith=tail), "看得见的数字相同")


def _last4(key: str) -> list[Way]:
    return [Way([_equal("mobile_tail", key)])]


def _waybill(key: str) -> Iterator[Way]:
    """The waybill that an order has or once had; then those that begin so."""
    old = OldWaybill.objects.filter(number=key).values_list("order_id", flat=True)[:FEW]
    ranges = [_equal("waybill", key)]
    if once := list(old):
        ranges.append(Order.objects.filter(pk__in=once))
    yield Way(ranges, few=True)
    if len(key) >= 4:
        yield _beginning("waybill", key)


def _account(key: str) -> Iterator[Way]:
    """The account that ordered, or any account known to be the same buyer's."""
    buyers = BuyerAccount.objects.filter(account=key).values_list("buyer_id", flat=True)
    same = [Order.objects.filter(buyer=buyer) for buyer in set(buyers[:FEW])]
    yield Way([_equal("buyer_account", key), *same])
    if len(key) >= 2:
        yield _beginning("buyer_account", key)


def _name(key: str) -> Iterator[Way]:
    """The name; one that begins so; one that a platform masked and whose rest agrees."""
    yield Way([_equal("consignee", key)])
    if "*" in key:
        yield from _unmasked(key)
        return
    if len(key) >= 2:
        yield _beginning("consignee", key)
        masked = [_equal("consignee", mask) for mask in masks_of(key)]
        yield Way(masked, "被平台遮盖、看得见的字相同")
    else:
        yield _beginning("consignee", key)


def masks_of(name: str) -> list[str]:
    """The ways in which platforms mask a name: 陈**, 陈*, 陈*生, **生."""
    if len(name) < 2:
        return []
    first, last, stars = name[0], name[-1], "*" * (len(name) - 1)
    middle = "*" * max(len(name) - 2, 1)
    masks = [first + stars, f"{first}*", f"{first}**", f"{first}{middle}{last}", stars + last]
    return list(dict.fromkeys(masks))


def _unmasked(key: str) -> Iterator[Way]:
    """`陈*生` finds 陈建生: the range of the visible head, each looked at for the visible tail."""
    head, tail = key.split("*", 1)[0], key.rsplit("*", 1)[-1]
    alike = Q(consignee__endswith=tail) if tail else None
    if head:
        yield _beginning("consignee", head, alike, "看得见的字相同")
    elif tail:
        yield Way([Order.objects.all()], "看得见的字相同", where=alike)


# -- anywhere in the text: asked for explicitly ---------------------------------------------------

# Names and accounts are found by their own indexes; here they would cost each import its speed.
COLUMNS = ("street", "buyer_message", "seller_memo")


def _contains(key: str) -> Iterator[Way]:
    """Anywhere in street, message, memo or a note; two characters: begins so.

    On PostgreSQL trigram indexes find it, where it stands in fewer than `MANY` orders. What is
    found more often, and all on SQLite, is looked for from the newest orders on, `REACH` at a time.
    """
    if len(key) < TRIGRAM:
        yield _beginning("consignee", key, said="收货人以它开头")
        yield _beginning("buyer_account", key, said="账号以它开头")
        return
    yield _by_trigrams(key) if connection.vendor == "postgresql" else _walk(key)


def _by_trigrams(key: str) -> Way:
    """All of them where they are few; else those of the last weeks, which usually fill a page."""
    found = _found(key, RARE)
    newest, count, noted = _newest(found)
    if count < RARE:
        return _those(newest, (lambda: _those(row[1] for row in found)) if count > PAGE else None)
    notes = _notes(key).values_list("order_id", flat=True)[: MANY if noted else 0]
    if len(notes) == MANY:
        return _walk(key)
    every = Order.objects.filter(_anywhere(key) | Q(pk__in=list(notes)))
    # By the database's clock: it is cheaper this way, and finds the same by any other.
    return Way([every.filter(ordered_at__gt=Now() - WEEKS)], wider=lambda: _all(every, key))


def _found(key: str, most: int) -> QuerySet[Any, tuple[datetime, int, int]]:
    """When, which order, whether in a note: up to so many by either index."""
    orders = Order.objects.filter(_anywhere(*_trigrams(key), key)).annotate(noted=Value(0))
    notes = _notes(key).annotate(noted=Value(1))
    return orders.values_list("ordered_at", "pk", "noted")[:most].union(
        notes.values_list("order__ordered_at", "order_id", "noted")[:most], all=True
    )


def _newest(found: QuerySet[Any, tuple[datetime, int, int]]) -> tuple[list[int], int, int]:
    """The newest, of which a page is made; how many there are in all, and how many in notes."""
    table, values = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pk, count(*) OVER (), sum(noted) OVER () FROM ({table}) AS found"  # noqa: S608
            f" ORDER BY ordered_at DESC, pk DESC LIMIT {PAGE}",
            values,
        )
        rows = cursor.fetchall()
    _, count, noted = rows[0] if rows else (0, 0, 0)
    return [pk for pk, *_ in rows], count, noted


def _those(pks: Iterable[int], wider: Callable[[], Way] | None = None) -> Way:
    return Way([Order.objects.filter(pk__in=set(pks))], wider=wider)


def _all(orders: QuerySet[Order], key: str) -> Way:
    """Of what is neither rare nor common all by their keys."""
    found = orders.values_list("pk", flat=True)[:MANY]
    return _those(found) if len(found) < MANY else _walk(key)


def _walk(key: str) -> Way:
    on_order = Q(Exists(_notes(key).filter(order=OuterRef("pk"))))
    return Way([Order.objects.all()], where=_anywhere(key) | on_order)


def _notes(key: str) -> QuerySet[Note]:
    return Note.objects.filter(text__contains=key)


def _anywhere(*pieces: str) -> Q:
    anywhere = Q()
    for column in COLUMNS:
        anywhere |= Q(*((f"{column}__contains", piece) for piece in pieces))
    return anywhere


def _trigrams(key: str) -> list[str]:
    """Pieces of a trigram each, that cover all but a last sign.

    In one condition the index looks up all its trigrams for each row that has the rarest of them;
    of conditions it stops at the first that fails. A short one has too few for that.
    """
    if len(key) < LONG:
        return []
    return [key[start : start + TRIGRAM] for start in range(0, len(key) - TRIGRAM + 1, 2)]


_WAYS: dict[Kind, Callable[[str], Sequence[Way] | Iterator[Way]]] = {
    Kind.ORDER_NO: _order_no,
    Kind.PLATFORM_NO: _platform_no,
    Kind.MOBILE: _mobile,
    Kind.MOBILE_MASKED: _masked_mobile,
    Kind.LAST4: _last4,
    Kind.WAYBILL: _waybill,
    Kind.QQ: _account,
    Kind.WANGWANG: _account,
    Kind.NAME: _name,
    Kind.CONTAINS: _contains,
}
