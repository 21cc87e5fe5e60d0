"""Messages to and from the outside: written with the act, handled at least once (architecture §6).

    with act("ship", order, by=by) as (order, log):
        …
        send("platform.dispatch", f"dispatch:{order.order_no}", {"order": order.pk}, now=now)

    @handles("platform.dispatch")          # in a room's handlers.py
    def dispatch(message: OutboxMessage) -> None: …

A handler runs outside any transaction and is idempotent by `message.key`; `message.tries > 1`
means that an earlier try may have done it: ask before doing it again. It raises `Unhandleable`
for what can never succeed, `NotYet` for what has to wait, anything else for a further try.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from core.bulk import next_ids, write
from core.fields import UNREADABLE
from core.lease import LEASE, MOST_TRIES, claim, held, next_try
from core.masking import scrub
from core.models import WAITING, InboxMessage, Message, MessageState, OutboxMessage
from core.trace import traced

logger = logging.getLogger(__name__)

BATCH = 20
SLICE_SECONDS = 3.0  # after it no further message is begun: a stop waits for one call at most
KEPT = timedelta(days=30)
FAILED = "message.failed"
TOLD = {FAILED, "colleague.message"}  # of these nobody is told: it would go round in a circle
DIED = "处理它的进程每次都中断。"
GARBLED = "内容读不出来。"

Handler = Callable[[Any], None]
_handlers: dict[str, Handler] = {}
_labels: dict[str, str] = {}


class Unhandleable(Exception):
    """The message can never succeed; a person has to look at it. No further try."""


class NotYet(Exception):
    """It cannot be done now (quiet hours, a system that is down); does not count as a try."""

    def __init__(self, until: datetime, why: str = "") -> None:
        super().__init__(why)
        self.until = until


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be written: see `send`."""

    topic: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    line: str = ""
    order_no: str = ""


def handles(topic: str, label: str = "") -> Callable[[Handler], Handler]:
    """Register the one handler of a topic; `label` is what users read for it."""

    def register(handler: Handler) -> Handler:
        known = _handlers.setdefault(topic, handler)
        if (known.__module__, known.__qualname__) != (handler.__module__, handler.__qualname__):
            raise ValueError(f"{topic} has a handler: {known.__module__}.{known.__qualname__}")
        _labels[topic] = label or _labels.get(topic, "")
        return handler

    return register


def handlers() -> dict[str, Handler]:
    """All topics with their handlers."""
    autodiscover_modules("handlers")
    return dict(_handlers)


def label_of(topic: str) -> str:
    """A topic as users read it."""
    return _labels.get(topic) or topic


def send(topic: str, key: str, payload: dict[str, Any], *, now: datetime, **about: Any) -> None:
    """Write one message in the running transaction; the same key again changes nothing.

    `about`: not_before, line (handled in order within it), order_no.
    """
    send_all([Outgoing(topic, key, payload, **about)], now=now)


def send_all(outgoing: Iterable[Outgoing], *, now: datetime) -> None:
    """Write many in one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is written in the transaction of what it speaks of")
    rows = [
        OutboxMessage(
            topic=one.topic,
            key=one.key,
            payload=one.payload,
            line=one.line,
            order_no=one.order_no,
            not_before=one.not_before or now,
            created_at=now,
        )
        for one in outgoing
    ]
    if rows:
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        transaction.on_commit(hint)


_NEW = ("id", "topic", "key", "payload", "line", "order_no", "not_before", "created_at")


def send_new(outgoing: Sequence[Outgoing], *, now: datetime) -> None:
    """Write many whose keys are certainly new, several times as fast: see `core.bulk`."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is written in the transaction of what it speaks of")
    rows = [
        [key, one.topic, one.key, one.payload, one.line, one.order_no, one.not_before or now, now]
        for key, one in zip(next_ids(OutboxMessage, len(outgoing)), outgoing, strict=True)
    ]
    if rows:
        write(OutboxMessage, _NEW, rows)
        transaction.on_commit(hint)


def receive(
    topic: str, key: str, raw: bytes, *, now: datetime, shop: str = "", line: str = ""
) -> None:
    """Keep what came in, once; the sender verified it already (connectors).

    A topic without a handler is no error here: outsiders send what they send.
    """
    row = InboxMessage(
        topic=topic,
        key=key,
        raw=raw,
        shop=shop,
        line=line,
        state=MessageState.PENDING if topic in handlers() else MessageState.KEPT,
        not_before=now,
        created_at=now,
    )
    InboxMessage.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(hint)


def hint() -> None:
    """Say to the workers that a message waits. Without a broker the sweep finds it."""
    from core.tasks import deliver_messages

    try:
        deliver_messages.delay()
    except Exception:
        logger.warning("no broker for a hint; the sweep will find the message")


