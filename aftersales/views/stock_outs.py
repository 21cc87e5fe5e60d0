"""The page on which a customer's decision on a stock-out is done (SOP 1.3)."""

from __future__ import annotations

from django.urls import path

from aftersales.forms.stock_outs import DecisionForm
from aftersales.kinds.stock_outs import may_open
from aftersales.services.stock_outs import record_decision
from orders.views.act_page import ActPage, act_view

PAGE = ActPage(
    "record_decision",
    "登记买家决定",
    DecisionForm,
    lambda order: may_open(order.facts()),
    lambda order, form, common: record_decision(order, form.decision(), **common),
    "就这样办",
    template="aftersales/decide.html",
    asked=True,
)

urlpatterns = [
    path("orders/<str:order_no>/record-decision", act_view(PAGE), name="record-decision"),
]
