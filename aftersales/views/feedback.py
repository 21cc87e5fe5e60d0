"""The page on which an agent writes down what a customer says of an order (SOP 6.c)."""

from __future__ import annotations

from django.urls import path

from aftersales.forms.feedback import FeedbackForm
from aftersales.selectors.feedback import feedback_verdict
from aftersales.services.feedback import record_feedback
from orders.views.act_page import ActPage, act_view

_PAGE = ActPage(
    "record_feedback",
    "登记评价",
    FeedbackForm,
    feedback_verdict,
    lambda order, form, common: record_feedback(order, form.answer(), **common),
    "登记",
)

urlpatterns = [
    path("orders/<str:order_no>/record-feedback", act_view(_PAGE), name="record-feedback"),
]
