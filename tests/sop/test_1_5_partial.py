"""SOP 1.5.d: received, part of the money: evidence, notes, the supervisor, and how it went."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.kinds.partial import may_open
from aftersales.models import Case
from aftersales.services.ending import refuse_case, withdraw_case
from aftersales.services.evidence import add_case_evidence
from aftersales.services.hearing import hear_refunds
from aftersales.services.partial import (
    PartOfMoney,
    ask_evidence,
    hear_decisions,
    open_partial,
    request_partial,
    resubmit_partial,
)
from aftersales.services.timers import close_silent, nudge
from core.acts import TIMER, Actor
from core.acts import act as doing
from core.evidence.keeping import Kept
from core.verdict import Refused
from orders.models import Order
from orders.policy import OrderFacts
from orders.services.note import note
from orders.words import OrderState
from refunds.models import Refund
from refunds.services.decide import approve_refund, reject_refund, return_refund
from refunds.services.resubmit import resubmit_refund
from refunds.words import RefundState
from staff.factories import UserFactory
from staff.models import User
from tests.acts.pages import do
from tests.aftersales.asking import DAY, newest, now_of, received
from tests.aftersales.test_pages import act, client
from tests.pictures import photo
from tests.refunds.asking import WED, again, goods

pytestmark = pytest.mark.django_db
PICTURE = Kept("袖口.jpg", "image/jpeg", 9, "cases/none")
MORE = Kept("面单.jpg", "image/jpeg", 9, "cases/more")
LATER = WED + timedelta(hours=1)


@pytest.fixture
def order(db: None) -> Order:
    return received(lines=[(goods("60.00"), 2)])


@pytest.fixture
def lead(db: None) -> User:
    user: User = UserFactory.create(role="supervisor")
    return user


def asked(order: Order, amount: str = "20.00", pieces: int = 1) -> PartOfMoney:
    return PartOfMoney("quality", Decimal(amount), "袖口开线", {order.lines.get().pk: pieces})


def opened(order: Order, by: Actor, *evidence: Kept) -> Case:
    open_partial(order, asked(order), by=by, now=WED, evidence=evidence)
    return newest()


def requested(order: Order, by: Actor) -> tuple[Case, Refund]:
    case = opened(order, by, PICTURE)
    request_partial(case, Decimal("20.00"), "买家接受 20 元", by=by, now=WED)
    return now_of(case), Refund.objects.select_related("order__shop").get()


def test_only_what_was_received_and_within_what_was_paid(order: Order, by: Actor) -> None:
    for state in (OrderState.PAID, OrderState.SHIPPED):
        assert not may_open(OrderFacts(order_no="G1", state=state, paid=Decimal(9))).allowed
    with pytest.raises(Refused, match="只有 120"):  # what the refunds room would say
        open_partial(order, asked(order, "120.01"), by=by, now=WED)
    with pytest.raises(Refused, match="哪一件"):
        open_partial(order, asked(order, pieces=0), by=by, now=WED)
    assert not Case.objects.exists()


def test_without_photos_it_waits_for_them_and_goes_on_with_them(order: Order, by: Actor) -> None:
    """The promise stands still meanwhile; the sentence says what to photograph, and until when."""
    case = opened(order, by)
    assert (case.state, case.waits_for, case.promised_by) == ("customer", "evidence", None)
    with pytest.raises(Refused, match="还没有凭证"):
        request_partial(case, Decimal("20.00"), "", by=by, now=WED)
    add_case_evidence(case, [PICTURE], by=by, now=WED + DAY)
    case = now_of(case)
    assert (case.waits_for, case.promised_by is not None) == ("work", True)
    ask_evidence(case, "面单", by=by, now=WED + DAY)
    assert now_of(case).waits_for == "evidence"


def test_who_shows_nothing_is_reminded_of_and_closed(order: Order, by: Actor) -> None:
    case = opened(order, by)
    assert nudge(WED + 3 * DAY) == 1
    assert close_silent(WED + 6 * DAY) == 1
    assert now_of(case).outcome == "no_answer"


def test_the_refund_carries_reason_fault_evidence_and_what_was_said(
    order: Order, by: Actor
) -> None:
    case, refund = requested(order, by)
    assert (case.state, case.waits_for) == ("money", "refund")
    assert (refund.kind, refund.amount, refund.fault) == ("partial", 20, "seller")
    assert refund.state == RefundState.REVIEW
    assert "袖口开线" in refund.why
    assert "买家接受 20 元" in refund.why
    assert [one.place for one in refund.evidence.all()] == [PICTURE.place]
    with pytest.raises(Refused, match="退款已经申请了"):
        withdraw_case(case, "不要了", by=by, now=WED)


def test_agreed_and_paid_it_ends(order: Order, by: Actor, lead: User) -> None:
    case, refund = requested(order, by)
    approve_refund(order, refund, role=lead.role, by=Actor.person(lead), now=LATER)
    assert hear_refunds(LATER) == 0  # agreed is not yet paid
    _paid(refund)
    assert hear_refunds(LATER) == 1
    assert (now_of(case).state, now_of(case).outcome) == ("resolved", "refunded")


def _paid(refund: Refund) -> None:
    """As if the gateway had said so."""
    with doing("watch_refund", again(refund), by=TIMER, now=LATER) as (row, _):
        row.succeed(LATER)


def test_refused_it_comes_back_to_the_agent_who_may_ask_for_less(
    order: Order, by: Actor, lead: User
) -> None:
    case, refund = requested(order, by)
    reject_refund(order, refund, "最多 10 元", by=Actor.person(lead), now=LATER)
    assert hear_refunds(LATER) == 1
    assert now_of(case).waits_for == "work"
    request_partial(now_of(case), Decimal("10.00"), "", by=by, now=LATER)
    assert (now_of(case).waits_for, now_of(case).details["amount"]) == ("refund", "10.00")
    reject_refund(order, Refund.objects.latest("id"), "证据不足", by=Actor.person(lead), now=LATER)
    hear_refunds(LATER)
    refuse_case(now_of(case), "主管没有同意", by=by, now=LATER)
    assert now_of(case).state == "refused"


def test_given_back_for_more_it_goes_on_with_what_was_added(
    order: Order, by: Actor, lead: User
) -> None:
    case, refund = requested(order, by)
    return_refund(order, refund, "缺面单", by=Actor.person(lead), now=LATER)
    assert (hear_decisions(LATER), hear_decisions(LATER)) == (1, 0)
    case = now_of(case)
    assert (case.waits_for, case.details["why"]) == ("work", "缺面单")
    ask_evidence(case, "面单", by=by, now=LATER)
    assert now_of(case).close_at is None  # its refund is open: silence closes nothing
    add_case_evidence(now_of(case), [MORE], by=by, now=LATER)
    resubmit_partial(now_of(case), "补了面单", by=by, now=LATER)
    refund = again(refund)
    assert (refund.state, refund.turn, refund.evidence.count()) == (RefundState.REVIEW, 2, 2)
    assert now_of(case).waits_for == "refund"


def test_handed_in_again_elsewhere_the_case_follows(order: Order, by: Actor, lead: User) -> None:
    case, refund = requested(order, by)
    return_refund(order, refund, "缺面单", by=Actor.person(lead), now=LATER)
    hear_decisions(LATER)
    row = again(refund)
    resubmit_refund(order, row, fault=None, freight_payer=None, why="补了", by=by, now=LATER)
    assert hear_decisions(LATER) == 1
    assert now_of(case).waits_for == "refund"


@pytest.mark.sqlite
def test_the_supervisor_reads_the_notes_and_sees_the_evidence(
    agent_client: Client, settings: Any, tmp_path: Any
) -> None:
    """From the order to the screen on which it is decided (SOP 1.5.d)."""
    settings.MEDIA_ROOT = tmp_path
    order = received(
        lines=[(goods("60.00"), 1)],
        received_at=timezone.now() - DAY,
        buyer_message="请轻放",
        seller_memo="老客户",
    )
    note(order, "上次也赔过 5 元", by=Actor("person", "小李"), now=timezone.now())
    kinds = agent_client.get(reverse("open-case", args=[order.order_no])).content.decode()
    assert reverse("open-partial", args=[order.order_no]) in kinds
    said = "洗了一次就开线"
    picture = SimpleUploadedFile("袖口.jpg", photo("JPEG", place=True), "image/jpeg")
    typed = {"reason": "quality", "amount": "15", "wants": "袖口开线", "said": said}
    done = do(agent_client, "open-partial", order, evidence=[picture], **typed)
    assert "马上去查" in agent_client.get(done["Location"]).content.decode()
    page = agent_client.get(reverse("request-partial", args=[newest().number])).content.decode()
    assert 'value="15' in page
    done = act(agent_client, newest(), "request-partial", why="老客户，同意")
    assert "1–2 个工作日" in agent_client.get(done["Location"]).content.decode()
    refund = Refund.objects.select_related("order__shop").get()
    screen = client("supervisor").get(refund.get_absolute_url()).content.decode()
    for text in ("上次也赔过 5 元", "请轻放", "老客户", said, "袖口开线", "袖口.jpg", "我们的责任"):
        assert text in screen
    kept = refund.evidence.get()
    url = reverse("evidence", args=[order.order_no, refund.pk, kept.pk])
    assert client("supervisor").get(url)["Content-Type"] == "image/jpeg"
