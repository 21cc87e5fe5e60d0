"""Pay back by gateway or platform, ask how it stands, take their news (SOP 1.5, failure modes 1-4).

What may have been done is asked for by its number before it is sent again, under the same one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from connectors.accounts import NoAccount as NoKeys
from connectors.accounts import gateway_of
from connectors.answers import Later, Rejected, SignedOut, Unknown, Unreachable
from connectors.gateways import RefundAnswer, RefundRequest, RefundState, how_it_stands, pay_back
from connectors.platforms import PlatformClient
from core.messages import NotYet, Unhandleable, handles
from core.models import InboxMessage, OutboxMessage
from orders.selectors.account import NoAccount
from orders.services.platform import BACKSTAGE, ask_to_sign_in, connected_shops
from refunds import paying
from refunds.handlers.platform import (
    STANDINGS,
    UNTIL_SIGNED_IN,
    application_of,
    client_of,
    status_there,
)
from refunds.models import Refund
from refunds.paying import Way
from refunds.services.applying import Standing
from refunds.services.money import SEND, Said, take_answer, tell_lost
from refunds.words import Outcome
from refunds.words import RefundState as Ours
from staff.roles import Role
from staff.services.tell import tell

A = RefundState


@handles(SEND, "退款")
def send(message: OutboxMessage) -> None:
    """Pay it back, and come again until it is decided."""
    refund = _of(message.payload["refund"])
    if refund is None or refund.by_hand or refund.state not in (Ours.SENDING, Ours.UNKNOWN):
        return
    begun = message.tries > 1 or bool(refund.code)
    way, now = way_of(refund), timezone.now()
    answer = _ask(refund, way, begun=begun)
    if lost := _is_lost(refund, answer, message.created_at, now):
        answer = replace(answer, code=paying.UNSEEN)
    take_answer(refund, said(answer), way=way, now=now)
    if answer.by_hand or answer.state in (A.SUCCEEDED, A.REJECTED):
        return
    if lost:
        refund.refresh_from_db()
        tell_lost(refund)
    raise NotYet(now + paying.wait(message.created_at, now), answer.reason)


def _is_lost(refund: Refund, answer: RefundAnswer, since: datetime, now: datetime) -> bool:
    """Unknown still, after it was asked for, an hour and more since it was handed over."""
    again = refund.state == Ours.UNKNOWN and answer.state is A.UNKNOWN
    return again and answer.code != paying.DIFFERS and now - since > paying.LOST


@handles("refund.notify", "退款通知")
def notified(message: InboxMessage) -> None:
    """A gateway's news: what it says is asked for by the number, whatever it says.

    Alipay's amount is that of all refunds of the trade; a forged amount changes nothing.
    """
    system = message.key.partition(":")[0]
    gateway = gateway_of(system, message.shop)
    news = gateway.read(bytes(message.raw))
    refund = Refund.objects.filter(number=news.key, shop__code=message.shop).first()
    if refund is None:
        _tell_unknown(system, news.key, message.shop)
        raise Unhandleable(f"{Way(system).label}说退了 {news.key}，这里没有这笔退款，请财务核对。")
    refund = _of(refund.pk)
    if refund is None or not refund.is_open or way_of(refund) != system:
        return
    answer = how_it_stands(gateway, request_of(refund))
    take_answer(refund, said(answer), way=Way(system), now=timezone.now())


def _of(key: int) -> Refund | None:
    rows = Refund.objects.select_related("order__shop", "shop", "trade", "approved_by")
    return rows.filter(pk=key).first()


def way_of(refund: Refund) -> Way:
    return paying.way_of(refund.trade.gateway, applies=refund.applies)


def request_of(refund: Refund) -> RefundRequest:
    """What a gateway is asked: the refund's own number is the key (architecture §6)."""
    trade = refund.trade
    reason = refund.get_told_reason_display()
    return RefundRequest(refund.number, trade.number, refund.amount, trade.paid, reason)


