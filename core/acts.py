"""Acts: everything that changes business data goes through here (architecture §3).

    with act("modify_receiving", order, by=by, seen=seen, token=token) as (order, log):
        policy.may_modify(order.facts(), Group.RECEIVING).require()
        log.changed(order.receive_at(new))

The rows given are locked in one fixed order and re-read; what changed on them is saved at the
end, together with the `Act` row that is the timeline. History rows carry the act's id.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from simple_history.models import HistoricalRecords

from core.masking import scrub
from core.models import Act, ActOutcome
from core.trace import tell_act
from core.verdict import Refused, Say, no

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person, a timer, a customer, a platform or a gateway."""

    kind: str
    name: str
    user_id: int | None = None

    @classmethod
    def person(cls, user: Any) -> Actor:
        return cls("person", user.display_name, user.pk)


TIMER = Actor("timer", "系统")


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before → after, as the timeline shows it. Personal values come in masked."""

    label: str
    before: str
    after: str


class Conflict(Exception):
    """Somebody changed the row since the form was shown."""

    def __init__(self, row: models.Model, seen: int) -> None:
        super().__init__(f"{row._meta.label} changed since version {seen}")
        self.row = row
        self.seen = seen


class Repeated(Exception):
    """The same form came twice; `act` is what the first one did."""

    def __init__(self, act: Act) -> None:
        super().__init__("repeated")
        self.act = act


@dataclass(slots=True)
class Log:
    """What an act tells of itself. `changed` bumps the version of the rows it was given."""

    act: Act
    bumped: set[int] = field(default_factory=set)
    rows: Sequence[models.Model] = ()

    def changed(self, changes: Sequence[Change], *rows: models.Model) -> None:
        self.act.changes += [[c.label, c.before, c.after] for c in changes]
        self.bumped |= {id(row) for row in (rows or self.rows)}

    def noted(self, summary: str, *, clause: str = "", reason: str = "") -> None:
        self.act.summary = scrub(summary)[:500]
        self.act.clause = clause or self.act.clause
        self.act.reason = scrub(reason)[:500] or self.act.reason

    def tell(self, say: Say | None) -> None:
        """Keep the sentence for the customer with the act, so that it survives a reload."""
        self.act.say = _kept(say)

    def about(self, row: models.Model) -> None:
        """Name the subject of an act that made its row."""
        _name_subject(self.act, row)


def _kept(say: Say | None) -> dict[str, Any] | None:
    return {"key": say.key, "values": dict(say.values)} if say else None


@dataclass(slots=True)
class _Scope:
    """The outermost act: its locked rows and what they were when read."""

    rows: dict[tuple[str, Any], models.Model] = field(default_factory=dict)
    loaded: dict[int, dict[str, Any]] = field(default_factory=dict)
    bumped: set[int] = field(default_factory=set)


_scope: ContextVar[_Scope | None] = ContextVar("scope", default=None)
_log: ContextVar[Log | None] = ContextVar("log", default=None)


def _set_user_id(past: Any, user_id: int | None) -> None:
    past.history_user_id = user_id


class History(HistoricalRecords):  # type: ignore[misc]
    """Simple-history whose change reason is the id of the current act."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_change_reason_field", models.UUIDField(null=True, db_index=True))
        # Who did it, as a mere number: nobody looks history up by person.
        kwargs.setdefault("history_user_id_field", models.BigIntegerField(null=True))
        kwargs.setdefault("history_user_setter", _set_user_id)
        super().__init__(**kwargs)

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str
    ) -> uuid.UUID:
        return current_act().id

    def get_history_user(self, instance: models.Model) -> int | None:
        return current_act().actor_id

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        instance._history_date = current_act().at  # type: ignore[attr-defined]
        super().create_historical_record(instance, history_type, using)


def current_act() -> Act:
    """The act being done; saving business data outside one is a programming error."""
    log = _log.get()
    if log is None:
        raise RuntimeError("business data changes only inside an act (core.acts.act)")
    return log.act


def acting() -> bool:
    """Is an act running?"""
    return _log.get() is not None


@contextmanager
def act(
    verb: str,
    row: M,
    *,
    by: Actor,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    now: datetime | None = None,
    **about: Any,
) -> Iterator[tuple[M, Log]]:
    """Do `verb` on one row: lock, check `seen`, yield (row, log), save, write the `Act`.

    Raises Conflict, Repeated, Refused. `about`: clause, reason, channel, on_refused.
    """
    with act_on(verb, [row], by=by, seen=seen, token=token, now=now, **about) as (rows, log):
        yield rows[0], log


