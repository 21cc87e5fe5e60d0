"""What the order page shows, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    Exists,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Cast

from core.models import Act
from orders.models import (
    BuyerAccount,
    Contact,
    CustomerMessage,
    HandTask,
    Hold,
    Note,
    OldWaybill,
    Order,
    OrderLine,
    OrderLink,
    Payment,
    ReviewHit,
)
from orders.policy import OrderFacts
from orders.selectors.hand import in_order
from orders.selectors.order import get_order, timeline
from orders.selectors.review_queue import in_order as by_weight
from orders.verbs import VERBS
from orders.words import ContactChannel, HitState, OrderState, Terms
from staff.selectors import reveals

STEPS: list[tuple[str, str, str]] = [
    ("unpaid", "未付款", "ordered_at"),
    ("paid", "已付款", "paid_at"),
    ("picking", "配货中", "released_at"),
    ("packed", "已打包", ""),
    ("shipped", "已发货", "shipped_at"),
    ("received", "已签收", "received_at"),
    ("completed", "已完成", "completed_at"),
]


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    at: datetime | None
    done: bool
    now: bool


@dataclass(frozen=True, slots=True)
class OrderCard:
    """Everything on the page of one order."""

    order: Order
    facts: OrderFacts
    holds: list[Hold]
    lines: list[OrderLine]
    payments: list[Payment]
    notes: list[Note]
    contacts: list[Contact]
    messages: list[CustomerMessage]
    accounts: list[BuyerAccount]
    others: list[Order]
    links: list[OrderLink]
    old_waybills: list[OldWaybill]
    hand_tasks: list[HandTask]
    hits: list[ReviewHit]
    shown: bool
    acts: list[Act] = field(default_factory=list)

    @property
    def open_holds(self) -> list[Hold]:
        return [hold for hold in self.holds if hold.state == "open"]

    @property
    def doubts(self) -> list[ReviewHit]:
        """What keeps it in the review queue (SOP 2.b)."""
        in_queue = self.order.review_by is not None
        return [hit for hit in self.hits if in_queue and hit.state == HitState.OPEN]

    @property
    def steps(self) -> list[Step]:
        return steps(self.order)


def order_card(user: Any, order_no: str, now: datetime, **also: Any) -> OrderCard:
    """The order with all that hangs on it; 9 queries whatever its history. Raises Http404.

    `shown`: this person may see its personal data now. `also`: annotations of the order, asked
    for in the same query.
    """
    seen = reveals(user, "order", now).filter(subject_id=OuterRef("pk"))
    order = get_order(user, order_no, shown=Exists(seen), **also)
    holds = list(order.holds.order_by("-opened_at")[:20])
    accounts, old_waybills, hand_tasks, hits = _beside(order)
    notes, contacts, messages = _said(order)
    links = _links(order)
    facts = order.facts([hold for hold in holds if hold.state == "open"])
    return OrderCard(
        order=order,
        facts=replace(
            facts,
            carries=any(link.brought_in(order) for link in links),
            own_goods=any(link.brings_own(order) for link in links),
        ),
        holds=holds,
        lines=list(order.lines.select_related("sku__level")),
        payments=list(order.payments.select_related("trade").order_by("at")[:20]),
        notes=notes,
        contacts=contacts,
        messages=messages,
        accounts=accounts,
        others=_others(order),
        links=links,
        old_waybills=old_waybills,
        hand_tasks=hand_tasks,
        hits=hits,
        shown=order.shown,  # type: ignore[attr-defined]
        acts=labelled(timeline(order)),
    )


def _said(order: Order) -> tuple[list[Note], list[Contact], list[CustomerMessage]]:
    """What was noted, said with the buyer, and told to the buyer, newest first; in one query."""
    none, nothing = Value(""), Value(None, JSONField())
    beyond = (none, none, nothing, Value(None, DateTimeField()))
    here = Q(order=order)
    if order.parted:  # what was said of the orders that it ships, too
        here |= Q(order__in=Order.objects.filter(merged_into=order.pk).values("pk"))
    contacts = Contact.objects.filter(here).values_list(
        *(Value("contact"), "id", "at", "channel", "said", Cast("reached", IntegerField())), *beyond
    )
    notes = Note.objects.filter(here).values_list(
        *(Value("note"), "id", "at", "by_name", "text", Cast("for_shop", IntegerField())), *beyond
    )
    messages = CustomerMessage.objects.filter(order=order).values_list(Value("message"), *_MESSAGE)
    # The messages first: they tell PostgreSQL the types of what the others leave empty.
    rows = list(messages.union(contacts, notes, all=True).order_by("-at", "-id")[:100])
    return (
        _once(
            Note(id=key, at=at, by_name=by, text=text, for_shop=bool(for_shop))
            for what, key, at, by, text, for_shop, *_ in rows
            if what == "note"
        )[:20],
        [
            Contact(id=key, at=at, channel=channel, said=said, reached=bool(reached))
            for what, key, at, channel, said, reached, *_ in rows
            if what == "contact"
        ][:20],
        [
            CustomerMessage(order=order, **dict(zip(_MESSAGE, row, strict=True)))
            for what, *row in rows
            if what == "message"
        ],
    )


def _once(notes: Iterable[Note]) -> list[Note]:
    """A note that a split copied, and a merge brought back, is shown once."""
    known: dict[tuple[datetime, str], Note] = {}
    for note in notes:
        known.setdefault((note.at, note.text), note)
    return list(known.values())


_MESSAGE = ("id", "at", "kind", "why", "step", "state", "how", "say", "send_at")


def _others(order: Order) -> list[Order]:
    """The buyer's other orders, newest first: 6, so that “5+” can be said."""
    if order.buyer_id is None:
        return []
    others = Order.objects.filter(buyer=order.buyer_id).exclude(pk=order.pk)
    return list(others.order_by("-ordered_at", "-id")[:6])


