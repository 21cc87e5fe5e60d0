"""Ask the platform which refunds its buyers applied for, and take each in (SOP 1.5)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from connectors import taobao
from connectors.answers import Rejected, SignedOut
from connectors.platforms import Application, PlatformClient
from core.messages import NotYet, Unhandleable, handles
from core.models import OutboxMessage
from core.verdict import Refused
from orders.models import Shop
from orders.selectors.account import NoAccount, credentials_of
from orders.services.platform import ask_to_sign_in
from orders.words import Channel
from refunds.models import Refund
from refunds.services.applying import NoSuchOrder, Seen, Standing, take_application
from refunds.services.pulling import ONE, PULL, WINDOW, keep_applications, window_of
from staff.roles import Role
from staff.services.tell import tell

SECONDS = 10.0  # no further window is begun after it: a lease is longer
UNTIL_SIGNED_IN = timedelta(minutes=30)
UNTIL_IT_IS_HERE = timedelta(minutes=5)  # its order is asked for by another timer
BEFORE = timedelta(hours=1)
BACK = timedelta(hours=23)
STANDINGS = {
    "SUCCESS": Standing.PAID,
    "CLOSED": Standing.CLOSED,
}


def client_of(shop: Shop) -> PlatformClient:
    """The shop on its platform. Raises NoAccount."""
    account = credentials_of(shop, "taobao", taobao.Account)
    return taobao.Taobao(account, tmall=shop.channel == Channel.TMALL)


def status_there(client: PlatformClient, refund: Refund, since: datetime, now: datetime) -> str:
    """How the platform calls the state of the refund's application; nothing when it is silent.

    Asked from an hour before `since`, at most a day back.
    """
    found = client.refunds(max(since - BEFORE, now - BACK), now)
    return next((one.status for one in found if one.number == refund.application), "")


def application_of(refund: Refund) -> Application:
    """The application as it was seen last: a decision on an older state is refused there."""
    seen = refund.platform
    return Application(
        number=refund.application,
        trade=refund.order.platform_no,
        line="",
        amount=refund.amount,
        status="",
        phase=str(seen.get("phase") or ""),
        version=str(seen.get("version") or ""),
    )


@handles(PULL, "平台退款申请")
def pull(message: OutboxMessage) -> None:
    """Window after window until now, for some seconds; the next sweep goes on."""
    shop = Shop.objects.filter(pk=message.payload["shop"]).first()
    if shop is None:
        return
    end = time.monotonic() + SECONDS
    try:
        while _read_window(shop) and time.monotonic() < end:
            pass
    except NoAccount:
        return
    except SignedOut as error:
        ask_to_sign_in(shop, timezone.now())
        raise NotYet(timezone.now() + UNTIL_SIGNED_IN, str(error)) from error
    except Rejected as error:
        _tell_owner(shop, error)
        raise NotYet(timezone.now() + UNTIL_SIGNED_IN, str(error)) from error


def _read_window(shop: Shop) -> bool:
    """Ask what changed in the next window; says whether more lies before now."""
    now = timezone.now()
    since, until = window_of(shop, now)
    if until <= since:
        return False
    rows = [_row(each, now) for each in client_of(shop).refunds(since, until)]
    keep_applications(shop, rows, until, now=now)
    return now - until > WINDOW / 12


def _row(found: Application, now: datetime) -> dict[str, str]:
    """What a message keeps of it."""
    return {
        "number": found.number,
        "trade": found.trade,
        "line": found.line,
        "amount": str(found.amount),
        "status": found.status,
        "kind": found.kind,
        "phase": found.phase,
        "version": found.version,
        "reason": found.reason,
        "goods_back": "1" if found.goods_back else "",
        "at": (found.applied_at or now).isoformat(),
    }


def _tell_owner(shop: Shop, why: Rejected) -> None:
    """Once a day: keys or rights are wrong, and nothing comes in until they are mended."""
    tell(
        f"“{shop.name}”的平台退款收不进来：{why}",
        role=Role.OWNER,
        url=reverse("shop-account", args=[shop.code, "taobao"]),
        key=f"refunds-pull:{shop.pk}:{timezone.localdate()}",
    )


@handles(ONE, "平台退款申请")
def take(message: OutboxMessage) -> None:
    """One application as it stands. Raises NotYet while its order is not here, Unhandleable."""
    values = message.payload
    shop = Shop.objects.filter(pk=values["shop"]).first()
    if shop is None:
        return
    try:
        take_application(shop, seen_of(values), now=timezone.now())
    except NoSuchOrder as error:
        why = f"平台单 {values['trade']} 还没有收进来"
        if message.created_at < timezone.now() - WINDOW:
            raise Unhandleable(f"平台退款 {values['number']}：{why}。请导入那一单再试。") from error
        raise NotYet(timezone.now() + UNTIL_IT_IS_HERE, why) from error
    except Refused as refusal:
        verdict = refusal.verdict
        text = f"平台退款 {values['number']} 没有收进来：{verdict.reason}{verdict.instead}"
        raise Unhandleable(text) from refusal


def seen_of(values: dict[str, str]) -> Seen:
    """The platform's words as ours; what it calls neither closed nor paid is open."""
    words = ("status", "kind", "phase", "version")
    return Seen(
        values["number"],
        values["trade"],
        Decimal(values["amount"]),
        STANDINGS.get(values["status"], Standing.OPEN),
        datetime.fromisoformat(values["at"]),
        line=values["line"],
        reason=values["reason"],
        goods_back=bool(values["goods_back"]),
        platform={name: values[name] for name in words},
    )
