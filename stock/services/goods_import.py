"""Goods and levels from a table: looked at first, then written chunk by chunk (SOP 5.b).

The same file twice changes nothing. A level is set by a movement, and only when it was asked for.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import bulk
from core.acts import TIMER, Actor, act_on
from core.models import Job, JobState
from core.money import ZERO
from core.tables.errors import RowRejected, Unreadable
from core.tables.files import Place
from core.work import Unworkable, checkpoint, hint, works
from staff.services.tell import tell
from stock.models import Sku, StockLevel
from stock.selectors.goods import skus_by_code
from stock.services import ledger
from stock.services.goods import differences
from stock.services.ledger import Move
from stock.sheet import (
    LEVEL,
    MOST_BYTES,
    MOST_REJECTED,
    MOST_ROWS,
    GoodsRow,
    Read,
    header_of,
    read,
)
from stock.words import MovementKind

KIND = "import_goods"
CHUNK = 500
WAITS = timedelta(days=1)  # how long a file waits to be confirmed
SHOWN = 50


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(slots=True)
class Plan:
    """What some rows do: simulate and perform are one path."""

    new: list[GoodsRow] = field(default_factory=list)
    changed: list[tuple[Sku, GoodsRow]] = field(default_factory=list)
    moves: list[tuple[str, int]] = field(default_factory=list)  # code, pieces more or less
    same: int = 0
    rejected: list[RowRejected] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)


def folder_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / "goods" / str(job.pk)


def file_of(job: Job) -> Path:
    return folder_of(job) / "goods"


# -- look first ------------------------------------------------------------------------------


def look_at(file: Uploaded, *, levels: bool, by: Any, now: datetime) -> Job:
    """Keep the file and reckon what it would do; nothing is written yet. Raises Unreadable.

    `levels`: what it says of pieces on hand shall count, too.
    """
    if (file.size or 0) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 2**20} MB，请分几次导入。")
    job = Job(id=uuid.uuid4(), kind=KIND, by=by, title=Path(file.name or "商品").name[:100])
    job.not_before, job.params = now + WAITS, {"levels": levels, "unconfirmed": True}
    try:
        _keep(job, file)
        job.result = _reckon(job, levels=levels)
    except BaseException:
        remove_files(job)
        raise
    job.save(force_insert=True)
    return job


def _keep(job: Job, file: Uploaded) -> None:
    folder_of(job).mkdir(parents=True)
    with file_of(job).open("wb") as copy:
        for part in file.chunks():
            copy.write(part)


def _reckon(job: Job, *, levels: bool) -> dict[str, Any]:
    total, seen, rows = _empty(header_of(file_of(job))), dict[str, int](), 0
    found = read(file_of(job))
    while part := list(islice(found, CHUNK)):
        rows += len(part)
        if rows > MOST_ROWS:
            raise Unreadable(f"超过 {MOST_ROWS} 行，请分几次导入。")
        _add(total, plan_of(part, seen, levels=levels))
    if not rows:
        raise Unreadable("表里只有列名，没有商品。")
    return total | {"rows": rows}


def _empty(header: Sequence[str]) -> dict[str, Any]:
    counts = dict.fromkeys(("created", "changed", "levels", "unchanged"), 0)
    return {"header": list(header), "rejected": [], "samples": [], **counts}


def _add(total: dict[str, Any], plan: Plan) -> None:
    total["created"] += len(plan.new)
    total["changed"] += len(plan.changed)
    total["levels"] += len(plan.moves)
    total["unchanged"] += plan.same
    total["samples"] = (total["samples"] + plan.samples)[:SHOWN]
    total["rejected"] += [
        [r.line, r.column, r.value, r.reason, list(r.cells)] for r in plan.rejected
    ]
    if len(total["rejected"]) > MOST_REJECTED:
        raise Unreadable(f"有问题的行超过 {MOST_REJECTED} 行，请先看看列是不是对错了位，改好再传。")


def plan_of(part: Sequence[Read], seen: dict[str, int], *, levels: bool) -> Plan:
    """What these rows do to the goods as they are now; two queries."""
    plan, rows = Plan(), list[GoodsRow]()
    for each in part:
        row = each.row
        if isinstance(row, RowRejected):
            plan.rejected.append(row)
        elif (first := seen.setdefault(row.code, row.line)) != row.line:
            plan.rejected.append(
                _reject(row, "商家编码", row.code, f"和第 {first} 行是同一个编码。")
            )
        else:
            rows.append(row)
    known = skus_by_code([row.code for row in rows])
    for row in rows:
        _plan(plan, row, known.get(row.code), levels=levels)
    plan.rejected.sort(key=lambda row: row.line)
    return plan


def _plan(plan: Plan, row: GoodsRow, sku: Sku | None, *, levels: bool) -> None:
    level = row.level if levels else None
    if sku is None:
        missing = [n for n in ("款号", "品名") if not row.values.get(_BY_HEAD[n])]
        if missing:
            reason = f"没有这个编码，当作新商品；新商品要有{'和'.join(missing)}。"
            plan.rejected.append(_reject(row, missing[0], "", reason))
            return
        plan.new.append(row)
        plan.samples.append([row.code, "新商品", row.values["name"]])
        if level:
            plan.moves.append((row.code, level))
        return
    has = sku.level if hasattr(sku, "level") else StockLevel(sku=sku)
    if level is not None and level < has.reserved:
        reason = f"订单已经占了 {has.reserved} 件，在库不能少于它。要减请用盘点。"
        plan.rejected.append(_reject(row, "在库", str(level), reason))
        return
    values = {name: value for name, value in row.values.items() if name != LEVEL}
    changes = differences(sku, values)
    if changes:
        plan.changed.append((sku, row))
    if level is not None and level != has.on_hand:
        plan.moves.append((row.code, level - has.on_hand))
        plan.samples.append([row.code, "在库", f"{has.on_hand} → {level}"])
    elif not changes:
        plan.same += 1
    plan.samples += [[row.code, c.label, f"{c.before or '（空）'} → {c.after}"] for c in changes]


_BY_HEAD = {"款号": "style_no", "品名": "name"}


def _reject(row: GoodsRow, column: str, value: str, reason: str) -> RowRejected:
    return RowRejected(row.line, column, value, reason, row.cells)


# -- then do it --------------------------------------------------------------------------------


def confirm(job: Job, now: datetime) -> bool:
    """It shall be done as it was shown; says whether it still waited for that."""
    waits = Job.objects.filter(pk=job.pk, state=JobState.PENDING, params__unconfirmed=True)
    params = {name: value for name, value in job.params.items() if name != "unconfirmed"}
    with transaction.atomic():
        begun = waits.update(params=params, not_before=now)
        transaction.on_commit(hint)
    return bool(begun)


def remove_files(job: Job) -> None:
    shutil.rmtree(folder_of(job), ignore_errors=True)


def ended(job: Job) -> None:
    """Done or failed: the file goes, and who asked for it is told."""
    remove_files(job)
    text = f"“{job.title}”导入没有成功：{job.error}"
    if job.state == JobState.DONE:
        done = job.result
        text = f"“{job.title}”导入完成：新建 {done['created']}，修改 {done['changed']}，"
        text += f"改库存 {done['levels']}，拒绝 {len(done['rejected'])} 行。"
    if job.by_id is not None:
        tell(text, to=job.by_id, url=reverse("goods-import", args=[job.pk]), key=f"goods:{job.pk}")


@works(KIND, ended)
def work(job: Job, late: Callable[[], bool]) -> bool:
    """Do a slice of an import; True at its end. Raises Unworkable with the reason."""
    if job.params.get("unconfirmed"):
        raise Unworkable("没有人确认，一天以后不再等了。请重新上传。")
    try:
        return _work(job, late)
    except Unreadable as error:
        raise Unworkable(str(error)) from error


def _work(job: Job, late: Callable[[], bool]) -> bool:
    path, cursor = file_of(job), job.cursor
    if not cursor:
        job.total, job.result = job.result["rows"], _empty(job.result["header"])
        cursor = {"place": None, "seen": {}}
    after = Place(*cursor["place"]) if cursor["place"] else None
    found = read(path, after)
    by = Actor.person(job.by) if job.by_id else TIMER
    while part := list(islice(found, CHUNK)):
        with transaction.atomic():
            plan = _write(job, part, cursor["seen"], by)
            _add(job.result, plan)
            job.done += len(part)
            job.cursor = {"place": list(part[-1].end), "seen": cursor["seen"]}
            checkpoint(job, timezone.now())
        if late():
            return False
    return True


def _write(job: Job, part: Sequence[Read], seen: dict[str, int], by: Actor) -> Plan:
    rows, now = list[Sku](), timezone.now()
    with act_on("import_goods", rows, by=by, now=now) as (_, log):
        _lock(part)
        plan = plan_of(part, seen, levels=bool(job.params["levels"]))
        made = _insert(plan.new, now)
        _change(plan.changed)
        ids = made | {sku.code: sku.pk for sku in skus_by_code([c for c, _ in plan.moves]).values()}
        ledger.change_all(
            [
                Move(ids[code], MovementKind.IMPORTED, on_hand=pieces, note=job.title)
                for code, pieces in plan.moves
            ],
            now,
        )
        log.noted(
            f"导入商品：新建 {len(plan.new)}，修改 {len(plan.changed)}，改库存 {len(plan.moves)}"
        )
    return plan


def _lock(part: Sequence[Read]) -> None:
    """The known SKUs, then their levels, each in the order of ids (architecture §3)."""
    codes = [each.row.code for each in part if isinstance(each.row, GoodsRow)]
    goods = Sku.objects.filter(code__in=codes).order_by("id").select_for_update(no_key=True)
    ledger.lock_levels([sku.pk for sku in goods])


def _insert(new: Sequence[GoodsRow], now: datetime) -> dict[str, int]:
    skus = []
    for row, pk in zip(new, bulk.next_ids(Sku, len(new)), strict=True):
        values = {name: value for name, value in row.values.items() if name != LEVEL}
        skus.append(Sku(pk=pk, code=row.code, **{"price": ZERO} | values))
    if skus:
        bulk.insert(Sku, skus)
        ledger.open_levels([StockLevel(sku=sku) for sku in skus], now)
    return {sku.code: sku.pk for sku in skus}


_NAMES = (
    *("barcode", "style_no", "name", "colour", "size", "price", "weight_g"),
    *("length_mm", "width_mm", "height_mm"),
    *("shelf", "check_quality", "made", "active"),
)


def _change(changed: Sequence[tuple[Sku, GoodsRow]]) -> None:
    rows = []
    for sku, row in changed:
        values = {name: getattr(sku, name) for name in _NAMES} | row.values
        rows.append([sku.pk, *(values[name] for name in _NAMES), sku.version + 1])
    bulk.change(Sku, [*_NAMES, "version"], rows)
