"""The supervisors' queue and what stands before and after it (SOP 1.5; screens, supervisors).

Each list is a range of one partial index; filters look through it as far as a page reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from core.keyset import Page, page
from orders.models import Claim
from orders.models.order import FACTS
from refunds import deciding, policy
from refunds.models import Approval, Refund, Risk
from refunds.models.refund import UNDER_WAY
from refunds.selectors.weighing import limits
from refunds.words import Decision, RefundState, RiskKind, TrueReason

R = RefundState
MOST_ROWS = 1000
WHOSE = {"mine": "给我的", "nobody": "没人的"}
AGES = {"1": "超过 1 天", "3": "超过 3 天", "7": "超过 7 天"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One list: its label, its states, and the columns of its index."""

    label: str
    states: tuple[RefundState, ...]
    order: tuple[str, str]
    only: Q = field(default_factory=Q)


LISTS: dict[str, Kept] = {
    "review": Kept("待审核", (R.REVIEW,), ("target_by", "id")),
    "waiting": Kept("待开窗", (R.WAITING,), ("opens_at", "id")),
    "to_apply": Kept("待买家申请", (R.TO_APPLY,), ("asked_at", "id")),
    "returned": Kept("退回补充", (R.RETURNED,), ("asked_at", "id")),
    "under_way": Kept("通过了，还没退到", tuple(UNDER_WAY), ("target_by", "id")),
    "failed": Kept("没有退成", tuple(UNDER_WAY), ("target_by", "id"), Q(state=R.FAILED.value)),
    "by_hand": Kept("要人来办", (R.SENDING,), ("target_by", "id"), Q(by_hand=True)),
}


def of_shops(user: Any) -> QuerySet[Refund]:
    """The refunds of the shops that this person works for."""
    rows = Refund.objects.all()
    return rows.filter(shop__code__in=user.shop_codes) if user.shop_codes else rows


def in_list(user: Any, name: str) -> QuerySet[Refund]:
    """What stands in one of the lists."""
    states = [state.value for state in LISTS[name].states]
    rows = of_shops(user).filter(LISTS[name].only)
    return rows.filter(state=states[0]) if len(states) == 1 else rows.filter(state__in=states)


def asked_of(typed: Mapping[str, str], shops: Mapping[str, str]) -> dict[str, str]:
    """Of an address the filters that make sense, as they were typed."""
    fit: dict[str, Callable[[str], bool]] = {
        "list": lambda value: value in LISTS and value != "review",
        "who": lambda value: value in WHOSE,
        "shop": lambda value: value in shops,
        "why": lambda value: value in dict(TrueReason.choices()),
        "least": lambda value: _yuan(value) is not None,
        "most": lambda value: _yuan(value) is not None,
        "age": lambda value: value in AGES,
        "risk": lambda value: value in dict(RiskKind.choices()),
    }
    known = {name: (typed.get(name) or "").strip()[:32] for name in fit}
    return {name: value for name, value in known.items() if value and fit[name](value)}


