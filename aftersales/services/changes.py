"""Change the policy or a sentence: one proposes, another puts it in force (SOP 7.a)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from aftersales import changing
from aftersales.changing.checks import wrong
from aftersales.changing.laid import differences
from aftersales.models import PolicyChange, PolicyVersion
from aftersales.rules import Rules, read, written
from aftersales.selectors.changes import (
    base_text,
    newer_of,
    newest_sentence,
    title_of,
    waiting_of,
)
from aftersales.selectors.versions import newest
from aftersales.services.versions import forget_soon, version_at
from aftersales.words import ChangeOf
from core import sentences
from core.acts import Actor, Change, Log, act, act_on
from core.masking import scrub
from core.models import Act
from core.verdict import Verdict, no
from staff.matrix import MATRIX
from staff.models import User
from staff.services.tell import Telling, tell_all


@dataclass(frozen=True, slots=True)
class When:
    """Since when it is to count (None: as soon as another person agrees), and why it is changed."""

    from_at: datetime | None
    why: str


def propose_policy(
    rules: Rules,
    when: When,
    *,
    base: int,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """The next version of the policy, drafted from version `base`. Raises Refused, Repeated."""
    last = newest()
    row = PolicyChange(
        about=ChangeOf.RULES.value, base=last.number, after=last.from_at, text=written(rules)
    )
    changes = [
        Change(f"{one.section}：{one.label}", one.before, one.after)
        for one in differences(last.rules, rules)
    ]
    newer = last.said if last.number != base else ""
    faults = [no("7.a", words) for words in wrong(rules).values()]
    verdict = next(iter(faults), changing.may_propose(bool(changes), newer=newer))
    return _propose("propose_policy", row, when, verdict, changes, by=by, now=now, token=token)


def propose_sentence(
    key: str,
    text: str,
    when: When,
    *,
    scope: str = "",
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """Another wording of a sentence, for one shop or for all. Raises Refused, Repeated."""
    last = newest_sentence(key, scope)
    row = PolicyChange(
        about=ChangeOf.SENTENCE.value,
        key=key,
        scope=scope,
        base=last.version if last else 0,
        after=last.from_at if last else None,
        text=text,
    )
    before, fault = base_text(row), sentences.check(key, text)
    verdict = no("7.a", fault) if fault else changing.may_propose(text != before)
    changes = [Change(title_of(row), before, text)]
    return _propose("propose_sentence", row, when, verdict, changes, by=by, now=now, token=token)


def _propose(
    verb: str,
    row: PolicyChange,
    when: When,
    verdict: Verdict,
    changes: Sequence[Change],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None,
) -> Act:
    none: list[PolicyChange] = []
    try:
        with act_on(verb, none, by=by, token=token, now=now, clause="7.a") as (_, log):
            verdict.require()
            changing.may_propose(True, waiting_of(row)).require()
            changing.may_begin(when.from_at, row.after, now).require()
            row.from_at, row.why = when.from_at, scrub(when.why)[:300]
            row.by_id, row.by_name, row.at = by.user_id, by.name, now  # type: ignore[assignment]
            row.title = title_of(row)
            row.save(force_insert=True)
            log.about(row)
            log.act.changes = [[one.label, one.before, one.after] for one in changes]
            log.noted(f"提出改{row.title}", reason=row.why)
            _tell_others(row)
        return log.act
    except IntegrityError:  # two at once: the second hears of the first
        changing.may_propose(True, waiting_of(row)).require()
        raise


def _tell_others(row: PolicyChange) -> None:
    """Whoever may put it in force, but never who proposed it."""
    roles = [role.value for role in MATRIX["put_in_force"]]
    people = User.objects.filter(is_active=True, role__in=roles).exclude(pk=row.by_id)
    text, url = f"{row.by_name}提出改{row.title}，等您通过", row.get_absolute_url()
    tell_all(
        [
            Telling(text, f"change:{row.pk}:{one}", to=one, url=url)
            for one in people.values_list("pk", flat=True)
        ]
    )


def put_in_force(
    change: PolicyChange,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Another person agrees: it counts from its date. Raises Refused, Conflict, Repeated."""
    with act("put_in_force", change, by=by, seen=seen, token=token, now=now) as (row, log):
        changing.may_put_in_force(row.facts(), by.user_id, now, newer_of(row)).require()
        made = _version(row, by, now) if row.of_rules else _sentence(row, now)
        before = row.get_state_display()
        row.put_in_force(by.user_id, by.name, now, made)
        _decided(row, before, log, f"通过改{row.title}，第 {made} 版")
    return log.act


def _version(row: PolicyChange, by: Actor, now: datetime) -> int:
    """The next version of the policy, as it was proposed."""
    version_at(now)  # what we deliver is version 1, also where nothing has needed it yet
    made = PolicyVersion.objects.create(
        number=row.base + 1,
        from_at=row.from_at or now,
        text=written(read(row.text)),
        why=row.why,
        by_name=row.by_name,
        checked_name=by.name,
        at=now,
    )
    forget_soon()
    return made.number


def _sentence(row: PolicyChange, now: datetime) -> int:
    made = sentences.write(
        row.key, row.text, scope=row.scope, by=row.by_id, from_at=row.from_at or now
    )
    return made.version


def reject_change(
    change: PolicyChange,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Another person says no, with a reason. Raises Refused, Conflict, Repeated."""
    with act("reject_change", change, by=by, seen=seen, token=token, now=now) as (row, log):
        changing.may_reject(row.facts(), by.user_id).require()
        before = row.get_state_display()
        row.reject(by.user_id, by.name, now, scrub(why))
        _decided(row, before, log, f"驳回改{row.title}", row.decided_why)
    return log.act


def withdraw_change(
    change: PolicyChange,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Who proposed it takes it back. Raises Refused, Conflict, Repeated."""
    with act("withdraw_change", change, by=by, seen=seen, token=token, now=now) as (row, log):
        changing.may_withdraw(row.facts(), by.user_id).require()
        before = row.get_state_display()
        row.withdraw(by.user_id, by.name, now, scrub(why))
        _decided(row, before, log, f"撤回改{row.title}", row.decided_why)
    return log.act


def _decided(row: PolicyChange, before: str, log: Log, summary: str, why: str = "") -> None:
    """What the timeline shows; who proposed it hears what another person said."""
    log.changed([Change("状态", before, row.get_state_display())])
    log.noted(summary, clause="7.a", reason=why)
    if row.decided_by_id != row.by_id:
        text = "，".join(part for part in (f"{row.decided_name}{summary}", why) if part)
        key = f"change:{row.pk}:{row.state}"
        tell_all([Telling(text, key, to=row.by_id, url=row.get_absolute_url())])
