"""The pages that change what is in an order: modify products, confirm unclear lines."""

from __future__ import annotations

from typing import Any

from core.models import Act
from core.sentences import render as said
from orders import policy
from orders.forms.products import ConfirmLinesForm, ProductsForm
from orders.models import Order
from orders.services.confirm import confirm_lines
from orders.services.products import modify_products
from orders.views.act_page import ActPage, act_view


def _products(order: Order, form: ProductsForm, common: dict[str, Any]) -> Act:
    return modify_products(order, form.wanted(), **common)


def _confirm(order: Order, form: ConfirmLinesForm, common: dict[str, Any]) -> Act:
    return confirm_lines(order, form.wanted(), **common)


def _preview(order: Order, form: ProductsForm) -> dict[str, Any]:
    """The difference, and the sentence that would be told."""
    if not form.is_bound or form.plan is None:
        return {}
    say = form.say
    return {"sentence": said(say, order.shop.code) if say and form.refusal is None else ""}


products = act_view(
    ActPage(
        "modify_products",
        "修改商品",
        ProductsForm,
        lambda o: policy.may_swap(o.facts()),
        _products,
        template="orders/products.html",
        asked=True,
        more=_preview,
    )
)
confirm = act_view(
    ActPage(
        "confirm_lines",
        "确认商品明细",
        ConfirmLinesForm,
        lambda o: policy.may_confirm_lines(o.facts()),
        _confirm,
        "确认明细",
        template="orders/products.html",
    )
)
