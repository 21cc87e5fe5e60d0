"""SOP 1.1.e, 3.b: after release a change waits for the intercept, or for the carrier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aftersales.models import Case
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import heard
from aftersales.services.ending import refuse_case
from aftersales.services.modifications import (
    Wish,
    give_up_modification,
    hear_answers,
    open_modification,
    release_again,
    turn_to_carrier,
)
from aftersales.services.waiting import wait_for
from aftersales.words import WaitsFor
from core.acts import Actor, act
from core.models import Act
from core.sentences import from_act, render
from core.verdict import Refused, no
from orders import policy
from orders.factories import OrderFactory
from orders.models import Contact, Hold, Order
from orders.policy import Contacted, Receiving
from orders.services.hold import hold_order, lift_hold
from orders.services.release import release
from orders.words import ContactChannel, HoldKind, IdentityKey
from staff.factories import UserFactory
from staff.models import Notice
from tests.acts.pages import fields
from tests.aftersales.asking import newest, now_of
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier
from warehouse.services.intercept import confirm_stop, too_late
from warehouse.words import EnquiryKind, EnquiryState

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def asked(order: Order, by: Actor, kind: EnquiryKind = EnquiryKind.ADDRESS, **more: Any) -> Case:
    open_modification(order, Wish("改送到公司", kind), by=by, now=NOW, **more)
    return newest()


def begun(**values: Any) -> Order:
    made: Order = OrderFactory.create(**({"state": "picking"} | values))
    return made


def on_its_way() -> Order:
    return begun(state="shipped", carrier="YTO", waybill="YT8962646785389")


def stop_of(case: Case) -> Hold:
    return Hold.objects.select_related("order").get(cause=case.number)


def answer(case: Case, to: EnquiryState, by: Actor) -> None:
    enquiry = Enquiry.objects.get(order=case.order)
    answer_carrier(enquiry.order, enquiry, to, "下午改派", by=by, now=NOW)


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop").get(pk=order.pk)


def test_what_the_case_asked_today_is_not_asked_again(agent_client: Client, by: Actor) -> None:
    """SOP 1.1.b: channel and two keys; of another day, or of a colleague's customer, nothing."""
    order, keys = begun(), [IdentityKey.MOBILE, IdentityKey.ORDER_NO]
    case = asked(order, by, contact=Contacted(ContactChannel.QQ, frozenset(keys)))
    confirm_stop(stop_of(case), "A-01", by=by, now=NOW)
    hear_answers(NOW)
    html = agent_client.get(case.get_absolute_url()).content.decode()
    url = f"/orders/{order.order_no}/modify-receiving"
    assert f"{url}?channel=qq&amp;identity=mobile&amp;identity=order_no" in html
    for values in ({"at": NOW - timedelta(days=1)}, {"at": NOW, "by": UserFactory.create()}):
        Contact.objects.update(**values)
        html = agent_client.get(case.get_absolute_url()).content.decode()
        assert "channel=qq" not in html


def test_stopped_edited_and_released_again(by: Actor) -> None:
    order = begun()
    case = asked(order, by)
    assert (case.state, case.waits_for, stop_of(case).stop) == ("warehouse", "stop", "asked")
    assert hear_answers(NOW) == 0
    confirm_stop(stop_of(case), "A-01", by=by, now=NOW)
    assert hear_answers(NOW) == 1
    assert (now_of(case).state, now_of(case).waits_for) == ("open", "work")
    release_again(now_of(case), by=by, now=NOW)
    assert (now_of(case).outcome, fresh(order).state) == ("settled", "paid")
    assert fresh(order).released_at == NOW
    assert not order.holds.filter(state="open").exists()


def test_another_hold_keeps_it_and_the_act_says_so(by: Actor) -> None:
    order = begun()
    case = asked(order, by)
    confirm_stop(stop_of(case), "", by=by, now=NOW)
    hear_answers(NOW)
    hold_order(fresh(order), HoldKind.CUSTOMER, "买家再想想", by=by, now=NOW)
    done = release_again(now_of(case), by=by, now=NOW)
    assert "还没有下发：有未解除的挂起（客户考虑）" in done.summary
    assert fresh(order).released_at is None


def test_too_late_turns_to_the_carrier_or_is_refused(by: Actor) -> None:
    order = begun(state="shipped", released_at=NOW, carrier="YTO", waybill="YT8962646785389")
    case = asked(order, by)
    too_late(stop_of(case), "车开走了", by=by, now=NOW)
    hear_answers(NOW)
    case = now_of(case)
    assert case.waits_for == "shipping"
    with pytest.raises(Refused, match="还没有交给快递"):
        turn_to_carrier(case, Wish("改址"), by=by, now=NOW)
    Order.objects.filter(pk=order.pk).update(handed_over_at=NOW)
    turn_to_carrier(now_of(case), Wish("追回", EnquiryKind.CALL_BACK), by=by, now=NOW)
    assert Enquiry.objects.get().kind == "call_back"
    assert now_of(case).waits_for == "carrier"


