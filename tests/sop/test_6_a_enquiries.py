"""SOP 6.a, 3.b: a carrier is asked; its answer is due, is reminded of, and reaches the customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from core.acts import Actor
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.policy import Contacted
from staff.factories import UserFactory
from staff.models import Notice
from tests.acts.pages import fields
from warehouse.models import Enquiry
from warehouse.selectors.enquiries import enquiry_page, open_enquiries
from warehouse.services.enquiries import answer_carrier, ask_carrier, remind_due
from warehouse.words import EnquiryKind, EnquiryState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
E = EnquiryState


@pytest.fixture
def order(db: None) -> Order:
    made: Order = OrderFactory.create(state="shipped", carrier="YTO", waybill="YT8962646785389")
    return made


def ask(order: Order, by: Actor, kind: EnquiryKind = EnquiryKind.WHERE) -> Enquiry:
    contact = Contacted("wangwang", said="到哪了")
    ask_carrier(order, kind, "三天没动", NOW + DAY, by=by, now=NOW, contact=contact)
    return Enquiry.objects.latest("id")


def said(order: Order) -> str:
    """The sentence of the newest act."""
    from core.models import Act

    say = from_act(Act.objects.filter(order_no=order.order_no).latest("at").say)
    return render(say, order.shop.code) if say else ""


def test_a_question_has_a_time_by_which_its_answer_is_due(order: Order, by: Actor) -> None:
    row = ask(order, by)
    assert (row.state, row.due_at, row.waybill) == ("open", NOW + DAY, "YT8962646785389")
    assert said(order) == "亲，已经请圆通速递查您的包裹到哪里了，有答复马上告诉您。"
    assert order.contacts.get().about == "ask_carrier"
    assert Order.objects.get(pk=order.pk).version == order.version


@pytest.mark.parametrize("kind", list(EnquiryKind))
def test_each_question_has_its_sentence(order: Order, by: Actor, kind: EnquiryKind) -> None:
    ask(order, by, kind)
    assert "圆通速递" in said(order)


def test_the_answer_reaches_the_customer_and_who_asked(order: Order, by: Actor) -> None:
    row = ask(order, by)
    other = Actor.person(UserFactory.create(role="logistics"))
    answer_carrier(order, row, E.DONE, "今天下午送到", by=other, now=NOW + 2 * timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.answer, row.remind_at) == ("done", "今天下午送到", None)
    assert "今天下午送到" in said(order)
    assert "快递答复了" in Notice.objects.get(to_id=by.user_id).text
    with pytest.raises(Refused, match="已办到"):
        answer_carrier(order, row, E.REFUSED, "", by=other, now=NOW + 3 * timedelta(hours=1))


def test_what_the_carrier_cannot_do_is_said(order: Order, by: Actor) -> None:
    row = ask(order, by, EnquiryKind.CALL_BACK)
    answer_carrier(order, row, E.REFUSED, "已经出库派送", by=by, now=NOW + DAY)
    assert "追回办不了：已经出库派送" in said(order)


def test_a_late_answer_is_reminded_of_once_a_day(order: Order, by: Actor) -> None:
    row = ask(order, by)
    assert remind_due(NOW + timedelta(hours=23)) == 0
    assert [remind_due(NOW + DAY) for _ in range(2)] == [1, 0]
    assert remind_due(NOW + 2 * DAY + timedelta(hours=1)) == 1
    assert Notice.objects.filter(role="logistics").count() == 2
    assert Notice.objects.filter(to_id=by.user_id).count() == 2
    answer_carrier(order, row, E.WITHDRAWN, "", by=by, now=NOW + 2 * DAY)
    assert remind_due(NOW + 9 * DAY) == 0


def test_the_worklist_has_what_is_due_first(order: Order, by: Actor) -> None:
    later = ask(order, by)
    Enquiry.objects.filter(pk=later.pk).update(due_at=NOW + 3 * DAY)
    ask(OrderFactory.create(state="shipped", waybill="YT1"), by, EnquiryKind.URGE)
    user = UserFactory.create(role="agent")
    assert [row.kind for row in enquiry_page(user, "", "").rows] == ["urge", "where"]
    assert [row.kind for row in enquiry_page(user, "where", "").rows] == ["where"]
    limited = UserFactory.create(role="agent", shop_codes=[ShopFactory.create(code="jd1").code])
    assert not open_enquiries(limited).exists()


def test_what_was_delivered_can_be_proved_but_not_called_back(order: Order, by: Actor) -> None:
    received = OrderFactory.create(state="received", carrier="YTO", waybill="YT2")
    ask(received, by, EnquiryKind.PROOF)
    with pytest.raises(Refused, match="快递已经送到"):
        ask(received, by, EnquiryKind.CALL_BACK)


def test_what_the_carrier_does_not_have_is_asked_of_the_warehouse(by: Actor) -> None:
    """3.b: marked shipped, not handed over."""
    with pytest.raises(Refused, match="还没有交给快递"):
        ask(OrderFactory.create(state="shipped", released_at=NOW, waybill="YT3"), by)
    with pytest.raises(Refused, match="没有运单号"):
        ask(OrderFactory.create(state="shipped"), by)


def test_telephones_in_a_question_are_masked(order: Order, by: Actor) -> None:
    ask_carrier(order, EnquiryKind.ADDRESS, "改打13912345678", NOW, by=by, now=NOW)
    assert "13912345678" not in Enquiry.objects.get().question


def test_where_it_is_to_go_instead_is_kept_for_who_calls_the_carrier(
    order: Order, agent_client: Client
) -> None:
    """3.b: pasted in one piece, masked until it is revealed, and in no timeline; only of a parcel
    that is to go elsewhere.
    """
    url = reverse("ask-carrier", args=[order.order_no])
    typed = fields(agent_client.get(url).content.decode()) | {"kind": "address"}
    unreadable = agent_client.post(url, typed | {"new_address": "张小明 文三路478号"})
    assert unreadable.status_code == 422
    where = "张小明 13912345678 浙江省杭州市西湖区文三路478号"
    assert agent_client.post(url, typed | {"new_address": where}).status_code == 302
    row = Enquiry.objects.get()
    assert (row.to_name, row.to_phone) == ("张小明", "13912345678")
    assert row.to_address == "浙江省 杭州市 西湖区 文三路478号"
    assert "文三路" not in agent_client.get(order.get_absolute_url()).content.decode()
    again = typed | {"token": str(uuid4())}
    nobody = where.replace("张小明", f"收货人：{'张' * 70}")
    for wrong in ({"kind": "where", "new_address": where}, {"new_address": nobody}):
        page = agent_client.post(url, again | wrong)
        assert (page.status_code, "文三路" in page.content.decode()) == (422, True)
    assert Enquiry.objects.count() == 1
