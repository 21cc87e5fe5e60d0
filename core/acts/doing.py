"""Doing an act: lock, check, change, save, tell."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from core.acts.locking import key_of, lock_rows
from core.acts.running import Scope, acting, current_scope, inside
from core.acts.saving import save_rows, write_act
from core.acts.telling import Actor, Conflict, Log, Repeated, kept, name_subject
from core.masking import scrub
from core.models import Act, ActOutcome
from core.trace import tell_act
from core.verdict import Refused, no

M = TypeVar("M", bound=models.Model)


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
        name_subject(record, rows[0])
    outer, scope = current_scope.get(), current_scope.get() or Scope()
    # Between acts that share a transaction nobody goes on after an error.
    undoes = outer is None or acting()
    try:
        with transaction.atomic(savepoint=undoes):
            locked = lock_rows(scope, rows)
            mine = [scope.rows[key_of(row)] for row in rows]
            _check_token(token)
            if not acting() and seen is not None and mine:
                _check_seen(mine[0], seen)
            log = Log(record, rows=locked)
            with inside(scope, log):
                yield mine, log  # type: ignore[misc]
                save_rows(scope, log, log.rows)
                write_act(record, mine, token)
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


def _not_from_here(error: TransitionNotAllowed) -> Refused:
    row = error.object
    label = row.get_state_display() if hasattr(row, "get_state_display") else ""
    return Refused(no("8", f"现在是“{label}”，这一步做不了。请刷新看看最新状态。"))


def _record_refusal(
    outer: Scope | None,
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
    record.say = kept(verdict.say)
    with transaction.atomic():
        record.save(force_insert=True)
        if on_refused is not None:
            with inside(Scope(), Log(record)):
                on_refused(refusal)
        transaction.on_commit(lambda: tell_act(record))
