"""Refuse a buyer's application on the platform, where its interface takes that (SOP 1.5.e)."""

from __future__ import annotations

from django.utils import timezone

from connectors.answers import Rejected, SignedOut
from core.messages import NotYet, handles
from core.models import OutboxMessage
from orders.selectors.account import NoAccount
from orders.services.platform import ask_to_sign_in, hand_over, platform_told
from orders.words import HandTaskKind
from refunds.handlers.platform import UNTIL_SIGNED_IN, application_of, client_of, status_there
from refunds.models import Refund
from refunds.services.refusing import REFUSE, told_of
from refunds.words import RefundState

REFUSED = "SELLER_REFUSE_BUYER"


@handles(REFUSE, "拒绝平台退款")
def refuse(message: OutboxMessage) -> None:
    """Refuse it there, once; what the platform does not take is done by hand.

    Raises NotYet, Unreachable, Unknown.
    """
    rows = Refund.objects.select_related("order__shop", "shop")
    refund = rows.filter(pk=message.payload["refund"], state=RefundState.REJECTED.value).first()
    if refund is None:
        return
    order, now = refund.order, timezone.now()
    try:
        client = client_of(refund.shop)
        ended = refund.ended_at or now
        if message.tries == 1 or status_there(client, refund, ended, now) != REFUSED:
            client.refuse(application_of(refund), refund.ended_why)
        platform_told(order, HandTaskKind.REFUSE, message.key, now=now)
    except SignedOut as error:
        ask_to_sign_in(refund.shop, now)
        raise NotYet(now + UNTIL_SIGNED_IN, str(error)) from error
    except (Rejected, NoAccount) as error:
        text, why = told_of(refund), str(error)
        hand_over(order, HandTaskKind.REFUSE, text, why, message.key, refund.number, now=now)
