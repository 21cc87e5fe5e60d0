"""The customer's link to the progress of an order: signed, opened without a sign-in (SOP 6.b).

It names one order and no other, says nothing of it, and ends by itself. Changing `SECRET_KEY`
ends all of them.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

VALID = timedelta(days=180)  # longer than any return or exchange is open


def progress_url(order_id: int) -> str:
    """The whole address, as it is sent to the customer."""
    signed = _signer().sign(str(order_id))
    return f"{settings.SITE_URL}{reverse('progress', args=[signed])}"


def order_of(link: str) -> int | None:
    """The order's id; None for a link that is altered or too old."""
    try:
        return int(_signer().unsign(link, max_age=VALID))
    except (BadSignature, ValueError):
        return None


def _signer() -> TimestampSigner:
    # A dot: in a chat an address with a colon in it is often cut there.
    return TimestampSigner(sep=".", salt="orders.progress")
