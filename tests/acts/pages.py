"""What a browser does with the pages of acts: read the form, send it, open what is hidden."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Order
from staff.models import Reveal, User


def page_of(client: Client, name: str, order: Order) -> dict[str, Any]:
    """Open an act's page; what its form would send as it stands."""
    return fields(client.get(reverse(name, args=[order.order_no])).content.decode())


def send(client: Client, name: str, order: Order, data: dict[str, Any], **more: Any) -> Any:
    """Send an act's form."""
    return client.post(reverse(name, args=[order.order_no]), data | more)


def do(client: Client, name: str, order: Order, **typed: Any) -> Any:
    """Open an act's page, type, send."""
    return send(client, name, order, page_of(client, name, order), **typed)


def show_personal(user: User, order: Order) -> None:
    """As if the person had asked to see the order's personal data."""
    now = timezone.now()
    Reveal.objects.create(
        user=user,
        subject_kind="order",
        subject_id=order.pk,
        subject_no=order.order_no,
        reason="核对身份",
        at=now,
        until=now + timedelta(hours=12),
    )


def fields(html: str) -> dict[str, Any]:
    """What the act's form would send as it stands: hidden fields, inputs, chosen options."""
    form = html[html.index('id="act-form"') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name = _attribute(tag, "type"), _attribute(tag, "name")
        if name and (kind not in ("checkbox", "radio") or " checked" in tag):
            found[name] = _attribute(tag, "value")
    for head, body in re.findall(r"<select([^>]*)>(.*?)</select>", form, re.S):
        options = re.findall(r"<option([^>]*)>", body)
        chosen = [o for o in options if "selected" in o] or options[:1]
        found[_attribute(head, "name")] = _attribute(chosen[0], "value") if chosen else ""
    for head, body in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", form, re.S):
        found[_attribute(head, "name")] = body.strip()
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""
