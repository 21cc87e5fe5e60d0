"""The pages of 加急 and 取消加急 on an order (SOP 2.c)."""

from __future__ import annotations

from typing import Any

from core.models import Act
from orders import policy
from orders.forms.contact import ActForm
from orders.models import Order
from orders.views.act_page import ActPage, act_view
from warehouse.services import expedite as acts


def _first(order: Order, form: ActForm, common: dict[str, Any]) -> Act:
    return acts.expedite(order, **common)


def _in_turn(order: Order, form: ActForm, common: dict[str, Any]) -> Act:
    return acts.unexpedite(order, **common)


expedite = act_view(
    ActPage(
        "expedite",
        "加急",
        ActForm,
        lambda o: policy.may_expedite(o.facts([])),
        _first,
        "加急",
    )
)
unexpedite = act_view(
    ActPage(
        "unexpedite",
        "取消加急",
        ActForm,
        lambda o: policy.may_unexpedite(o.facts([])),
        _in_turn,
        "取消加急",
    )
)
