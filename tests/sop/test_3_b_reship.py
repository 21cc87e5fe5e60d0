"""SOP 3.b: missing, lost or damaged goods are sent once more, and the carrier pays for its part."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales.forms.reships import ReshipForm
from aftersales.kinds.reships import may_open
from aftersales.models import CarrierClaim, Case
from aftersales.selectors.claims import ended_claims, open_claims
from aftersales.selectors.left import pieces_left, pieces_to_send
from aftersales.selectors.telling import tell_of
from aftersales.services.asking import ask_customer
from aftersales.services.claims import claim_carrier, claim_paid, claim_refused, correct_claim
from aftersales.services.ending import refuse_case, withdraw_case
from aftersales.services.evidence import add_case_evidence
from aftersales.services.goods_back import GoodsBack
from aftersales.services.hearing import hear_orders
from aftersales.services.parcel_news import hear_answers
from aftersales.services.resends import resend_goods
from aftersales.services.reships import ask_about_parcel, open_reship
from core.acts import Actor
from core.evidence.keeping import Kept
from core.sentences import render
from core.verdict import Refused
from orders.models import Order, OrderLink
from orders.policy import OrderFacts
from orders.services.acting import order_act
from orders.services.close import close_order
from orders.services.release_due import review_due
from orders.words import OrderState
from refunds.services.withdraw import withdraw_refund
from refunds.words import Fault, RefundKind, TrueReason
from staff.models import User
from tests.acts.pages import fields
from tests.aftersales.asking import DAY, newest, now_of, received
from tests.pictures import photo
from tests.refunds.asking import WED, ask, goods, wanted
from tests.stock.orders import IDENTIFIED
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier
from warehouse.words import EnquiryState

PICTURE = Kept("箱子.jpg", "image/jpeg", 9, "cases/none")


@pytest.fixture
def order(db: None) -> Order:
    lines = [(goods("60.00"), 2), (goods("40.00"), 1)]
    return received(lines=lines, carrier="YTO", waybill="YT8962646785389")


def opened(order: Order, by: Actor, reason: str, *evidence: Kept) -> Case:
    line = order.lines.order_by("id").first()
    missing = GoodsBack({line.pk if line else 0: 1}, reason, wants="箱子破了")
    open_reship(order, missing, by=by, now=WED, evidence=evidence)
    return newest()


def test_what_has_not_left_is_not_sent_once_more() -> None:
    refused = may_open(OrderFacts(order_no="G1", state=OrderState.PAID))
    assert (refused.allowed, refused.clause) == (False, "3.b")


def test_sent_once_something_shows_it_and_for_nothing(order: Order, by: Actor) -> None:
    case = opened(order, by, "missing")
    assert (case.waits_for, case.fault) == ("work", "seller")
    with pytest.raises(Refused, match="还没有凭证"):
        resend_goods(case, by=by, now=WED)
    add_case_evidence(case, [PICTURE], by=by, now=WED)
    resend_goods(now_of(case), by=by, now=WED)
    further = Order.objects.latest("id")
    assert (further.due, further.goods_count, OrderLink.objects.get().kind) == (0, 1, "resend")
    assert now_of(case).waits_for == "shipping"
    with order_act("recall", further, by=by, now=WED) as (row, _):
        row.begin()
        row.pack()
        row.ship(WED + DAY)
    hear_orders(WED + DAY)
    assert now_of(case).outcome == "resent"


def test_the_note_that_ties_the_two_orders_keeps_neither_back(order: Order, by: Actor) -> None:
    """SOP 2.b: what a reviewer reads was written by a person."""
    case = opened(order, by, "missing", PICTURE)
    resend_goods(case, by=by, now=WED)
    further = Order.objects.latest("id")
    assert further.notes.exists()
    review_due(WED + timedelta(hours=3))
    assert not further.hits.exclude(code="merge").exists()
    further.refresh_from_db()
    assert further.released_at is not None


def told(case: Case) -> str:
    say = tell_of(now_of(case))
    return render(say) if say else ""


def test_a_picture_is_asked_for_where_there_can_be_one_and_is_none(order: Order, by: Actor) -> None:
    """Who received nothing is not asked for a picture; nor is who sent one already."""
    lost = told(opened(order, by, "lost"))
    assert ("照片" in lost, "跟快递核实" in lost) == (False, True)
    case = opened(order, by, "damaged")
    assert "请拍一张" in told(case)
    add_case_evidence(case, [PICTURE], by=by, now=WED)
    assert ("请拍一张" in told(case), "照片收到了" in told(case)) == (False, True)


def test_a_piece_is_sent_once_more_once(order: Order, by: Actor) -> None:
    """While a case covers it, and after it was sent: another case is for another piece."""
    first = opened(order, by, "missing", PICTURE)
    second = opened(order, by, "missing", PICTURE)
    with pytest.raises(Refused, match="没有这么多件可以补发了"):
        opened(order, by, "missing", PICTURE)
    line = order.lines.order_by("id")[0]
    assert list(ReshipForm(order=order).lines) == list(order.lines.order_by("id"))[1:]
    refuse_case(second, "箱子里有", by=by, now=WED)
    assert pieces_to_send(order)[line.pk] == 1, "what is not sent after all may be asked for anew"
    resend_goods(now_of(first), by=by, now=WED)
    with order_act("recall", Order.objects.latest("id"), by=by, now=WED) as (row, _):
        row.begin()
        row.pack()
        row.ship(WED + DAY)
    hear_orders(WED + DAY)
    assert (now_of(first).outcome, pieces_to_send(order)[line.pk]) == ("resent", 1)
    assert pieces_left(order)[line.pk] == 2, "what turns up after all may come back"


def test_a_refund_of_what_was_sent_once_more_is_warned_of(
    order: Order, by: Actor, agent_client: Client
) -> None:
    url, warning = f"/orders/{order.order_no}/refund", "已经补发过"
    assert warning not in agent_client.get(url).content.decode()
    resend_goods(opened(order, by, "missing", PICTURE), by=by, now=WED)
    further = Order.objects.latest("id")
    page = agent_client.get(url).content.decode()
    assert warning in page
    assert further.order_no in page
    close_order(further, "不用补发了", by=by, now=WED, contact=IDENTIFIED)
    assert warning not in agent_client.get(url).content.decode()


def test_what_is_refunded_meanwhile_is_not_sent_once_more(order: Order, by: Actor) -> None:
    """Until the refund is withdrawn: either the money or the goods."""
    case = opened(order, by, "missing", PICTURE)
    pieces = {line.pk: line.quantity for line in order.lines.all()[:1]}
    wants = wanted(RefundKind.GOODS, TrueReason.WRONG_GOODS, pieces=pieces, fault=Fault.SELLER)
    refund = ask(order, by, wants)
    with pytest.raises(Refused, match="已经在退款，或者别的售后单也在办"):
        resend_goods(now_of(case), by=by, now=WED)
    withdraw_refund(order, refund, "还是要补发", by=by, now=WED)
    resend_goods(now_of(case), by=by, now=WED)
    assert now_of(case).waits_for == "shipping"


@pytest.mark.parametrize("answers", [True, False])
def test_photos_that_were_asked_for_are_the_answer(
    order: Order, by: Actor, agent_client: Client, settings: Any, tmp_path: Path, answers: bool
) -> None:
    """What came from the customer ends the wait; another file while they are asked does not."""
    settings.MEDIA_ROOT = tmp_path
    case = opened(order, by, "missing")
    ask_customer(case, "请拍照片", by=by, now=WED)
    url = reverse("add-case-evidence", args=[case.number])
    html = agent_client.get(url).content.decode()
    assert "买家发来的，不用再等答复" in html
    assert ' name="answers" ' in html
    picture = SimpleUploadedFile("箱子.jpg", photo("JPEG"), "image/jpeg")
    typed = fields(html) | {"evidence": [picture], "answers": "on" if answers else "false"}
    assert agent_client.post(url, typed).status_code == 302
    case = now_of(case)
    assert (case.waits_for, "waited_for" in case.details) == (
        ("work", False) if answers else ("answer", True)
    )
    if answers:
        resend_goods(case, by=by, now=WED)


def test_a_lost_parcel_is_asked_about_first(order: Order, by: Actor) -> None:
    case = opened(order, by, "lost", PICTURE)
    ask_about_parcel(case, "", WED + DAY, by=by, now=WED)
    assert now_of(case).waits_for == "carrier"
    asked = Enquiry.objects.get()
    answer_carrier(asked.order, asked, EnquiryState.DONE, "确认丢件", by=by, now=WED)
    hear_answers(WED)
    assert now_of(case).waits_for == "work"


def test_the_carrier_is_asked_for_what_it_lost(order: Order, by: Actor, agent: User) -> None:
    """Asked, then paid in part with its reason; our own mistake is nobody's to pay."""
    case = opened(order, by, "damaged", PICTURE)
    claim_carrier(case, Decimal("60.00"), "压坏了", by=by, now=WED)
    assert [claim.waybill for claim in open_claims(agent)] == [order.waybill]
    with pytest.raises(Refused):  # once
        claim_carrier(now_of(case), Decimal("60.00"), "压坏了", by=by, now=WED)
    claim_paid(now_of(case), Decimal("30.00"), "包装不合格，赔一半", by=by, now=WED)
    claim = CarrierClaim.objects.get()
    assert (claim.state, claim.got, claim.ended_why) == ("paid", 30, "包装不合格，赔一半")
    assert (open_claims(agent).count(), ended_claims(agent).count()) == (0, 1)
    with pytest.raises(Refused):
        claim_carrier(opened(order, by, "missing"), Decimal("1.00"), "", by=by, now=WED)


