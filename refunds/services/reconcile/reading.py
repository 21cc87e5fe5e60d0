"""A bill is read row by row beside the books; nothing is compared yet (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from core.bulk import write
from core.models import Job, JobState
from core.tables.errors import Unreadable
from core.tables.files import Place
from core.work import Unworkable, checkpoint, works
from refunds.bills.entry import Counted, Entry
from refunds.bills.files import WHOLE, open_bill, read
from refunds.models import Bill, BillRow
from refunds.services.reconcile.bring import READ, folder_of, remove_files
from refunds.services.reconcile.comparing import compare_later
from refunds.services.reconcile.settling import bill_came
from refunds.words import BillWhat
from staff.services.tell import tell

BATCH = 1000
MOST_ROWS = 500_000


def ended(job: Job) -> None:
    """The file goes; a person who brought it is told. What was not read says why on its page."""
    remove_files(job)
    text, url = f"账单“{job.title}”没有读进来：{job.error}", reverse("bill", args=[_id(job)])
    if job.state == JobState.DONE:
        text = f"账单“{job.title}”读完了，看过以后开始对账。"
    else:  # half a bill is compared with nothing
        BillRow.objects.filter(bill=_id(job)).delete()
    if job.by_id is not None:
        tell(text[:200], to=job.by_id, url=url, key=f"bill:{job.pk}")


def _id(job: Job) -> int:
    return int(job.params["bill"])


@works(READ, ended)
def work(job: Job, late: Callable[[], bool]) -> bool:
    """Do a slice of a bill; True at its end. Raises Unworkable with the reason."""
    try:
        return _work(job, late)
    except Unreadable as error:
        raise Unworkable(str(error)) from error


def _work(job: Job, late: Callable[[], bool]) -> bool:
    bill = Bill.objects.get(pk=_id(job))
    opened = open_bill(folder_of(job) / "bill")
    job.total = opened.table.size
    lines = read(opened, Place(*job.cursor["place"]) if job.cursor else None)
    job.result = job.result or {"rows": 0, "said": None}
    while part := list(islice(lines, BATCH)):
        with transaction.atomic():
            _keep(bill, job, (each.entry for each in part))
            job.cursor = {"place": list(part[-1].end)}
            job.done = part[-1].end.offset
            checkpoint(job, timezone.now())
        if late():
            return False
    _end(bill, job)
    return True


def _keep(bill: Bill, job: Job, entries: Iterator[Any]) -> None:
    rows: list[list[Any]] = []
    for entry in entries:
        if isinstance(entry, Counted):
            job.result["said"] = (job.result["said"] or 0) + entry.rows
        elif entry is not None:
            rows.append(_row(bill, entry))
    write(BillRow, [*_OF_BILL, *_OF_ENTRY], rows)
    job.result["rows"] += len(rows)
    if job.result["rows"] > MOST_ROWS:
        raise Unworkable(f"账单超过 {MOST_ROWS} 行。")


_OF_BILL = ("bill_id", "gateway", "account")
_OF_ENTRY = ("line", "what", "key", "trade", "amount", "at", "label", "there")


def _row(bill: Bill, entry: Entry) -> list[Any]:
    paid = entry.what is BillWhat.PAYMENT
    if paid and entry.day and entry.day != bill.day:
        raise Unworkable(
            f"第 {entry.line} 行是 {entry.day:%m-%d} 的收款，不是 {bill.day:%m-%d} 的。"
            "对账一天一份，请按天下载后再传。"
        )
    key = entry.mark or (entry.trade if paid else entry.number)
    told = [entry.line, entry.what.value, key, entry.trade, entry.amount, entry.at]
    return [bill.pk, bill.gateway, bill.account, *told, entry.label, entry.there.value]


def _end(bill: Bill, job: Job) -> None:
    """All is here, as many rows as the bill itself says; now it may be looked at."""
    said, rows = job.result["said"], job.result["rows"]
    if said is None:
        raise Unworkable(WHOLE)
    if rows < said:
        raise Unworkable(f"账单说有 {said} 行，只读到 {rows} 行：没有下载完整。请重新下载。")
    now = timezone.now()
    with transaction.atomic():
        bill.rows, bill.told, bill.read_at = rows, told_of(bill), now
        bill.save(update_fields=["rows", "told", "read_at"])
        bill_came(bill, now=now)
        if job.params["at_once"]:
            compare_later(bill, by=None, now=now)


def told_of(bill: Bill) -> dict[str, dict[str, list[Any]]]:
    """How many rows of each kind, and how much: what a person looks at before the comparison."""
    told: dict[str, dict[str, list[Any]]] = {}
    kinds = bill.entries.order_by().values("what", "label").exclude(what=BillWhat.UNREAD)
    for one in kinds.annotate(n=Count("id"), yuan=Sum("amount")):
        told.setdefault(one["what"], {})[one["label"]] = [one["n"], f"{one['yuan']:.2f}"]
    bad = bill.entries.filter(what=BillWhat.UNREAD).count()
    return told | ({BillWhat.UNREAD.value: {"": [bad, "0.00"]}} if bad else {})