def told(case: Case) -> str:
    say = tell_of(now_of(case))
    return render(say) if say else ""


def test_what_has_not_left_is_waited_for_and_then_the_carrier_is_asked(by: Actor) -> None:
    """SOP 1.1.e, 3.b: nothing is said of a parcel on its way before it is."""
    order = begun(state="packed")
    case = asked(order, by)
    too_late(stop_of(case), "已经装车", by=by, now=NOW)
    hear_answers(NOW)
    assert "包裹交给快递以后再联系快递" in Notice.objects.latest("id").text
    assert ("已经打好" in told(case), "已经发出" in told(case)) == (True, False)
    assert hear_answers(NOW) == 0
    Order.objects.filter(pk=order.pk).update(
        state="shipped", handed_over_at=NOW, carrier="YTO", waybill="YT8962646785389"
    )
    assert hear_answers(NOW) == 1
    assert now_of(case).waits_for == "decision"
    assert "包裹已经发出" in told(case)
    turn_to_carrier(now_of(case), Wish("改送到公司"), by=by, now=NOW)
    assert now_of(case).waits_for == "carrier"


def test_what_has_not_left_may_be_turned_down_or_stopped_after_all(by: Actor) -> None:
    first, second, closed = (begun(state="packed") for _ in range(3))
    cases = [asked(order, by) for order in (first, second, closed)]
    for case in cases:
        too_late(stop_of(case), "已经装车", by=by, now=NOW)
    hear_answers(NOW)
    refuse_case(now_of(cases[0]), "买家照原来的收", by=by, now=NOW)
    Order.objects.filter(pk=second.pk).update(state="paid", released_at=None)
    Order.objects.filter(pk=closed.pk).update(state="closed")
    hear_answers(NOW)
    assert [now_of(case).state for case in cases] == ["refused", "open", "withdrawn"]
    assert now_of(cases[1]).waits_for == "work"


def test_a_pick_up_has_no_carrier_to_ask(by: Actor) -> None:
    """SOP 5.e: who comes for it looks at it there."""
    case = asked(begun(state="packed", delivery="pickup"), by)
    too_late(stop_of(case), "找不到包裹", by=by, now=NOW)
    assert "买家自己来取" in Notice.objects.latest("id").text
    hear_answers(NOW)
    assert now_of(case).waits_for == "decision"
    assert "取货的时候" in told(case)
    with pytest.raises(Refused, match="没有快递可以请"):
        turn_to_carrier(now_of(case), Wish("改址"), by=by, now=NOW)
    refuse_case(now_of(case), "买家照原来的取", by=by, now=NOW)


def test_the_carrier_did_it_and_the_case_is_done(by: Actor) -> None:
    case = asked(on_its_way(), by)
    assert (case.waits_for, Enquiry.objects.get().kind) == ("carrier", "address")
    assert hear_answers(NOW) == 0
    answer(case, EnquiryState.DONE, by)
    hear_answers(NOW)
    assert (now_of(case).outcome, now_of(case).ended_why) == ("settled", "下午改派")


def test_where_it_is_to_go_instead_reaches_who_calls_the_carrier(by: Actor) -> None:
    """SOP 1.1.e, 3.b."""
    home = Receiving("张小明", "13912345678", "", "浙江省", "杭州市", "西湖区", "文三路478号")
    open_modification(on_its_way(), Wish("改送公司", to=home), by=by, now=NOW)
    row = Enquiry.objects.get()
    assert (row.to_phone, row.to_address) == ("13912345678", "浙江省 杭州市 西湖区 文三路478号")


def test_the_carrier_cannot_and_a_person_goes_on(by: Actor) -> None:
    case = asked(on_its_way(), by, EnquiryKind.CALL_BACK)
    answer(case, EnquiryState.REFUSED, by)
    hear_answers(NOW)
    assert now_of(case).waits_for == "decision"


def test_what_the_carrier_calls_back_is_waited_for_at_the_dock(by: Actor) -> None:
    """SOP 1.2.b: called back, then as 1.4."""
    case = asked(on_its_way(), by, EnquiryKind.CALL_BACK)
    answer(case, EnquiryState.DONE, by)
    hear_answers(NOW)
    assert now_of(case).outcome == "settled"
    back = newest()
    assert (back.kind, back.waits_for, back.waybill) == ("lost_way", "arrival", "YT8962646785389")
    assert back.reason_label == "买家要求追回"


