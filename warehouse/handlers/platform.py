"""Tell the platform that a parcel left: carrier and waybill (SOP 2.h)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from connectors import taobao
from connectors.answers import Rejected, SignedOut
from connectors.platforms import PlatformClient
from core.messages import NotYet, handles
from core.models import OutboxMessage
from orders.models import Shop
from orders.selectors.account import NoAccount, credentials_of
from orders.services.platform import ask_to_sign_in
from orders.words import Channel
from warehouse.models import Dispatch
from warehouse.services.dispatch import TOPIC, still_to_tell, was_refused, was_told

UNTIL_SIGNED_IN = timedelta(minutes=30)
SENT_ALREADY = ":B04"


def client_of(shop: Shop) -> PlatformClient:
    """The shop on its platform. Raises NoAccount."""
    account = credentials_of(shop, "taobao", taobao.Account)
    return taobao.Taobao(account, tmall=shop.channel == Channel.TMALL)


@handles(TOPIC, "平台发货")
def tell_dispatch(message: OutboxMessage) -> None:
    """Tell one number; what is refused stands on the worklist. Raises NotYet, Unknown, Unreachable.

    Each deed reads before it does, so a message that is handled twice sends once.
    """
    rows = Dispatch.objects.select_related("order__shop", "shop")
    row = rows.filter(pk=message.payload["dispatch"]).first()
    if row is None or not still_to_tell(row):
        return
    now, shop = timezone.now(), row.shop or row.order.shop
    try:
        _tell(client_of(shop), row)
    except SignedOut as error:
        ask_to_sign_in(shop, now)
        raise NotYet(now + UNTIL_SIGNED_IN, str(error)) from error
    except (Rejected, NoAccount) as error:
        was_refused(row, str(error), message.key, now=now)
    else:
        was_told(row, message.key, now=now)


def _tell(client: PlatformClient, row: Dispatch) -> None:
    """A correction of what the platform knows is another call than the first telling."""
    number, lines = row.platform_no, row.lines.split(",") if row.lines else []
    try:
        client.dispatch(number, row.carrier, row.waybill, lines)
    except Rejected as refusal:
        if not (row.corrects and refusal.code.endswith(SENT_ALREADY)):
            raise
        client.resend(number, row.carrier, row.waybill, lines)
