"""SOP 8: one label for each state, hold and act."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from core.models import Act
from core.words import Words
from orders.factories import OrderFactory
from orders.selectors.page import labelled, steps
from orders.urls import urlpatterns
from orders.verbs import VERBS
from orders.words import Delivery, HoldKind, HoldState, OrderState, Stop, Terms
from staff.matrix import MATRIX

S8: dict[type[Words], str] = {
    OrderState: "未付款 · 已付款 · 配货中 · 已打包 · 已发货 · 已签收 · 已完成 · 已关闭",
    HoldKind: "审单 · 缺货 · 客户考虑 · 等货 · 补差价 · 拦截 · 退款",
    HoldState: "挂起 · 已解除",
    Delivery: "快递 · 物流 · 自提",
}
ACTS = {
    *("修改收货信息", "修改配送", "修改商品", "关闭订单", "登记付款"),
    *("备注", "挂起", "下发仓库", "收回", "显示隐私信息"),
}


@pytest.mark.parametrize("words", list(S8))
def test_the_words_are_the_sops(words: type[Words]) -> None:
    assert [member.label for member in words] == S8[words].split(" · ")


def test_terms_and_stops_have_theirs() -> None:
    assert {Terms.COD.label, Terms.ACCOUNT.label} == {"货到付款", "账期"}
    asked = [stop.label for stop in Stop if stop is not Stop.NONE]
    assert asked == ["已请求拦截", "已拦下", "来不及"]


def test_the_acts_are_called_as_the_sop_calls_them() -> None:
    assert set(VERBS.values()) >= ACTS
    assert len(set(VERBS.values())) == len(VERBS)


def test_every_act_on_an_order_has_a_label_and_a_row_in_the_matrix() -> None:
    assert get_resolver()
    acts = {p.callback.act for p in urlpatterns if hasattr(p.callback, "act")}
    # These change no order.
    acts -= {"map_columns", "view_unpaid", "view_review", "keep_lists", "draft_supply"}
    assert acts <= set(VERBS)
    assert acts <= set(MATRIX)


@pytest.mark.django_db
def test_the_steps_of_the_order_page_are_the_states() -> None:
    order = OrderFactory.create()
    labels = [step.label for step in steps(order)]
    assert labels == [state.label for state in OrderState if state is not OrderState.CLOSED]


def test_a_verb_that_nobody_named_shows_itself() -> None:
    assert [a.label for a in labelled([Act(verb="x"), Act(verb="hold")])] == ["x", "挂起"]  # type: ignore[attr-defined]
