"""A day's bill of Alipay against the books: read, compared, and what was planted found."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from bench.measure import ratio, table, tell
from bench.refunding import PRICE, House, fill
from core.workdays import CHINA
from orders.models import Trade
from orders.words import Gateway
from refunds.models import Bill, BillRow, Difference, Refund
from refunds.services.reconcile.bring import bring_bill
from refunds.services.reconcile.comparing import compare_later
from refunds.words import RefundState

DAY = timedelta(days=1)
PLANTED = 20  # of each kind of difference, payments and refunds by turns
HEAD = "支付宝交易号,业务类型,完成时间,订单金额（元）,退款批次号/请求号"

# The least that a comparison in this database does: the rows written again, and both sides asked
# for what the other has not, or has otherwise.
COPY = "INSERT INTO bench_bill SELECT * FROM refunds_billrow"
DIFFERING = (
    """SELECT b.id FROM bench_bill b LEFT JOIN orders_trade t ON t.number = b.key
    WHERE b.what = 'payment' AND (t.id IS NULL OR t.paid <> b.amount)""",
    """SELECT b.id FROM bench_bill b LEFT JOIN refunds_refund r ON r.number = b.key
    WHERE b.what = 'refund' AND (r.id IS NULL OR r.amount <> b.amount OR r.state <> 'succeeded')""",
    """SELECT t.id FROM orders_trade t LEFT JOIN bench_bill b ON b.key = t.number
    WHERE b.id IS NULL AND t.paid_at >= %s AND t.paid_at < %s""",
    """SELECT r.id FROM refunds_refund r LEFT JOIN bench_bill b ON b.key = r.number
    WHERE b.id IS NULL AND r.ended_at >= %s AND r.ended_at < %s""",
)


class Row(NamedTuple):
    trade: str
    amount: Decimal
    number: str = ""


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Bring a bill of so many rows, half of them refunds; read and compare it in a worker."""
    noon = timezone.now().astimezone(CHINA).replace(hour=12, minute=0, second=0) - DAY
    house = House.of("bench", noon)
    fill(house, {RefundState.SUCCEEDED: orders // 2}, noon)
    fill(house, {RefundState.REVIEW: orders // 2}, noon + DAY)  # paid on the bill's day
    rows, planted = _plant(noon)
    file = ContentFile(_written(rows, noon), "账单.csv")
    bill, _ = bring_bill(house.shop, file, by=None, now=timezone.now())
    read = _work()
    bill.refresh_from_db()
    compare_later(bill, by=None, now=timezone.now())
    compared = _work()
    bill.refresh_from_db()
    _check(bill, rows, planted)
    seconds, floor = read["seconds"] + compared["seconds"], _floor(noon)
    rate, peak = round(len(rows) / seconds), max(read["peak_mb"], compared["peak_mb"])
    table(
        ("what", "seconds", "rows/s", "peak MB"),
        [
            ("read", round(read["seconds"], 1), round(len(rows) / read["seconds"]), ""),
            ("compared", round(compared["seconds"], 1), round(len(rows) / compared["seconds"]), ""),
            (f"both, {len(planted)} differences found", round(seconds, 1), rate, peak),
            ("set by set in SQL", round(floor, 2), round(len(rows) / floor), ""),
        ],
    )
    tell(
        bench="reconcile",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=round(len(rows) / floor),
        ratio=ratio(seconds, floor),
        **({"flat": ratio(tenth["rate"], rate)} if tenth else {}),
        peak_mb=peak,
        differences=len(planted),
    )


# -- the bill ------------------------------------------------------------------------------------


def _plant(noon: datetime) -> tuple[list[Row], set[tuple[str, str, str]]]:
    """The bill's rows, and the differences between them and the books: kind, what, trade."""
    paid = Trade.objects.filter(gateway=Gateway.ALIPAY.value, paid_at__gt=noon - DAY / 2)
    back = Refund.objects.filter(state=RefundState.SUCCEEDED.value)
    payments = [Row(number, PRICE) for (number,) in paid.values_list("number")]
    refunds = [Row(trade, PRICE, no) for trade, no in back.values_list("trade__number", "number")]
    kept: list[Row] = []
    planted: set[tuple[str, str, str]] = set()
    for what, rows in (("payment", payments), ("refund", refunds)):
        odd = dict.fromkeys(random.sample(range(len(rows)), PLANTED), "amount")
        odd |= dict.fromkeys(random.sample(sorted(set(range(len(rows))) - set(odd)), PLANTED), "")
        for place, row in enumerate(rows):
            kind = odd.get(place)
            if kind == "":
                planted.add(("missing_there", what, row.trade))
                continue
            if kind:
                planted.add((kind, what, row.trade))
            kept.append(row._replace(amount=row.amount - 1) if kind else row)
        for place in range(PLANTED):
            number = f"OLD-{place}" if what == "refund" else ""
            strange = Row(f"2019{what}{place:020d}", PRICE, number)
            planted.add(("missing_here", what, strange.trade))
            kept.append(strange)
    random.shuffle(kept)
    return kept, planted


def _written(rows: Iterable[Row], noon: datetime) -> bytes:
    """As Alipay writes it, with the columns that we read."""
    done = f"{noon:%Y-%m-%d %H:%M:%S}"
    lines = [
        f"{row.trade}\t,{'退款' if row.number else '交易'}\t,{done},"
        f"{-row.amount if row.number else row.amount},{row.number}\t"
        for row in rows
    ]
    first, end = (f"[{at:%Y年%m月%d日} 00:00:00]" for at in (noon, noon + DAY))
    day = f"#起始日期：{first}   终止日期：{end}"
    text = ["#支付宝业务明细查询", day, HEAD, *lines, f"#交易合计：{len(lines)}笔", ""]
    return "\r\n".join(text).encode("gbk")


# -- ours and the floor --------------------------------------------------------------------------


def _work() -> dict[str, Any]:
    """The worker's process: only its own memory counts."""
    worker = [sys.executable, "-m", "bench.worker"]
    told = subprocess.run(worker, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures


def _check(bill: Bill, rows: list[Row], planted: set[tuple[str, str, str]]) -> None:
    """The planted differences, all and only them."""
    found = set(Difference.objects.values_list("kind", "what", "trade"))
    if bill.compared_at is None or bill.rows != len(rows) or found != planted:
        more, less = len(found - planted), len(planted - found)
        raise SystemExit(f"{bill.rows} of {len(rows)} rows; {less} not found, {more} too many")


def _floor(noon: datetime) -> float:
    """Seconds for the same rows set by set, in one transaction."""
    day = [noon - DAY / 2, noon + DAY / 2]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bill AS SELECT * FROM refunds_billrow WHERE 1 = 0")
        began = time.perf_counter()
        cursor.execute(COPY)
        found = 0
        for sql in DIFFERING:
            cursor.execute(sql, day if "%s" in sql else [])
            found += len(cursor.fetchall())
        seconds = time.perf_counter() - began
    if found != 6 * PLANTED or not BillRow.objects.exists():
        raise SystemExit(f"the floor found {found}")
    return seconds
