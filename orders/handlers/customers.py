"""What buyers are told goes out by SMS, each message once (SOP 2.a, 6.b)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from connectors.answers import Rejected
from connectors.messenger import Messenger, Text, send_once
from connectors.sms import Account, AliyunSms
from core.messages import NotYet, handles
from core.models import OutboxMessage
from core.verdict import Say
from orders import reminding
from orders.models import CustomerMessage, Shop
from orders.selectors.account import NoAccount, credentials_of
from orders.services.sending import say_of, was_refused, was_sent
from orders.services.telling import TOPIC
from orders.words import TellState


def messenger_of(shop: Shop) -> Messenger:
    """The shop's SMS account. Raises NoAccount."""
    return AliyunSms(credentials_of(shop, "sms", Account))


@handles(TOPIC)
def customer_message(message: OutboxMessage) -> None:
    """Send one message, unless it is night or nothing is to be said any more.

    What the provider refuses for good becomes a colleague's task where the shop tells by chat,
    too. Raises NotYet, Rejected, NoAccount and what the connector raises.
    """
    rows = CustomerMessage.objects.select_related("order__shop", "order__buyer")
    row = rows.filter(pk=message.payload["message"]).first()
    if row is None or row.state != TellState.QUEUED:
        return
    now = timezone.now()
    if reminding.is_quiet(now):
        raise NotYet(reminding.awake(now), "夜里不发，8:00 再发")
    say = say_of(row, now)
    if say is not None:
        _send(message, row, say, now)


def _send(message: OutboxMessage, row: CustomerMessage, say: Say, now: datetime) -> None:
    text = Text(row.kind, message.key, row.order.mobile, _of_sms(say.values))
    try:
        messenger = messenger_of(row.order.shop)
        if not _sent_before(messenger, message, text, now):
            send_once(messenger, text, tried=message.tries > 1, on=timezone.localdate(now))
    except (Rejected, NoAccount) as error:
        if not was_refused(row, str(error), now):
            raise
    else:
        was_sent(row, now)


def _of_sms(values: Mapping[str, str]) -> Mapping[str, str]:
    """No variable of an SMS may hold an address: the template has it, and the variable its end."""
    return {name: v.rpartition("/")[2] if name == "link" else v for name, v in values.items()}


def _sent_before(messenger: Messenger, message: OutboxMessage, text: Text, now: datetime) -> bool:
    """An earlier try may have gone out on an earlier day: the provider is asked by day."""
    begun = timezone.localdate(message.created_at)
    if message.tries < 2 or begun == timezone.localdate(now):
        return False
    return messenger.was_sent(text, begun)
