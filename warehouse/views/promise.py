"""The page of 约定发货 on an order (SOP 5.h)."""

from __future__ import annotations

from typing import Any

from core.models import Act
from orders import policy
from orders.models import Order
from orders.views.act_page import ActPage, act_view
from warehouse.forms.promise import AgreeShipByForm
from warehouse.services.promise import agree_ship_by


def _agree(order: Order, form: AgreeShipByForm, common: dict[str, Any]) -> Act:
    return agree_ship_by(order, form.cleaned_data["day"], **common)


agree = act_view(
    ActPage(
        "agree_ship_by",
        "约定发货",
        AgreeShipByForm,
        lambda o: policy.may_agree_ship_by(o.facts([])),
        _agree,
        "约定",
        asked=True,
    )
)
