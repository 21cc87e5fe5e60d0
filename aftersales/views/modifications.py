"""The pages of a change that waits for the warehouse or the carrier (SOP 1.1.e, 3.b)."""

from __future__ import annotations

from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.modifications import CarrierWishForm, GiveUpForm, ModificationForm
from aftersales.kinds.modifications import may_open
from aftersales.services.modifications import (
    give_up_modification,
    open_modification,
    release_again,
    turn_to_carrier,
)
from aftersales.views.case_page import CasePage, case_paths
from orders.views.act_page import ActPage, act_view

PAGE = ActPage(
    "open_case",
    "拦下来改，或请快递改",
    ModificationForm,
    lambda order: may_open(order.facts()),
    lambda order, form, common: open_modification(order, form.wish(), **common),
    "请求",
    asked=True,
)

urlpatterns = [
    path("orders/<str:order_no>/after-sales/modify", act_view(PAGE), name="open-modification"),
    *case_paths(
        CasePage(
            "release_again",
            "改好了，重新下发",
            NothingForm,
            lambda c, f, x: release_again(c, **x),
            "重新下发",
        ),
        CasePage(
            "turn_to_carrier",
            "请快递改",
            CarrierWishForm,
            lambda c, f, x: turn_to_carrier(c, f.wish(), **x),
            "请快递办",
        ),
        CasePage(
            "give_up_modification",
            "不改了",
            GiveUpForm,
            lambda c, f, x: give_up_modification(c, f.cleaned_data["why"], **x),
            "不改了",
        ),
    ),
]
