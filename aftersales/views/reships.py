"""The pages of what is sent once more (SOP 3.b)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.urls import path

from aftersales.forms.reships import ReshipForm
from aftersales.forms.undeliverable import AskAgainForm
from aftersales.kinds import reships
from aftersales.services.reships import ask_about_parcel, open_reship
from aftersales.views.case_page import CasePage, case_paths, with_files
from core.models import Act
from orders.models import Order
from orders.views.act_page import ActPage, act_view

Common = dict[str, Any]


def _open(order: Order, form: ReshipForm, common: Common) -> Act:
    act = partial(open_reship, order, form.missing(), **common)
    return with_files(form, lambda kept: act(evidence=kept))


# Which goods are missing, lost or damaged, and what shows it.
open_page = act_view(
    ActPage(
        "open_case",
        "补发",
        ReshipForm,
        lambda order: reships.may_open(order.facts()),
        _open,
        "登记补发",
        uploads=True,
        asked=True,
    )
)


def _ask(case: Any, form: AskAgainForm, common: Common) -> Act:
    return ask_about_parcel(case, form.cleaned_data["note"], form.due_at(common["now"]), **common)


urlpatterns = [
    path("orders/<str:order_no>/after-sales/reship", open_page, name="open-reship"),
    *case_paths(CasePage("ask_about_parcel", "问快递", AskAgainForm, _ask, "问快递")),
]
