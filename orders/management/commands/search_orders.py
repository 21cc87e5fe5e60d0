"""`manage.py search_orders TEXT`: what the search box would find, as JSON (SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.masking import mask_name
from orders.models import Order
from orders.reading import choose, read
from orders.selectors.search import Found, search


class Command(BaseCommand):
    help = "Print what TEXT was read as, and the orders found, as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="+", metavar="TEXT")
        parser.add_argument("--as", dest="kind", default="", help="mobile, name, contains …")

    def handle(self, *args: Any, text: list[str], kind: str, **options: Any) -> None:
        readings = choose(read(" ".join(text)), kind)
        found = search(None, readings) if readings else Found.nothing()
        self.stdout.write(json.dumps(_said(found), ensure_ascii=False, indent=2))


def _said(found: Found) -> dict[str, Any]:
    reading = found.reading
    return {
        "read_as": reading.kind.value if reading else "",
        "said": reading.said if reading else "",
        "note": found.note or (reading.note if reading else ""),
        "others": [other.kind.value for other in found.others],
        "missing": list(found.missing),
        "orders": [_row(order) for order in found.page.rows],
        "more": bool(found.page.older),
    }


def _row(order: Order) -> dict[str, Any]:
    return {
        "order_no": order.order_no,
        "platform_no": order.platform_no,
        "shop": order.shop.code,
        "state": order.state,
        "state_said": order.get_state_display(),
        "holds": [hold.kind for hold in order.open_holds],  # type: ignore[attr-defined]
        "buyer": order.buyer_account,
        "consignee": mask_name(order.consignee),
        "goods": order.goods_summary,
        "paid": str(order.paid),
        "ordered_at": timezone.localtime(order.ordered_at).isoformat(),
        "waybill": order.waybill,
    }
