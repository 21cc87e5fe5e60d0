"""SOP 1.1.b, 1.4.a: a macro (快捷) is a sentence and an act with its inputs, done by one press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.models import Macro
from aftersales.selectors.macros import macros_for
from aftersales.services.macros import save_macro, use_macro
from aftersales.words import MacroAct, WaitsFor
from core.acts import Actor
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Hold, Note
from staff.factories import UserFactory
from tests.acts.pages import fields
from tests.aftersales.asking import now_of, opened, received
from tests.aftersales.test_pages import client
from tests.refunds.asking import WED

pytestmark = pytest.mark.django_db


def macro(by: Actor, does: MacroAct, sentence: str = "", **values: Any) -> Macro:
    row = Macro()
    about = {"name": "常用", "does": does.value, "text": "请拍照片", "sentence": sentence}
    save_macro(row, about | values, by=by, now=WED)
    return row


def test_a_note_with_the_day_to_look_again(by: Actor) -> None:
    order = OrderFactory.create()
    used = macro(by, MacroAct.NOTE, "macro.checking", text="答应去查", days=2)
    act = use_macro(used, order, by=by, now=WED)
    order.refresh_from_db(fields=["follow_up_on"])
    assert order.follow_up_on == (WED + timedelta(days=2)).date()
    assert Note.objects.get(order=order).text == "答应去查"
    said = from_act(act.say)
    assert said is not None
    assert order.order_no in render(said)


def test_it_does_what_its_act_does_and_refuses_what_it_refuses(by: Actor) -> None:
    """On a case the customer is asked; a hold on what has left is greyed, and refused."""
    ask, hold = macro(by, MacroAct.ASK), macro(by, MacroAct.HOLD, text="想想", days=3)
    case, user = opened(received(), by), UserFactory.create(role="agent")
    assert case.order is not None
    verdicts = {one.macro: one.verdict.allowed for one in macros_for(user, case.order, case)}
    assert verdicts == {ask: True, hold: False}
    use_macro(ask, case.order, case, by=by, now=WED, seen=case.version)
    assert now_of(case).waits_for == WaitsFor.ANSWER
    with pytest.raises(Refused, match="用不上"):
        use_macro(ask, case.order, now_of(case), by=by, now=WED)
    with pytest.raises(Refused, match="挂起没有用"):
        use_macro(hold, case.order, by=by, now=WED)
    order = OrderFactory.create()
    use_macro(hold, order, by=by, now=WED)
    assert Hold.objects.get(order=order).until == WED + timedelta(days=3)


@pytest.mark.sqlite
def test_written_by_a_senior_and_used_by_an_agent(
    agent_client: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    """What its sentence needs has to be known; one press, once."""
    senior, url = client("senior"), reverse("new-macro")
    assert agent_client.get(url).status_code == 403
    typed = fields(senior.get(url).content.decode())
    typed |= {"name": "要照片", "does": "note", "text": "请拍照片", "active": "on"}
    wrong = senior.post(url, typed | {"sentence": "case.asked"})
    assert wrong.status_code == 422
    assert "换一句" in wrong.content.decode()
    made = senior.post(url, typed | {"does": "ask", "sentence": "macro.photos"})
    assert made.status_code == 302
    case = opened(received(received_at=timezone.now()), by, now=timezone.now())
    page = reverse("use-macro-on-case", args=[case.number])
    assert page in agent_client.get(case.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(24):
        html = agent_client.get(page).content.decode()
    press = fields(html) | {"macro": str(Macro.objects.get().pk)}
    answer = agent_client.post(page, press)
    assert "拍几张照片" in agent_client.get(answer["Location"]).content.decode()
    assert agent_client.post(page, press)["Location"] == answer["Location"]
    assert "用不上" in agent_client.get(page).content.decode()
    on_order = reverse("use-macro", args=[case.order_no])
    assert "还没有快捷" in agent_client.get(on_order).content.decode()
