"""SOP 6.c: was it intact, how was it? Asked once an order; a bad answer becomes a complaint."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.listening import Answer, may_record_feedback
from aftersales.models import Case, Feedback
from aftersales.services.feedback import CUSTOMER, record_feedback
from aftersales.services.questions import answer_case, open_question
from aftersales.words import CaseKind
from core.acts import Actor, Repeated, act
from core.models import Act
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.links import order_of, progress_url
from orders.models import Contact, CustomerMessage, Order
from orders.policy import OrderFacts
from orders.selectors.order import timeline
from orders.services.news import delivered
from orders.services.telling import tell_buyers
from orders.words import OrderState
from staff.factories import UserFactory
from staff.models import Notice
from tests.acts.pages import do, fields
from tests.acts.test_twice import at_once
from tests.aftersales.asking import newest, now_of

pytestmark = pytest.mark.django_db
GOOD, BROKEN = Answer(True, 5, "料子很舒服"), Answer(False, 4, "外箱压坏，杯子碎了")
EVIL = "<script>alert(1)</script>"


def received(**values: Any) -> Order:
    values.setdefault("state", "received")
    return OrderFactory.create(**values)


def says(order: Order, answer: Answer, by: Actor = CUSTOMER, **more: Any) -> Act:
    return record_feedback(order, answer, by=by, now=timezone.now(), **more)


def page(order: Order) -> str:
    return progress_url(order.pk).removeprefix("https://gendan.test")


def typed(client: Client, order: Order, **values: str) -> Any:
    """As a telephone sends the form: its token with what the customer chose."""
    html = client.get(page(order)).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html)
    first = {"token": token[1] if token else str(uuid.uuid4()), "intact": "yes", "stars": "5"}
    return client.post(page(order), first | values)


# Who is asked


@pytest.mark.parametrize(
    ("state", "answered", "allowed", "why"),
    [
        (OrderState.RECEIVED, False, True, "商品完好吗"),
        (OrderState.COMPLETED, False, True, "商品完好吗"),
        (OrderState.RECEIVED, True, False, "已经评价过"),
        (OrderState.SHIPPED, False, False, "签收以后"),
        (OrderState.PAID, False, False, "签收以后"),
        (OrderState.CLOSED, False, False, "签收以后"),
    ],
)
def test_once_an_order_from_its_receipt_on(
    state: OrderState, answered: bool, allowed: bool, why: str
) -> None:
    verdict = may_record_feedback(OrderFacts(state=state), answered=answered)
    assert (verdict.allowed, verdict.clause) == (allowed, "6.c")
    assert why in verdict.reason


def test_a_top_up_order_has_nothing_to_be_asked_about() -> None:
    order = OrderFacts(state=OrderState.COMPLETED, is_top_up=True)
    assert not may_record_feedback(order, answered=False).allowed


@pytest.mark.parametrize(
    ("answer", "bad"),
    [
        (Answer(True, 5), False),
        (Answer(True, 3), False),
        (Answer(True, 2), True),
        (Answer(True, 1), True),
        (Answer(False, 5), True),
    ],
)
def test_broken_or_two_stars_is_bad(answer: Answer, bad: bool) -> None:
    assert answer.bad is bad


# A good one


def test_a_good_answer_stands_in_the_timeline_and_opens_nothing() -> None:
    order = received()
    done = says(order, GOOD)
    row = Feedback.objects.get(order=order)
    assert (row.intact, row.stars, row.text, row.by_customer) == (True, 5, "料子很舒服", True)
    told = timeline(order)[0]
    assert (told.summary, told.reason, told.actor_name) == (
        "买家评价：5 星，商品完好",
        "料子很舒服",
        "买家",
    )
    assert done.say == {"key": "feedback.thanks", "values": {}}
    assert not Case.objects.exists()
    assert not Notice.objects.exists()


def test_a_telephone_number_in_the_text_is_kept_masked() -> None:
    order = received()
    says(order, Answer(True, 5, "谢谢，我是 13800138000"))
    assert Feedback.objects.get().text == "谢谢，我是 138****8000"


# A bad one


@pytest.mark.parametrize("answer", [BROKEN, Answer(True, 1, "等太久")])
def test_a_bad_answer_becomes_a_complaint_and_after_sales_hears(answer: Answer) -> None:
    order = received()
    done = says(order, answer)
    case = newest()
    assert (case.kind, case.order) == (CaseKind.COMPLAINT, order)
    assert (case.owner, case.owner_name) == (None, ""), "nobody has it yet"
    assert answer.text in case.wants
    assert Feedback.objects.get().case == case
    assert done.say["key"] == "complaint.noted"
    assert case.number in timeline(order)[0].summary
    notice = Notice.objects.get()
    assert (notice.role, notice.url) == ("aftersales", case.get_absolute_url())


def test_who_follows_the_order_hears_too(agent: Any) -> None:
    order = received(follow_up_by=agent)
    says(order, BROKEN)
    assert {(row.role, row.to) for row in Notice.objects.all()} == {
        ("aftersales", None),
        ("", agent),
    }


def test_an_open_complaint_takes_it_up_instead_of_a_second_one(
    by: Actor, agent_client: Client
) -> None:
    order, now = received(), timezone.now()
    open_question(order, CaseKind.COMPLAINT, "周五才到", "late", by=by, now=now)
    case = newest()
    says(order, BROKEN)
    assert Case.objects.count() == 1
    assert Feedback.objects.get().case == case
    assert now_of(case).version == case.version + 1
    assert Notice.objects.get().to_id == by.user_id, "whoever has the complaint"
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert "买家评价 4 星，商品有破损或不对" in html
    assert BROKEN.text in html


def test_a_complaint_that_ended_is_not_opened_again_but_a_new_one_is(by: Actor) -> None:
    order, now = received(), timezone.now()
    open_question(order, CaseKind.COMPLAINT, "周五才到", "late", by=by, now=now)
    answer_case(newest(), "向您道歉", by=by, now=now)
    says(order, BROKEN)
    assert Case.objects.count() == 2
    assert newest().is_open


def test_what_fails_half_way_leaves_neither_answer_nor_complaint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("aftersales.services.feedback._keep", fails)
    with pytest.raises(RuntimeError):
        says(received(), BROKEN)
    assert not Case.objects.exists()
    assert not Act.objects.filter(verb="record_feedback").exists()


# Once


def test_the_second_answer_is_refused_and_changes_nothing() -> None:
    order = received()
    says(order, GOOD)
    with pytest.raises(Refused, match="已经评价过"):
        says(order, BROKEN)
    assert Feedback.objects.get().stars == 5
    assert not Case.objects.exists()


def test_the_same_press_twice_is_one_answer_and_one_complaint() -> None:
    order, token = received(), uuid.uuid4()
    says(order, BROKEN, token=token)
    with pytest.raises(Repeated):
        says(order, BROKEN, token=token)
    assert (Feedback.objects.count(), Case.objects.count()) == (1, 1)


def test_the_database_keeps_a_second_row_out() -> None:
    order = received()
    says(order, GOOD)
    values = {"order": order, "intact": True, "by_customer": True, "at": timezone.now()}
    for stars in (5, 6):
        with pytest.raises(IntegrityError), transaction.atomic():
            Feedback.objects.create(stars=stars, **values)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(by: Actor) -> None:
    """The customer presses while the agent writes it down: one counts, one complaint at most."""
    order = received()

    def answers(who: Actor) -> str:
        try:
            says(order, BROKEN, who)
        except Refused:
            return "refused"
        return "done"

    assert sorted(at_once(lambda: answers(CUSTOMER), lambda: answers(by))) == ["done", "refused"]
    assert (Feedback.objects.count(), Case.objects.count()) == (1, 1)


# By the customer, on the page


def test_the_customer_answers_on_the_progress_page_once() -> None:
    order, client = received(), Client()
    assert "收到的商品完好吗？" in client.get(page(order)).content.decode()
    answer = typed(client, order, text="料子很舒服")
    assert answer.status_code == 302
    assert order_of(answer["Location"].removeprefix("/o/")) == order.pk
    html = client.get(page(order)).content.decode()
    assert "谢谢您的评价" in html
    assert "收到的商品完好吗？" not in html
    again = typed(client, order, intact="no", stars="1")
    assert again.status_code == 409
    assert "您已经评价过了，谢谢您" in again.content.decode()
    assert (Feedback.objects.get().stars, Case.objects.count()) == (5, 0)


def test_a_bad_answer_is_told_that_somebody_calls() -> None:
    order, client = received(), Client()
    typed(client, order, intact="no", stars="2", text="杯子碎了")
    html = client.get(page(order)).content.decode()
    assert "我们会尽快联系您" in html
    assert "您反馈的问题正在处理，最晚" in html


def test_before_it_arrived_there_is_nothing_to_answer() -> None:
    order, client = received(state="shipped"), Client()
    assert "<form" not in client.get(page(order)).content.decode()
    early = typed(client, order)
    assert early.status_code == 409
    assert "收到商品以后就可以评价" in early.content.decode()
    assert not Act.objects.filter(verb="record_feedback").exists(), "no trace of mere presses"


@pytest.mark.parametrize(
    "wrong", [{"stars": ""}, {"stars": "6"}, {"intact": "maybe"}, {"text": "很" * 501}]
)
def test_a_form_that_is_not_filled_in_says_so_and_keeps_what_was_typed(
    wrong: dict[str, str],
) -> None:
    answer = typed(Client(), received(), **({"text": "挺好"} | wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Feedback.objects.exists()


def test_without_the_pages_token_nothing_is_taken() -> None:
    order = received()
    forged = Client(enforce_csrf_checks=True).post(page(order), {"intact": "yes", "stars": "5"})
    assert forged.status_code == 403
    assert not Feedback.objects.exists()


def test_script_in_the_text_is_mere_text_wherever_it_is_read(agent_client: Client) -> None:
    order, client = received(), Client()
    typed(client, order, stars="1", text=EVIL)
    case = newest()
    for html in (
        client.get(page(order)).content.decode(),
        agent_client.get(order.get_absolute_url()).content.decode(),
        agent_client.get(case.get_absolute_url()).content.decode(),
    ):
        assert EVIL not in html
        assert "&lt;script&gt;alert(1)" in html


# By an agent, who heard it in the chat or by telephone


def test_an_agent_writes_down_what_was_said_in_the_chat(agent_client: Client) -> None:
    order = received()
    done = do(agent_client, "record-feedback", order, intact="no", stars="2", text="缺了一颗扣子")
    html = agent_client.get(done["Location"]).content.decode()
    assert "买家评价：2 星，商品有破损或不对，已转投诉" in html
    assert "马上去查" in html, "the sentence for the customer"
    row = Feedback.objects.get()
    assert (row.by_customer, row.by_name) == (False, "王芳")
    assert Contact.objects.get(order=order, about="record_feedback").channel == "wangwang"
    assert newest().owner_name == "王芳"
    assert not Notice.objects.exists(), "who opened it knows"


def test_the_button_is_greyed_with_its_reason(agent_client: Client) -> None:
    order = received(state="shipped")
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert "订单已发货，签收以后才能登记评价。" in html
    url = reverse("record-feedback", args=[order.order_no])
    assert "签收以后" in agent_client.get(url).content.decode()
    unsent = OrderFactory.create().get_absolute_url()
    assert "登记评价" not in agent_client.get(unsent).content.decode()


def test_the_order_shows_the_answer_and_asks_no_more(agent_client: Client) -> None:
    order = received()
    url = reverse("record-feedback", args=[order.order_no])
    form = fields(agent_client.get(url).content.decode())
    says(order, GOOD)
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert "5 星，商品完好" in html
    assert "这一单已经评价过了" in html
    late = agent_client.post(url, form | {"intact": "yes", "stars": "4"})
    assert late.status_code == 409
    assert "您的评价我们已经收到了" in late.content.decode()


def test_who_has_answered_is_not_invited_any_more() -> None:
    shop = ShopFactory.create(tells=["feedback:sms", "delivered:sms"])
    order, now = received(shop=shop), timezone.now()
    with act("tell_customer", order, by=CUSTOMER, now=now):
        tell_buyers(delivered(order, now), now)
    says(order, GOOD)
    invitation = CustomerMessage.objects.get(kind="feedback")
    assert (invitation.state, invitation.why) == ("skipped", "已经评价了")
    assert CustomerMessage.objects.get(kind="delivered").state != "skipped"


def test_only_customer_service_writes_it_down(client: Client) -> None:
    client.force_login(UserFactory.create(role="warehouse"))
    url = reverse("record-feedback", args=[received().order_no])
    assert client.get(url).status_code == 403


def test_the_invitation_brings_the_link(by: Actor) -> None:
    """Asked after the shop's days (SOP 6.b), with where to answer."""
    order = received()
    invitation = delivered(order, timezone.now())[1]
    assert invitation.say.values["link"].startswith("https://gendan.test/o/")
    assert invitation.send_at == invitation.at + timedelta(days=order.shop.feedback_days)