def test_what_was_called_back_and_is_received_by_then_bars_nobodys_answer(by: Actor) -> None:
    """SOP 3.b: nothing comes back any more; the next answer is heard all the same."""
    late, other = on_its_way(), begun(state="shipped", carrier="YTO", waybill="YT8962646785390")
    cases = [asked(late, by, EnquiryKind.CALL_BACK), asked(other, by, EnquiryKind.CALL_BACK)]
    for case in cases:
        answer(case, EnquiryState.DONE, by)
    with act("receive", late, by=by, now=NOW) as (row, _):
        row.receive(NOW)
    hear_answers(NOW)
    assert [now_of(case).outcome for case in cases] == ["settled", "settled"]
    assert [case.order for case in Case.objects.filter(kind="lost_way")] == [other]


def test_one_that_is_refused_does_not_keep_the_others_waiting(by: Actor) -> None:
    """What it began is taken back, a person looks, and the sweep goes on."""
    case = asked(on_its_way(), by)
    with heard("hear_answer", case, NOW) as (row, log):
        wait_for(row, WaitsFor.DECISION, log, NOW)
        no("3.b", "这时不行。").require()
    assert now_of(case).waits_for == "carrier"


def test_what_was_released_on_the_order_itself_is_done_here_too(by: Actor) -> None:
    order = begun()
    case = asked(order, by)
    confirm_stop(stop_of(case), "", by=by, now=NOW)
    hear_answers(NOW)
    assert hear_answers(NOW) == 0
    lift_hold(fresh(order), stop_of(case), "改好了", by=by, role="supervisor", now=NOW)
    release(fresh(order), by=by, now=NOW)
    assert hear_answers(NOW) == 1
    assert (now_of(case).outcome, now_of(case).ended_why) == ("settled", "重新下发了")


def test_the_stop_of_a_case_is_ended_on_the_case(by: Actor) -> None:
    order = begun()
    case = asked(order, by)
    confirm_stop(stop_of(case), "", by=by, now=NOW)
    [hold] = fresh(order).facts().holds
    assert f"售后单 {case.number} 请求拦下" in policy.may_lift(hold, "agent").reason
    assert policy.may_lift(hold, "supervisor").allowed


def test_what_is_still_asked_for_is_taken_back_not_refused(by: Actor) -> None:
    order = begun()
    case = asked(order, by)
    with pytest.raises(Refused, match="不能只拒绝"):
        refuse_case(case, "不行", by=by, now=NOW)
    assert order.holds.filter(state="open").exists()


@pytest.mark.parametrize("make", [begun, on_its_way])
def test_nothing_is_changed_after_all(by: Actor, make: Any) -> None:
    order = make()
    case = asked(order, by)
    give_up_modification(case, "买家又不改了", by=by, now=NOW)
    assert now_of(case).state == "withdrawn"
    assert not order.holds.filter(state="open").exists()
    assert not Enquiry.objects.filter(state="open").exists()
    assert hear_answers(NOW) == 0


@pytest.mark.parametrize(
    ("values", "clause", "why"),
    [
        ({"state": "received"}, "1.1.c", "不能再改"),
        ({"state": "paid", "released": True}, "1.1.e", "仓库还没有开始"),
        ({"state": "paid"}, "1.1.e", "还没有下发"),
        ({"state": "closed"}, "1.1.d", "没有要拦的"),
    ],
)
def test_where_nobody_is_to_be_waited_for_it_says_what_to_do(
    by: Actor, values: dict[str, Any], clause: str, why: str
) -> None:
    order = OrderFactory.create(**values)
    contact = Contacted(ContactChannel.WANGWANG, said="改地址")
    with pytest.raises(Refused, match=why) as refused:
        asked(order, by, contact=contact)
    assert refused.value.verdict.clause == clause
    assert why in Contact.objects.get().said, "the request is kept with the reason"


@pytest.mark.sqlite
def test_on_the_screen(agent_client: Client) -> None:
    order = on_its_way()
    url = f"/orders/{order.order_no}/after-sales/modify"
    assert url in agent_client.get(f"/orders/{order.order_no}").content.decode()
    typed = fields(agent_client.get(url).content.decode())
    elsewhere = {"kind": "address", "what": "改送公司", "new_address": "张小明 13912345678"}
    assert agent_client.post(url, typed | elsewhere).status_code == 422
    answer: Any = agent_client.post(url, typed | {"kind": "call_back", "what": "不要了"})
    assert answer.status_code == 302
    say = from_act(Act.objects.filter(verb="open_case").latest("at").say)
    assert say is not None
    assert say.key == "modification.carrier"
    page = agent_client.get(newest().get_absolute_url()).content.decode()
    assert "不改了" in page