def said(answer: RefundAnswer) -> Said:
    return Said(Outcome(answer.state.value), answer.code, answer.reason, answer.by_hand)


def _ask(refund: Refund, way: Way, *, begun: bool) -> RefundAnswer:
    """Raises NotYet when certainly nothing was done now, and it is to be done later.

    `begun`: since it was handed over last it may have been sent.
    """
    now, tried = timezone.now(), begun or refund.sends > 1
    try:
        if way is Way.PLATFORM:
            return _agree(refund, now, tried=tried)
        gateway, request = gateway_of(way.value, refund.shop.code), request_of(refund)
        if refund.code == paying.UNSEEN:
            return _looked_for(how_it_stands(gateway, request), way)
        return pay_back(gateway, request, tried=tried, failed=tried and not begun)
    except (NoKeys, NoAccount) as error:
        return RefundAnswer(A.UNKNOWN if begun else A.REJECTED, "NO_ACCOUNT", str(error))
    except Later:
        raise
    except Unreachable as error:
        raise NotYet(now + paying.SHORTEST * 3, str(error)) from error


def _looked_for(found: RefundAnswer, way: Way) -> RefundAnswer:
    """What finance looks after is not sent by itself any more: what is not there has failed."""
    if found.state is not A.ABSENT:
        return found
    text = f"{way.label}没有这笔退款，钱没有退：用原退款号再发一次，或者改用银行转账。"
    return RefundAnswer(A.REJECTED, "ABSENT", text)


# -- the platform --------------------------------------------------------------------------------


def _agree(refund: Refund, now: datetime, *, tried: bool) -> RefundAnswer:
    """Let the buyer have it on the platform; where we cannot, a colleague does it there."""
    seen = refund.platform
    if refund.shop_id not in connected_shops([refund.shop]) or not seen.get("version"):
        return _by_hand(refund)
    if _parts(refund) > 1:  # one application for several payments: agreed to as a whole
        return _by_hand(refund)
    application = application_of(refund)
    try:
        client = client_of(refund.shop)
        if not (tried and _agreed_there(client, refund, now)):
            client.agree(application, refund.approved_by.display_name if refund.approved_by else "")
    except SignedOut as error:
        ask_to_sign_in(refund.shop, now)
        raise NotYet(now + UNTIL_SIGNED_IN, str(error)) from error
    except Rejected as error:
        return RefundAnswer(A.REJECTED, error.code, f"平台没有同意退款：{error.message}")
    except Unknown as error:
        return RefundAnswer(A.UNKNOWN, "UNKNOWN", f"{error}，会先查再退。")
    return RefundAnswer(A.SUCCEEDED)


def _by_hand(refund: Refund) -> RefundAnswer:
    where = BACKSTAGE.get(refund.shop.channel, "平台后台")
    reason = f"请到{where}同意退款 {refund.application}，{refund.amount} 元，办好后在退款上登记。"
    return RefundAnswer(A.PROCESSING, "BY_HAND", reason, by_hand=True)


def _parts(refund: Refund) -> int:
    same = Refund.objects.filter(shop=refund.shop_id, application=refund.application)
    return same.exclude(state=Ours.WITHDRAWN.value).count()


def _agreed_there(client: PlatformClient, refund: Refund, now: datetime) -> bool:
    """Does the platform tell that it went back, since it was approved?"""
    found = status_there(client, refund, refund.approved_at or now, now)
    return STANDINGS.get(found) is Standing.PAID


def _tell_unknown(system: str, key: str, shop: str) -> None:
    """Somebody paid back at the gateway's own pages: nothing drops silently."""
    text = f"{Way(system).label}（店铺 {shop}）说退了一笔 {key}，这里没有，请核对。"
    tell(text[:200], role=Role.FINANCE, url="/messages", key=f"refund-notify:{system}:{key}"[:100])
