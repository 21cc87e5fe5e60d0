"""The guided desk: what a customer may want of an order, each with its verdict (SOP 1.1.b, 1.4.a).

It decides nothing: the answers are the rooms' own offers, in the customer's words. What is known
of the contact, the channel and which keys agreed, goes along in the address; it names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from aftersales.models import Case
from aftersales.selectors.offers import kinds_for
from core.sentences import render as said
from core.verdict import yes
from orders.models import Order
from orders.reading import Kind
from orders.selectors.offers import Offer, offers
from orders.selectors.search import Found
from orders.words import IdentityKey
from refunds.selectors.offers import offers_of_refunds
from staff.matrix import may
from warehouse.selectors.offers import offers_on_the_way

# By the act or the kind of case: what the customer says; in the order in which they are offered.
WANTS = {
    "close_order": "没付款，不要了",
    "modify_receiving": "改收货人、电话、地址",
    "modify_products": "发货前换颜色、尺码、款式，改数量",
    "modify_delivery": "换快递，或者自提",
    "ask_stop": "先别发货",
    "ask_carrier": "路上要改地址、追回、查件",
    "modify": "下发、发货以后要改",
    "request_refund": "退款",
    "return": "收到了，要退货",
    "exchange": "收到了，要换货",
    "swap": "发货前换一件",
    "reship": "少发、没收到，要补发",
    "partial": "东西留下，退一部分钱",
    "repair": "要维修",
    "lost_way": "快递送不到",
    "stock_out": "缺货怎么办",
    "request_payout": "赔偿、报销垫付的运费",
    "receive_order": "告诉我们收到了",
    "enquiry": "问一件事，怎么用",
    "complaint": "投诉",
    "note": "别的事，记在订单上",
}
KEYS = "1234567890asdfghzxvnm"
# Which identity key has agreed once an order was found by it (SOP 0, 1.1.b).
AGREES = {
    Kind.ORDER_NO: IdentityKey.ORDER_NO,
    Kind.PLATFORM_NO: IdentityKey.ORDER_NO,
    Kind.MOBILE: IdentityKey.MOBILE,
    Kind.QQ: IdentityKey.ACCOUNT,
    Kind.WANGWANG: IdentityKey.ACCOUNT,
    Kind.NAME: IdentityKey.CONSIGNEE,
}
IDENTITY_KEYS = dict(zip(IdentityKey, "qwer", strict=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that the customer may want: the act, its verdict, the sentence, its key."""

    wants: str
    offer: Offer
    sentence: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a contact: its channel, and which identity keys agreed."""

    channel: str
    identity: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: QueryDict) -> Begun:
        """As it stands in an address: a proposal, which the act's form reads and checks."""
        return cls(asked.get("channel", ""), tuple(asked.getlist("identity")))

    @property
    def query(self) -> str:
        return urlencode({"channel": self.channel, "identity": self.identity}, doseq=True)


def agreed_by(found: Found, begun: Begun) -> Begun:
    """The key by which orders were found agrees, where it was the whole of it (SOP 1.1.b)."""
    key = AGREES.get(found.reading.kind) if found.reading else None
    whole = found.way is None or not found.way.said
    return replace(begun, identity=(key.value,)) if key and whole else begun


def answers(order: Order, cases: Iterable[Case], user: Any) -> list[Answer]:
    """What can be done first, what cannot with its reason after it (SOP 1.1 to 1.5)."""
    rows = [*_going_on(cases), *_new(order, user)]
    rows.sort(key=lambda row: not row.offer.verdict.allowed)
    keys = iter(KEYS)
    return [replace(row, key=next(keys, "")) for row in rows]


def _going_on(cases: Iterable[Case]) -> Iterator[Answer]:
    """A case that is open is gone on with rather than opened twice."""
    for case in cases:
        if case.is_open:
            waits = f"{case.lies_with} · {case.get_waits_for_display()}"
            offer = Offer("case", case.number, case.get_absolute_url(), yes("", waits))
            yield Answer(f"接着办{case.get_kind_display()}", offer)


def _new(order: Order, user: Any) -> list[Answer]:
    facts = order.facts()
    found = offers(order, facts, [], user)
    found += offers_of_refunds(order, facts, user)
    kinds = kinds_for(order, facts) if may(user, "open_case") else []
    found += [*kinds, *offers_on_the_way(order, facts, user)]
    by_verb = {offer.verb: offer for offer in found}
    wanted = WANTS | {kind.verb: WANTS.get(kind.verb, kind.label) for kind in kinds}
    return [
        Answer(wants, by_verb[verb], _sentence(by_verb[verb], order))
        for verb, wants in wanted.items()
        if verb in by_verb
    ]


def _sentence(offer: Offer, order: Order) -> str:
    """What to tell the customer of a refusal; of what can be done tells the act's own page."""
    say = offer.verdict.say
    return said(say, order.shop.code) if say and not offer.verdict.allowed else ""
