"""Acts: everything that changes business data goes through here (architecture §3).

    with act("modify_receiving", order, by=by, seen=seen, token=token) as (order, log):
        policy.may_modify(order.facts(), Group.RECEIVING).require()
        log.changed(order.receive_at(new))

The rows given are locked in one fixed order and re-read; what changed on them is saved at the
end, together with the `Act` row that is the timeline. History rows carry the act's id.

A model says what belongs to locking it: `lock_rank` (its place in the order), `lock_first` (the
row above it, which is locked before it by the same statement) and `read_with` (read along).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from simple_history.models import HistoricalRecords

from core import past
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
        if history_type != "-":
            past.keep(type(instance), [instance.pk], history_type, current_act())
            return
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
    record = _record(verb, by, now)
    record.clause, record.reason, record.channel = clause, reason, channel
    if rows:
        _name_subject(record, rows[0])
    outer, scope = _scope.get(), _scope.get() or _Scope()
    # Between acts that share a transaction nobody goes on after an error.
    undoes = outer is None or acting()
    try:
        with transaction.atomic(savepoint=undoes):
            locked = _lock(scope, rows)
            mine = [scope.rows[_key(row)] for row in rows]
            _check_token(token)
            if not acting() and seen is not None and mine:
                _check_seen(mine[0], seen)
            log = Log(record, rows=locked)
            with _inside(scope, log):
                yield mine, log  # type: ignore[misc]
                _save(scope, log, log.rows)
                _write(record, mine, token)
                transaction.on_commit(lambda: tell_act(record))
    except IntegrityError:
        if undoes:
            _check_token(token)
        raise
    except TransitionNotAllowed as error:
        refusal = _not_from_here(error)
        _record_refusal(outer, record, refusal, on_refused)
        raise refusal from error
    except Refused as refusal:
        _record_refusal(outer, record, refusal, on_refused)
        raise


def _record(verb: str, by: Actor, now: datetime | None) -> Act:
    return Act(
        id=uuid.uuid4(),
        verb=verb,
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_name=by.name,
        at=now or timezone.now(),
    )


@contextmanager
def _inside(scope: _Scope, log: Log | None) -> Iterator[None]:
    scope_token, log_token = _scope.set(scope), _log.set(log)
    try:
        yield
    finally:
        _scope.reset(scope_token)
        _log.reset(log_token)


@contextmanager
def together() -> Iterator[None]:
    """One transaction for what belongs together, in which each row is locked and read once.

    Several small acts find the same instances; what is refused anywhere undoes all of it.
    """
    if _scope.get() is not None:
        yield
        return
    with transaction.atomic(), _inside(_Scope(), None):
        yield


def _key(row: models.Model) -> tuple[str, Any]:
    return row._meta.label, row.pk


def _in_lock_order(rows: Sequence[M]) -> list[M]:
    """Order → parcel → refund → trade → stock, ids ascending: no two acts lock crosswise."""
    return sorted(rows, key=lambda row: (getattr(row, "lock_rank", 99), row._meta.label, row.pk))


def _lock(scope: _Scope, rows: Sequence[models.Model]) -> list[models.Model]:
    """Those that are not locked yet are locked and read, by one statement for each table."""
    ordered = _in_lock_order(rows)
    new = [row for row in ordered if _key(row) not in scope.rows]
    for _, group in groupby(new, key=type):
        part = list(group)
        model, keys = part[0].__class__, {row.pk for row in part}
        rows_of = model._default_manager.filter(pk__in=keys)
        found = _find(scope, rows_of if len(keys) == 1 else _in_order(rows_of))
        if len(found) < len(keys):
            raise model.DoesNotExist(f"{model._meta.label} {sorted(keys)}")  # type: ignore[attr-defined]
    return _with_above([scope.rows[_key(row)] for row in ordered])


def _in_order(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    first = getattr(rows.model, "lock_first", "")
    return rows.order_by(f"{first}_id", "pk") if first else rows.order_by("pk")


def _find(scope: _Scope, rows: models.QuerySet[M]) -> list[M]:
    first, along = getattr(rows.model, "lock_first", ""), getattr(rows.model, "read_with", ())
    rows = rows.select_related(*along) if along else rows
    of = (first, "self") if first else ("self",)
    return [_known(scope, row) for row in rows.select_for_update(no_key=True, of=of)]


def _known(scope: _Scope, row: M) -> M:
    """The one instance of a row in this transaction."""
    if _key(row) not in scope.rows:
        scope.rows[_key(row)] = row
        scope.loaded[id(row)] = _values(row)
        if hasattr(row, "lock_first"):
            setattr(row, row.lock_first, _known(scope, getattr(row, row.lock_first)))
    return scope.rows[_key(row)]  # type: ignore[return-value]


def _with_above(rows: Sequence[models.Model]) -> list[models.Model]:
    """With those that were locked before them."""
    above = [getattr(row, row.lock_first) for row in rows if hasattr(row, "lock_first")]
    return list({_key(row): row for row in [*rows, *above]}.values())


def lock(row: M) -> M:
    """Lock a further row inside the running act; what changes on it is saved with the act."""
    return lock_all([row])[0]


def lock_all(rows: Sequence[M]) -> list[M]:
    """The same for many, by one statement for each table."""
    scope = _open_scope()
    _join(_lock(scope, rows))
    return [scope.rows[_key(row)] for row in rows]  # type: ignore[misc]


def lock_found(rows: models.QuerySet[M]) -> list[M]:
    """The same for what a query finds: it is asked once."""
    found = _find(_open_scope(), _in_order(rows))
    _join(_with_above(found))
    return found


def lock_one(rows: models.QuerySet[M]) -> M | None:
    """The same for a query that finds one row at most."""
    found = _find(_open_scope(), rows.order_by())
    _join(_with_above(found))
    return found[0] if found else None


def _open_scope() -> _Scope:
    scope = _scope.get()
    if scope is None:
        raise RuntimeError("rows are locked inside an act, or together()")
    return scope


def _join(rows: Sequence[models.Model]) -> None:
    log = _log.get()
    if log is not None:
        known = {id(row) for row in log.rows}
        log.rows = [*log.rows, *(row for row in rows if id(row) not in known)]


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
    changed: dict[tuple[type[models.Model], tuple[str, ...]], list[Any]] = {}
    for row in rows:
        if id(row) in log.bumped and id(row) not in scope.bumped and hasattr(row, "version"):
            row.version += 1
            scope.bumped.add(id(row))
        now, before = _values(row), scope.loaded[id(row)]
        dirty = tuple(name for name, value in now.items() if value != before[name])
        if dirty:
            changed.setdefault((row.__class__, dirty), []).append(row)
            scope.loaded[id(row)] = now
    for (model, names), alike in changed.items():
        _update(model, names, alike)


def _update(model: type[models.Model], names: Sequence[str], rows: Sequence[Any]) -> None:
    """Write columns of rows; of many in as few statements as of one."""
    if len(rows) == 1:
        rows[0].save(update_fields=names)
        return
    from core.bulk import change  # it asks for the running act, which stands here

    change(model, names, [[row.pk, *(getattr(row, name) for name in names)] for row in rows])


# What the row of a further subject repeats, so that its timeline tells it, too.
_TOLD = (
    *("verb", "actor_kind", "actor_id", "actor_name", "at", "clause"),
    *("reason", "channel", "summary", "changes"),
)


def _write(record: Act, rows: Sequence[models.Model], token: uuid.UUID | None) -> None:
    record.token = token
    twins = [_twin(record, other) for other in rows[1:]]
    Act.objects.bulk_create([record, *twins])


def _twin(record: Act, row: models.Model) -> Act:
    twin = Act(part_of=record, **{name: getattr(record, name) for name in _TOLD})
    _name_subject(twin, row)
    return twin


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