def test_asked_is_at_most_what_it_was_worth_unless_somebody_says_why(
    order: Order, by: Actor
) -> None:
    case = opened(order, by, "lost", PICTURE)
    with pytest.raises(Refused, match=r"一共 160\.00 元，要赔的比这多"):
        claim_carrier(case, Decimal("160.01"), "丢了", by=by, now=WED)
    claim_carrier(case, Decimal("180.00"), "丢了", "重发的运费 20 元", by=by, now=WED)
    claim = CarrierClaim.objects.get()
    assert (claim.amount, claim.why) == (180, "丢了；重发的运费 20 元")
    with pytest.raises(Refused, match=r"只要求赔 180\.00 元"):
        claim_paid(now_of(case), Decimal("500000.00"), "", by=by, now=WED)
    claim_paid(now_of(case), Decimal("180.00"), "", by=by, now=WED)


def test_a_wrong_entry_is_put_right_and_the_answer_entered_again(order: Order, by: Actor) -> None:
    """Also once the case has ended; the timeline keeps what it was."""
    case = opened(order, by, "lost", PICTURE)
    with pytest.raises(Refused):  # nothing was asked yet
        correct_claim(case, Decimal("60.00"), "写错了", by=by, now=WED)
    claim_carrier(case, Decimal("16.00"), "丢了", by=by, now=WED)
    claim_paid(now_of(case), Decimal("6.00"), "", by=by, now=WED)
    withdraw_case(now_of(case), "收到了", by=by, now=WED)
    with pytest.raises(Refused, match="要赔的比这多"):
        correct_claim(now_of(case), Decimal("1600.00"), "少写了一个零", by=by, now=WED)
    done = correct_claim(now_of(case), Decimal("160.00"), "少写了一个零", by=by, now=WED + DAY)
    claim = CarrierClaim.objects.get()
    assert (claim.state, claim.amount, claim.got, claim.ended_at) == ("asked", 160, 0, None)
    assert ["要快递赔", "16.00 元", "160.00 元"] in done.changes
    claim_paid(now_of(case), Decimal("160.00"), "", by=by, now=WED + DAY)
    assert (now_of(case).details["claim"], now_of(case).state) == ("paid", "withdrawn")


def test_the_claims_page_says_what_is_the_most_and_refuses_more(
    order: Order, by: Actor, agent_client: Client
) -> None:
    case = opened(order, by, "lost", PICTURE)
    url = f"{case.get_absolute_url()}/claim-carrier"
    typed = fields(agent_client.get(url).content.decode())
    assert typed["amount"] == "160.00"
    refused = agent_client.post(url, typed | {"amount": "99999", "why": "丢了"})
    assert refused.status_code == 409
    assert "要赔的比这多" in refused.content.decode()
    assert agent_client.post(url, typed | {"why": "丢了"}).status_code == 302
    again = fields(agent_client.get(f"{case.get_absolute_url()}/correct-claim").content.decode())
    assert again["amount"] == "160.00"


def test_a_carrier_that_refuses_says_why(order: Order, by: Actor) -> None:
    case = opened(order, by, "lost", PICTURE)
    claim_carrier(case, Decimal("60.00"), "丢了", by=by, now=WED)
    claim_refused(now_of(case), "已经签收", by=by, now=WED)
    assert CarrierClaim.objects.get().ended_why == "已经签收"
