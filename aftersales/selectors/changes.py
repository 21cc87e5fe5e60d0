"""Changes that wait for a second person, and what they would change (SOP 7.a)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from aftersales import changing
from aftersales.changing.laid import Differs, differences
from aftersales.models import PolicyChange, PolicyVersion
from aftersales.rules import DELIVERED, Rules, read
from aftersales.selectors.versions import newest
from aftersales.words import ChangeOf, ChangeState
from core import sentences
from core.keyset import Page, page
from core.models import Sentence
from core.verdict import Verdict
from orders.models import Shop
from orders.selectors.offers import Offer
from staff.matrix import may


def _waiting() -> QuerySet[PolicyChange]:
    return PolicyChange.objects.filter(state=ChangeState.PROPOSED.value)


def waiting_for(user: Any) -> QuerySet[PolicyChange]:
    """What others have proposed: this person may put it in force."""
    return _waiting().exclude(by=user.pk)


def own_waiting(user: Any) -> list[PolicyChange]:
    """What this person has proposed and nobody has decided."""
    return list(_waiting().filter(by=user.pk).order_by("at", "id")[:20])


def changes_page(user: Any, *, ended: bool, cursor: str) -> Page[PolicyChange]:
    """What waits for this person, oldest first; or what was decided, newest first. BadCursor."""
    if ended:
        past = PolicyChange.objects.exclude(state=ChangeState.PROPOSED.value)
        return page(past, ("-decided_at", "-id"), cursor, mark="changes-past")
    return page(waiting_for(user), ("at", "id"), cursor, mark="changes")


def get_change(change_id: int) -> PolicyChange:
    """The change. Raises Http404."""
    found = PolicyChange.objects.filter(pk=change_id).first()
    if found is None:
        raise Http404("没有这个改动")
    return found


def open_change(about: ChangeOf, key: str = "", scope: str = "") -> PolicyChange | None:
    """The one that waits, of the policy or of this sentence."""
    return _waiting().filter(about=about.value, key=key, scope=scope).first()


def open_sentences(scope: str) -> dict[str, PolicyChange]:
    """By sentence the change that waits, of one shop or (empty) of all."""
    rows = _waiting().filter(about=ChangeOf.SENTENCE.value, scope=scope)
    return {row.key: row for row in rows}


def waiting_of(row: PolicyChange) -> str:
    """Who has proposed a change of the same thing that nobody has decided; "" nobody."""
    found = open_change(ChangeOf(row.about), row.key, row.scope)
    return found.by_name if found else ""


# -- what it is of ---------------------------------------------------------------------------------


def title_of(row: PolicyChange) -> str:
    """What it is of, in words: 售后政策; “退货：怎么寄”这句话（素木工厂店）."""
    if row.of_rules:
        return row.get_about_display()
    shop = Shop.objects.filter(code=row.scope).first() if row.scope else None
    known = sentences.defaults()[row.key].title
    return f"“{known}”这句话" + (f"（{shop.name}）" if shop else "")


def newest_sentence(key: str, scope: str) -> Sentence | None:
    """The text that takes effect last, also where it is still to come; `from_at` is filled in."""
    rows = Sentence.objects.filter(key=key, scope=scope)
    row = rows.order_by(Coalesce("from_at", "at").desc(), "-version").first()
    if row is not None:
        row.from_at = row.from_at or row.at
    return row


def newer_of(row: PolicyChange) -> str:
    """The version that came after the one from which it was drafted; "" none did."""
    if row.of_rules:
        last = newest()
        return last.said if last.number != row.base else ""
    now = newest_sentence(row.key, row.scope)
    return f"第 {now.version} 版" if now and now.version != row.base else ""


def base_text(row: PolicyChange) -> str:
    """The wording that it replaces."""
    rows = Sentence.objects.filter(key=row.key, scope=row.scope, version=row.base)
    known = rows.values_list("text", flat=True).first()
    return known if known is not None else sentences.text_at(row.key, row.scope, row.at)


def base_rules(row: PolicyChange) -> Rules:
    """The version that it replaces."""
    known = PolicyVersion.objects.filter(number=row.base).first()
    return known.rules if known else DELIVERED


def what_changes(row: PolicyChange) -> list[Differs]:
    """Line by line, from → to."""
    if row.of_rules:
        return differences(base_rules(row), read(row.text))
    return [Differs("说法", row.title, base_text(row), row.text)]


# -- what can be done ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Button:
    verb: str
    label: str
    key: str
    main: bool


_BUTTONS = (
    _Button("put_in_force", "通过", "a", main=True),
    _Button("reject_change", "驳回", "x", main=False),
    _Button("withdraw_change", "撤回", "w", main=False),
)


def verdict_on(row: PolicyChange, verb: str, user: Any, now: Any) -> Verdict:
    """May this person do that with it now?"""
    facts = row.facts()
    if verb == "put_in_force":
        newer = newer_of(row) if row.state == ChangeState.PROPOSED.value else ""
        return changing.may_put_in_force(facts, user.pk, now, newer)
    rule = changing.may_reject if verb == "reject_change" else changing.may_withdraw
    return rule(facts, user.pk)


def change_offers(row: PolicyChange, user: Any, now: Any) -> list[Offer]:
    """Put in force, reject, withdraw; none once it is decided, nor what is another's to do."""
    if row.state != ChangeState.PROPOSED.value:
        return []
    own = row.by_id == user.pk
    shown = [b for b in _BUTTONS if may(user, b.verb) and (b.verb != "withdraw_change" or own)]
    return [
        Offer(
            one.verb,
            one.label,
            reverse(one.verb.replace("_", "-"), args=[row.pk]),
            verdict_on(row, one.verb, user, now),
            one.key,
            one.main,
        )
        for one in shown
        if not (own and one.verb == "reject_change")
    ]