def broker_answers() -> bool:
    """Is the broker there? Asked where somebody looks at the messages; takes a second at most."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception:
        return False
    return True


def deliver_due(now: datetime | None = None) -> int:
    """Handle what is due until the slice is over; says how many were handled.

    The two boxes take turns, so that a flood in one does not hold the other up.
    """
    end, count = time.monotonic() + SLICE_SECONDS, 0
    known = handlers()
    wake(known)
    boxes: list[type[Message]] = [InboxMessage, OutboxMessage]
    while boxes and time.monotonic() < end:
        box = boxes.pop(0)
        batch = claim(due(box), now or timezone.now(), state=MessageState.CLAIMED, limit=BATCH)
        count += _handle_all(batch, known, end)
        if batch:
            boxes.append(box)
    return count


def wake(topics: Iterable[str], limit: int = 1000) -> int:
    """Let what was kept be handled, now that a room handles its topic; says how many."""
    kept = InboxMessage.objects.filter(state=MessageState.KEPT, topic__in=list(topics))
    ids = list(kept.order_by("topic", "id").values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    return kept.filter(pk__in=ids).update(state=MessageState.PENDING)


def due(model: type[Message]) -> QuerySet[Any]:
    """What waits or is being handled; of a line only its first."""
    waiting = model._default_manager.filter(state__in=WAITING)
    earlier = waiting.filter(line=OuterRef("line"), pk__lt=OuterRef("pk")).exclude(line="")
    return waiting.filter(~Exists(earlier))


def _handle_all(batch: list[Any], known: dict[str, Handler], end: float) -> int:
    # A call takes at most half a lease, so none is begun in the lease's second half.
    begun, handled = time.monotonic(), 0
    latest = min(end, begun + LEASE.total_seconds() / 2)
    for message in batch:
        if handled and time.monotonic() > latest:
            _put_back(message, message.created_at, message.error)  # before what is due now
        else:
            handle(message, known)
            handled += 1
    return handled


def handle(message: Any, known: dict[str, Handler]) -> None:
    """Call the handler of a claimed message and keep how it ended."""
    if message.tries > MOST_TRIES:  # it takes its worker down, so nobody could count the try
        _fail(message, DIED)
        return
    about = {"topic": message.topic, "message": message.pk, "order_no": message.order_no}
    with traced("message", request_id=message.request_id, tries=message.tries, **about) as told:
        told["outcome"] = _call(message, known)


def _call(message: Any, known: dict[str, Handler]) -> str:
    """Call the handler; says how it ended."""
    try:
        if message.topic not in known:
            raise Unhandleable(f"没有程序处理“{message.topic}”。")
        if getattr(message, "payload", None) is UNREADABLE:
            raise Unhandleable(GARBLED)
        known[message.topic](message)
    except NotYet as wait:
        _put_back(message, wait.until, str(wait))
        return "not yet"
    except Unhandleable as error:
        _fail(message, str(error))
        return "unhandleable"
    except Exception as error:
        logger.exception("message %s %s failed", message.topic, message.pk)
        _try_later(message, error)
        return "error"
    held(message).update(state=MessageState.DONE, lease=None, error="", done_at=timezone.now())
    return "done"


def _put_back(message: Any, until: datetime, why: str) -> None:
    held(message).update(
        state=MessageState.PENDING,
        lease=None,
        not_before=until,
        error=_kept(why),
        tries=max(message.tries - 1, 0),
    )


def _fail(message: Any, why: str) -> None:
    with transaction.atomic():
        ours = held(message).update(state=MessageState.FAILED, lease=None, error=_kept(why))
        if ours and message.topic not in TOLD:
            _tell_of(message, timezone.now())


def _tell_of(message: Any, now: datetime) -> None:
    """Leave word for who tells the colleagues: once an hour for each topic, however many fail."""
    key = f"failed:{message.topic}:{now:%Y%m%d%H}"
    send(FAILED, key, {"topic": message.topic, "message": message.pk}, now=now)


def _try_later(message: Any, error: Exception) -> None:
    why = f"{type(error).__name__}: {error}"
    if message.tries >= MOST_TRIES:
        _fail(message, why)
    else:
        held(message).update(
            state=MessageState.PENDING,
            lease=None,
            not_before=next_try(message, timezone.now()),
            error=_kept(why),
        )


def _kept(why: str) -> str:
    """An error as a row can keep it: telephones masked, nothing that a database refuses."""
    return scrub(why).replace("\0", "").encode(errors="replace").decode()[:500]


def prune(now: datetime, limit: int = 1000) -> int:
    """Remove what was delivered or given up 30 days ago; call it until it says 0."""
    removed = 0
    for box in (OutboxMessage, InboxMessage):
        old = box.objects.filter(
            state__in=[MessageState.DONE, MessageState.GIVEN_UP], done_at__lt=now - KEPT
        )
        ids = list(old.order_by("done_at").values_list("pk", flat=True)[:limit])
        removed += box.objects.filter(pk__in=ids).delete()[0]
    return removed
