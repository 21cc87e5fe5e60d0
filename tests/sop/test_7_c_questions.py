"""SOP 7.c: enquiries and complaints are answered within a working day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.services.questions import answer_case, open_question
from aftersales.words import CaseKind, CaseState
from core.acts import Actor
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import OrderFactory
from refunds.words import Fault
from tests.acts.pages import do, fields
from tests.aftersales.asking import newest, now_of, received
from tests.refunds.asking import WED

pytestmark = pytest.mark.django_db


def test_a_question_is_promised_an_answer_and_ends_with_it(by: Actor) -> None:
    """Wednesday 15:00: until Thursday 18:00; what the customer hears stands with the act."""
    act = open_question(received(), CaseKind.ENQUIRY, "能不能机洗", by=by, now=WED)
    case = newest()
    assert act.say["key"] == "case.noted"
    assert timezone.localtime(case.due_at).strftime("%m-%d %H:%M") == "11-26 18:00"
    said = answer_case(case, "可以，30 度以下。", by=by, now=WED + timedelta(hours=1)).say
    assert said == {"key": "case.answered", "values": {"answer": "可以，30 度以下。"}}
    ended = now_of(case)
    assert (ended.state, ended.outcome) == (CaseState.RESOLVED, "settled")
    with pytest.raises(Refused):
        answer_case(ended, "再说一遍", by=by, now=WED + timedelta(hours=2))


def test_a_complaint_says_whose_fault_it_is(by: Actor) -> None:
    act = open_question(received(), CaseKind.COMPLAINT, "周五才到", "late", by=by, now=WED)
    say = from_act(act.say)
    assert say is not None
    assert render(say).startswith("亲，非常抱歉")
    assert newest().fault == Fault.SELLER
    top_up = OrderFactory.create(is_top_up=True)
    with pytest.raises(Refused, match="补差价"):
        open_question(top_up, CaseKind.COMPLAINT, "周五才到", "late", by=by, now=WED)


@pytest.mark.sqlite
def test_from_the_order_to_the_answer(agent_client: Client) -> None:
    """Opened on the order's page, answered on the case's, with the sentence to paste."""
    order = received()
    opened = do(agent_client, "open-complaint", order, wants="态度不好", reason="service")
    assert "马上去查" in agent_client.get(opened["Location"]).content.decode()
    url = reverse("answer-case", args=[newest().number])
    typed = fields(agent_client.get(url).content.decode()) | {"answer": "已经批评过了，向您道歉。"}
    done = agent_client.post(url, typed)
    assert "亲，已经批评过了，向您道歉。" in agent_client.get(done["Location"]).content.decode()
