"""A bill comes in, by hand or fetched: its file is kept and its reading enqueued (SOP 6.d)."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction

from core.models import Job
from core.tables.errors import Unreadable
from core.work import hint
from core.workdays import CHINA
from orders.models import Shop
from refunds.bills.files import MOST_BYTES, merchant_of, unpack
from refunds.models import Bill
from refunds.paying import Way
from refunds.selectors.accounts import account_of

READ = "read_bill"


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


def folder_of(job: Job | uuid.UUID) -> Path:
    key = job.pk if isinstance(job, Job) else job
    return Path(settings.MEDIA_ROOT) / "bills" / str(key)


def remove_files(job: Job | uuid.UUID) -> None:
    shutil.rmtree(folder_of(job), ignore_errors=True)


def bring_bill(
    shop: Shop, file: Uploaded, *, by: Any, now: datetime, day: date | None = None
) -> tuple[Bill, bool]:
    """Keep what was uploaded; the same bill again is the one that is here (then False).

    `day` where the file does not say it. Raises Unreadable with the reason.
    """
    if (file.size or 0) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 2**20} MB。请下载 ZIP 再传，或者分店铺下载。")
    key = uuid.uuid4()
    try:
        folder_of(key).mkdir(parents=True)
        with (folder_of(key) / "bill").open("wb") as copy:
            for part in file.chunks():
                copy.write(part)
        return take_file(shop, key, file.name or "账单", by=by, now=now, day=day)
    except BaseException:
        remove_files(key)
        raise


def take_file(
    shop: Shop,
    key: uuid.UUID,
    title: str,
    *,
    by: Any,
    now: datetime,
    day: date | None = None,
    at_once: bool = False,
) -> tuple[Bill, bool]:
    """The bill of a file that lies in its folder. `at_once`: nobody looks before it is compared."""
    path = folder_of(key) / "bill"
    unpack(path)
    opened, merchant, told = merchant_of(path)
    account = account_of(shop, opened.layout.gateway)
    _check_merchant(account, merchant)
    bill = Bill(
        gateway=opened.layout.gateway,
        account=account,
        shop=shop,
        day=_checked(opened.day or day or told, day, now),
        layout=opened.layout.name,
        digest=_digest(path),
        title=Path(title).name[:100],
        by=by,
        made_at=now,
    )
    return _kept(bill, key, at_once, now)


def nothing_happened(shop: Shop, gateway: str, day: date, *, now: datetime) -> Bill:
    """The gateway says that there was no payment and no refund on this day: an empty bill."""
    layout = {Way.ALIPAY.value: "alipay_trade", Way.WECHATPAY.value: "wechat_all"}[gateway]
    about = {"gateway": gateway, "account": account_of(shop, gateway), "day": day}
    values = {"shop": shop, "layout": layout, "title": "没有交易的一天", "made_at": now}
    return Bill.objects.get_or_create(digest="none", **about, defaults=values | {"read_at": now})[0]


def _kept(bill: Bill, key: uuid.UUID, at_once: bool, now: datetime) -> tuple[Bill, bool]:
    known = Bill.objects.filter(
        gateway=bill.gateway, account=bill.account, day=bill.day, digest=bill.digest
    )
    again = known.select_related("job").first()
    if again is not None and again.failed:  # brought once more, it is read once more
        again.delete()
    if not known.exists():
        try:
            with transaction.atomic():
                job = Job(id=key, kind=READ, by=bill.by, title=bill.title, not_before=now)
                bill.save()
                job.params = {"bill": bill.pk, "at_once": at_once}
                job.save(force_insert=True)
                bill.job = job
                bill.save(update_fields=["job"])
                transaction.on_commit(hint)
            return bill, True
        except IntegrityError:  # somebody brought it a moment ago
            pass
    remove_files(key)
    return known.get(), False


def _check_merchant(account: str, merchant: str) -> None:
    if merchant and not account.startswith("shop:") and merchant != account:
        raise Unreadable(
            f"这是商户号 {merchant[:20]} 的账单，这个店铺填的商户号是 {account}。请核对店铺。"
        )


def _checked(found: date | None, typed: date | None, now: datetime) -> date:
    if found is None:
        raise Unreadable("账单里一笔也没有，看不出是哪一天的。请填日期再传。")
    if typed and typed != found:
        raise Unreadable(f"文件里是 {found:%Y-%m-%d} 的账单，和填的日期不同。请核对。")
    if found >= now.astimezone(CHINA).date():
        raise Unreadable("今天还没有过完，账单不全。请明天 10 点以后再下载。")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