def _links(order: Order) -> list[OrderLink]:
    links = OrderLink.objects.filter(Q(order=order) | Q(other=order))
    found = list(links.select_related("order", "other").order_by("id")[:20])
    for link in found:
        link.said = link.label_on(order)  # type: ignore[attr-defined]
    return found


_TASK = ("kind", "text", "id", "where", "opened_at", "done_at")
_DONE = ("done_by_id", "done_by_name", "done_why")


_HIT = ("code", "reason", "id", "state", "found_at", "passed_at")
_PASSED = ("passed_by_id", "passed_by_name", "passed_why")


def _beside(
    order: Order,
) -> tuple[list[BuyerAccount], list[OldWaybill], list[HandTask], list[ReviewHit]]:
    """The buyer's accounts, waybills it once had, what is to do by hand, what a review found.

    All in one query.
    """
    never, open_ = Value(None, DateTimeField()), Value(False, BooleanField())
    nothing = (Value(""), never, never, Value(None, BigIntegerField()), Value(""), Value(""), open_)
    accounts = BuyerAccount.objects.filter(buyer=order.buyer_id)
    waybills = OldWaybill.objects.filter(order=order)
    tasks = HandTask.objects.filter(order=order)
    hits = ReviewHit.objects.filter(order=order).exclude(state=HitState.GONE.value)
    rows = list(
        # The tasks first: they tell PostgreSQL the types of what the others leave empty.
        tasks.values_list(Value("task"), *_TASK, *_DONE, open_).union(
            accounts.values_list(Value("account"), "kind", "account", "id", *nothing),
            waybills.values_list(Value("waybill"), "carrier", "number", "id", *nothing),
            hits.values_list(Value("hit"), *_HIT, *_PASSED, "fixed"),
            all=True,
        )[:100]
    )
    return (
        [BuyerAccount(kind=kind, account=key) for what, kind, key, *_ in rows if what == "account"],
        [OldWaybill(carrier=by, number=key) for what, by, key, *_ in rows if what == "waybill"],
        in_order(
            HandTask(order=order, **dict(zip((*_TASK, *_DONE), row, strict=True)))
            for what, *row, _ in rows
            if what == "task"
        ),
        by_weight(
            ReviewHit(order=order, fixed=fixed, **dict(zip((*_HIT, *_PASSED), row, strict=True)))
            for what, *row, fixed in rows
            if what == "hit"
        ),
    )


def steps(order: Order) -> list[Step]:
    """The seven steps with the time under each reached one; on delivery is paid later (SOP 5.g)."""
    names = [name for name, _, _ in STEPS]
    state = order.closed_from if order.state == OrderState.CLOSED else order.state
    reached = names.index(state) if state in names else 0
    return [
        Step(
            _terms_of(order) if column == "paid_at" else label,
            getattr(order, column) if column and index <= reached else None,
            index < reached,
            index == reached and order.state != OrderState.CLOSED,
        )
        for index, (_, label, column) in enumerate(STEPS)
    ]


def _terms_of(order: Order) -> str:
    on_account = order.terms != Terms.PREPAID and order.paid_at is None
    return str(order.get_terms_display()) if on_account else "已付款"


_CHANNELS = dict(ContactChannel.choices())


def labelled(acts: list[Act]) -> list[Act]:
    """Acts with the words that the timeline shows for verb and channel."""
    for act in acts:
        act.label = VERBS.get(act.verb, act.verb)  # type: ignore[attr-defined]
        act.channel_label = _CHANNELS.get(act.channel, "")  # type: ignore[attr-defined]
    return acts