@contextmanager
def act_on(
    verb: str,
    rows: Sequence[M],
    *,
    by: Actor,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    now: datetime | None = None,
    clause: str = "",
    reason: str = "",
    channel: str = "",
    on_refused: Callable[[Refused], None] | None = None,
) -> Iterator[tuple[list[M], Log]]:
    """Do `verb` on several rows, or on none yet (then `log.about(row)` names what was made)."""
    record = Act(
        id=uuid.uuid4(),
        verb=verb,
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_name=by.name,
        at=now or timezone.now(),
        clause=clause,
        reason=reason,
        channel=channel,
    )
    if rows:
        _name_subject(record, rows[0])
    outer = _scope.get()
    try:
        with transaction.atomic():
            scope = outer or _Scope()
            locked = [_lock(scope, row) for row in _in_lock_order(rows)]
            mine = [scope.rows[_key(row)] for row in rows]
            _check_token(token)
            if outer is None and seen is not None and mine:
                _check_seen(mine[0], seen)
            log = Log(record, rows=locked)
            with _inside(scope, log):
                yield mine, log  # type: ignore[misc]
                _save(scope, log, log.rows)
                _write(record, mine, token)
                transaction.on_commit(lambda: tell_act(record))
    except TransitionNotAllowed as error:
        refusal = _not_from_here(error)
        _record_refusal(outer, record, refusal, on_refused)
        raise refusal from error
    except Refused as refusal:
        _record_refusal(outer, record, refusal, on_refused)
        raise


@contextmanager
def _inside(scope: _Scope, log: Log) -> Iterator[None]:
    scope_token, log_token = _scope.set(scope), _log.set(log)
    try:
        yield
    finally:
        _scope.reset(scope_token)
        _log.reset(log_token)


def _key(row: models.Model) -> tuple[str, Any]:
    return row._meta.label, row.pk


def _in_lock_order(rows: Sequence[M]) -> list[M]:
    """Order → parcel → refund → trade → stock, ids ascending: no two acts lock crosswise."""
    return sorted(rows, key=lambda row: (getattr(row, "lock_rank", 99), row._meta.label, row.pk))


def _lock(scope: _Scope, row: models.Model) -> models.Model:
    known = scope.rows.get(_key(row))
    if known is not None:
        return known
    locked = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    scope.rows[_key(row)] = locked
    scope.loaded[id(locked)] = _values(locked)
    return locked


def lock(row: M) -> M:
    """Lock a further row inside the running act; what changes on it is saved with the act."""
    scope, log = _scope.get(), _log.get()
    if scope is None or log is None:
        raise RuntimeError("lock() belongs inside an act")
    locked = _lock(scope, row)
    if locked not in log.rows:
        log.rows = [*log.rows, locked]
    return locked  # type: ignore[return-value]


def _values(row: models.Model) -> dict[str, Any]:
    return {f.attname: row.__dict__.get(f.attname) for f in row._meta.concrete_fields}


def _check_seen(row: models.Model, seen: int) -> None:
    if getattr(row, "version", seen) != seen:
        raise Conflict(row, seen)


def _check_token(token: uuid.UUID | None) -> None:
    """Asked under the lock: of two parallel posts the second finds the first one's act."""
    if token is None:
        return
    done = Act.objects.filter(token=token).first()
    if done is not None:
        raise Repeated(done)


def flush(*rows: models.Model) -> None:
    """Save locked rows now: for what is asked of the database before the act ends."""
    scope, log = _scope.get(), _log.get()
    if scope is None or log is None:
        raise RuntimeError("flush() belongs inside an act")
    _save(scope, log, rows)


def _save(scope: _Scope, log: Log, rows: Sequence[models.Model]) -> None:
    for row in rows:
        if id(row) in log.bumped and id(row) not in scope.bumped and hasattr(row, "version"):
            row.version += 1
            scope.bumped.add(id(row))
        now, before = _values(row), scope.loaded[id(row)]
        dirty = [name for name, value in now.items() if value != before[name]]
        if dirty:
            row.save(update_fields=dirty)
            scope.loaded[id(row)] = now


# What the row of a further subject repeats, so that its timeline tells it, too.
_TOLD = (
    *("verb", "actor_kind", "actor_id", "actor_name", "at", "clause"),
    *("reason", "channel", "summary", "changes"),
)


def _write(record: Act, rows: Sequence[models.Model], token: uuid.UUID | None) -> None:
    record.token = token
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        _check_token(token)
        raise
    for other in rows[1:]:
        twin = Act(part_of=record, **{name: getattr(record, name) for name in _TOLD})
        _name_subject(twin, other)
        twin.save(force_insert=True)


def _name_subject(record: Act, row: models.Model) -> None:
    record.subject_kind = row._meta.model_name or ""
    record.subject_id = row.pk
    record.order_no = str(getattr(row, "order_no", "") or "")


def _not_from_here(error: TransitionNotAllowed) -> Refused:
    row = error.object
    label = row.get_state_display() if hasattr(row, "get_state_display") else ""
    return Refused(no("8", f"现在是“{label}”，这一步做不了。请刷新看看最新状态。"))


def _record_refusal(
    outer: _Scope | None,
    record: Act,
    refusal: Refused,
    on_refused: Callable[[Refused], None] | None,
) -> None:
    """Keep that it was asked for and refused, in a transaction of its own after the roll-back."""
    if outer is not None:
        return
    verdict = refusal.verdict
    record.outcome = ActOutcome.REFUSED
    record.clause, record.reason = verdict.clause, scrub(verdict.reason)
    record.changes, record.token, record.summary = [], None, ""
    record.say = _kept(verdict.say)
    with transaction.atomic():
        record.save(force_insert=True)
        if on_refused is not None:
            with _inside(_Scope(), Log(record)):
                on_refused(refusal)
        transaction.on_commit(lambda: tell_act(record))