def _yuan(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < 10**9 else None


def words_of(asked: Mapping[str, str], shops: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each filter as (name, words); `shops`: names by code."""
    say: dict[str, Callable[[str], str]] = {
        "who": WHOSE.__getitem__,
        "shop": shops.__getitem__,
        "why": lambda value: TrueReason(value).label,
        "risk": lambda value: RiskKind(value).label,
        "age": AGES.__getitem__,
        "least": lambda value: f"{value} 元起",
        "most": lambda value: f"{value} 元以内",
    }
    return [(name, say[name](value)) for name, value in asked.items() if name in say]


def _where(asked: Mapping[str, str], now: datetime) -> Q | None:
    """The filters; None when there are none."""
    found = Q()
    if asked.get("who") == "nobody":
        found &= Q(assigned_to=None)
    if "shop" in asked:
        found &= Q(shop__code=asked["shop"])
    if "why" in asked:
        found &= Q(true_reason=asked["why"])
    if "least" in asked:
        found &= Q(amount__gte=Decimal(asked["least"]))
    if "most" in asked:
        found &= Q(amount__lte=Decimal(asked["most"]))
    if "age" in asked:
        found &= Q(asked_at__lt=now - timedelta(days=int(asked["age"])))
    if "risk" in asked:
        found &= Q(Exists(Risk.objects.filter(refund=OuterRef("pk"), kind=asked["risk"])))
    return found or None


def queue_page(user: Any, asked: Mapping[str, str], cursor: str, now: datetime) -> Page[Refund]:
    """A page of a list with all that its rows show, eight queries; raises BadCursor."""
    name = asked.get("list", "review")
    rows = _to_show(in_list(user, name))
    if asked.get("who") == "mine":  # of the queue an index of its own
        rows = rows.filter(assigned_to=user)
    found = page(rows, LISTS[name].order, cursor, where=_where(asked, now), mark=f"refunds-{name}")
    _with_what_decides(found.rows, user, now)
    return found


def _to_show(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """With what a row shows of order, shop and trade; whole orders cost more than the rest."""
    joined = refunds.select_related("order", "shop", "trade", "assigned_to")
    return joined.only(*_SHOWN, *(f"order__{name}" for name in _OF_ORDER), "trade__gateway")


_SHOWN = (
    *(field.name for field in Refund._meta.concrete_fields),
    *("shop__code", "shop__name", "assigned_to__full_name", "assigned_to__username"),
)
_OF_ORDER = ("order_no", "buyer_account", "version", *FACTS)


def _with_what_decides(refunds: Sequence[Refund], user: Any, now: datetime) -> None:
    """What each row shows: its risks, who agreed, who has it, what may be done with it."""
    agreed = Approval.objects.filter(undone=False, decision=Decision.APPROVED.value)
    claims = Claim.objects.filter(what="refund", until__gt=now).select_related("by")
    prefetch_related_objects(
        list(refunds),
        Prefetch("risks", Risk.objects.order_by("id"), to_attr="found"),
        Prefetch("approvals", agreed.order_by("id"), to_attr="agreeing"),
        Prefetch("order__claims", claims, to_attr="taken"),
    )
    most = limits()
    for row in refunds:
        row.order.shop = row.shop
        mine: list[Approval] = row.agreeing  # type: ignore[attr-defined]
        row.agreed_by = [one for one in mine if one.turn == row.turn]  # type: ignore[attr-defined]
        facts = row.facts(gone=policy.gone(row.order.facts([])))
        by = {one.by_id for one in row.agreed_by}  # type: ignore[attr-defined]
        row.verdict = deciding.may_approve(facts, user.pk, by, user.role, most)  # type: ignore[attr-defined]
        row.enough = deciding.enough(row.amount, user.role, most, by)  # type: ignore[attr-defined]
        row.approving = deciding.approving(row.amount, user.role, most, by)  # type: ignore[attr-defined]
        row.refusable = deciding.may_reject(facts, user.pk).allowed  # type: ignore[attr-defined]


def to_transfer(user: Any) -> list[Refund]:
    """What finance has to transfer, by promise; as many as one file takes."""
    return list(transfers(user).select_related("order", "shop", "trade")[:MOST_ROWS])


def transfers(user: Any) -> QuerySet[Refund]:
    """What finance transfers at the bank, or checks, by promise."""
    return in_list(user, "by_hand").filter(applies=False).order_by("target_by", "id")


def failed(user: Any) -> QuerySet[Refund]:
    """What certainly was not paid back, by promise."""
    return in_list(user, "failed").order_by("target_by", "id")


def just_approved(user: Any, now: datetime) -> list[Refund]:
    """What this person approved and may still take back; the last first."""
    rows = of_shops(user).filter(not_before__gt=now, approved_by=user)
    shown = ("number", "amount", "not_before", "order__order_no", "order__version")
    return list(rows.select_related("order").only(*shown).order_by("-not_before", "-id")[:20])


def by_ids(user: Any, ids: Sequence[str], now: datetime) -> list[Refund]:
    """The ticked ones that the person may see, as the queue shows them, by promise."""
    keys = [int(one) for one in ids if one.isdecimal() and len(one) < 19]
    found = list(_to_show(of_shops(user).filter(pk__in=keys)).order_by("target_by", "id"))
    _with_what_decides(found, user, now)
    return found
