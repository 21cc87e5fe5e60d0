"""Evidence of a refund: looked at by content and size, kept outside the web root (SOP 1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.conf import settings

from core.acts import Actor, lock
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders.models import Order
from orders.services.acting import order_act
from refunds import policy
from refunds.models import Evidence, Refund

LARGEST = 5 * 1024 * 1024
MOST = 6  # at once
IN_ALL = 20
FOLDER = "refunds"


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


class Unfit(ValueError):
    """A file that is not taken, with what to do instead (Chinese)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies on the disk, and belongs to nothing yet."""

    name: str
    kind: str
    size: int
    place: str

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.place


def kind_of(head: bytes) -> str:
    """What it is by its first bytes, whatever it is called; raises Unfit."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    raise Unfit("只收 JPG、PNG、WebP 图片和 PDF。请截图或另存以后再传。")


def look(files: Sequence[Uploaded]) -> None:
    """Are they taken, by number, size and content? Raises Unfit."""
    if len(files) > MOST:
        raise Unfit(f"一次最多传 {MOST} 个文件，请分几次传。")
    for file in files:
        if (file.size or 0) > LARGEST:
            raise Unfit(f"“{_name(file.name)}”超过 {LARGEST // 2**20} MB，请压缩以后再传。")
        kind_of(next(iter(file.chunks()), b""))


def keep(files: Sequence[Uploaded]) -> list[Kept]:
    """Write the files where no address leads; raises Unfit, and then none is left."""
    look(files)
    kept = list[Kept]()
    try:
        for file in files:
            kept.append(_keep(file))
    except BaseException:
        drop(kept)
        raise
    return kept


def _keep(file: Uploaded) -> Kept:
    data = b"".join(file.chunks())
    kept = Kept(_name(file.name), kind_of(data[:16]), len(data), f"{FOLDER}/{uuid.uuid4().hex}")
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    kept.path.write_bytes(data)
    return kept


def _name(name: str | None) -> str:
    """What it is called, as a page may show it: no folder, no telephone."""
    plain = PurePosixPath((name or "").replace("\\", "/")).name
    return scrub("".join(c for c in plain if c.isprintable()))[-100:] or "凭证"


def drop(kept: Iterable[Kept]) -> None:
    """Remove files of an act that was refused."""
    for one in kept:
        one.path.unlink(missing_ok=True)


def attach(refund: Refund, kept: Sequence[Kept], by: Actor, now: datetime) -> None:
    """These files belong to the refund; inside a running act."""
    Evidence.objects.bulk_create(
        Evidence(
            refund=refund,
            name=one.name,
            kind=one.kind,
            size=one.size,
            place=one.place,
            by_name=by.name,
            at=now,
        )
        for one in kept
    )


def add_evidence(
    order: Order,
    refund: Refund,
    kept: Sequence[Kept],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Add pictures or documents while it is open; no edit, so the version stays.

    Raises Refused, Repeated.
    """
    with order_act("add_evidence", order, by=by, token=token, now=now) as (order, log):
        row = lock(refund)
        policy.may_add_evidence(row.facts(gone=policy.gone(order.facts([])))).require()
        if row.evidence.count() + len(kept) > IN_ALL:
            no("1.5", f"一笔退款最多 {IN_ALL} 个凭证。", instead="挑最能说明问题的传。").require()
        attach(row, kept, by, now)
        log.noted(f"补退款凭证 {len(kept)} 个（{row.number}）", clause="1.5")
    return log.act
