"""SOP 3, 1.4: the clock of a case: pauses, waits that are over, broken promises, silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales import policy
from aftersales.models import Case
from aftersales.policy import Clock
from aftersales.services.asking import ask_customer, record_answer
from aftersales.services.handing import hand_over_case, take_case
from aftersales.services.timers import close_silent, escalate, nudge
from aftersales.words import CaseState
from core.acts import Actor
from staff.factories import UserFactory
from staff.models import Notice
from tests.aftersales.asking import DAY, arrived, now_of, opened, received
from tests.refunds.asking import WED

S = CaseState


def test_the_clock_stands_while_the_customer_has_it() -> None:
    """Wednesday 15:00, due Friday 18:00: of 19 working hours none is lost in a week of silence."""
    due = policy.begin(WED, 2)
    paused = policy.tick(due, S.WAITING_CUSTOMER, WED)
    assert (paused.promised_by, paused.left) == (None, 19 * 3600)
    again = policy.tick(paused, S.OPEN, WED + 7 * DAY)
    assert due.promised_by is not None
    assert again == Clock(due.promised_by + 7 * DAY)
    assert policy.tick(again, S.RESOLVED, WED) == Clock(None)


@pytest.fixture
def case(db: None, by: Actor) -> Case:
    return opened(received(), by)


def test_what_does_not_come_is_told_once_to_whoever_has_it(case: Case, by: Actor) -> None:
    assert nudge(case.due_at - timedelta(minutes=1)) == 0
    assert nudge(case.due_at) == 1
    assert nudge(case.due_at + DAY) == 0
    assert now_of(case).late
    notice = Notice.objects.get(to_id=by.user_id)
    assert "已经等过了" in notice.text
    assert "自动关闭" in notice.text


def test_silence_closes_it_with_notice(case: Case, by: Actor) -> None:
    """Seven days to send it, and three more after it was said."""
    assert case.close_at == WED + 10 * DAY
    assert close_silent(WED + 9 * DAY) == 0
    assert close_silent(WED + 10 * DAY) == 1
    closed = now_of(case)
    assert (closed.state, closed.outcome) == ("withdrawn", "no_answer")
    assert closed.history.first().state == "withdrawn"
    assert Notice.objects.filter(text__contains="没有答复，已经关闭").exists()


def test_a_broken_promise_reaches_the_supervisor_once(case: Case, by: Actor) -> None:
    assert case.escalate_at is None  # the customer has it
    here = arrived(case, by)
    assert here.promised_by is not None
    assert here.escalate_at == here.promised_by
    assert escalate(here.promised_by) == 1
    assert escalate(here.promised_by + DAY) == 0
    assert Notice.objects.get(role="supervisor").text.startswith(f"售后单 {case.number} 过了")


def test_a_question_pauses_it_and_the_answer_takes_it_on_where_it_stood(
    case: Case, by: Actor
) -> None:
    here = arrived(case, by)
    ask_customer(here, "吊牌在哪里？", by=by, now=WED)
    asked = now_of(here)
    assert (asked.state, asked.promised_by) == ("customer", None)
    assert asked.close_at is None  # goods that are here are not closed over
    record_answer(asked, "扔了", by=by, now=WED + DAY)
    on = now_of(here)
    assert (on.state, on.waits_for, on.close_at) == ("open", "inspection", None)
    assert on.promised_by is not None
    assert here.promised_by is not None
    assert on.promised_by > here.promised_by


def test_silence_closes_what_has_not_been_sent(case: Case, by: Actor) -> None:
    ask_customer(case, "还要退吗？", by=by, now=WED)
    assert now_of(case).close_at == WED + 6 * DAY


def test_handed_over_with_a_note_and_taken(case: Case, by: Actor) -> None:
    to = UserFactory.create(role="aftersales", full_name="赵敏慧")
    hand_over_case(case, to, "买家很急，到了先验", by=by, now=WED)
    assert now_of(case).owner_name == "赵敏慧"
    assert "买家很急" in Notice.objects.get(to=to).text
    take_case(now_of(case), by=by, now=WED)
    assert now_of(case).owner_id == by.user_id


def test_a_sweep_costs_the_same_for_one_and_for_many(by: Actor, db: None) -> None:
    def cost(many: int) -> int:
        for _ in range(many):
            opened(received(), by)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert nudge(WED + 30 * DAY) == many
        return len(queries)

    assert cost(1) >= cost(4)
