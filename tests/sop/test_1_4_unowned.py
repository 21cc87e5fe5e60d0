"""SOP 1.4.f: a parcel that belongs to no known order (无主件) is kept until its owner is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.kinds import kind_of
from aftersales.kinds.kind import offered
from aftersales.models import Case
from aftersales.policy import Found
from aftersales.selectors.arrivals import find_arrival
from aftersales.selectors.cases import acts_of
from aftersales.selectors.facts import facts_of
from aftersales.selectors.unowned import candidates, case_of, parcel_of, target_of
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.asking import ask_customer
from aftersales.services.goods_back import GoodsBack
from aftersales.services.parcels import note_waybill, record_sent
from aftersales.services.timers import close_silent, escalate, nudge
from aftersales.services.unowned import (
    OnIt,
    correct_unowned,
    dispose_unowned,
    register_unowned,
    return_to_sender,
    tie_to_order,
    tie_unowned,
)
from aftersales.words import CaseKind, CaseState, Outcome, WaitsFor
from core.acts import Actor
from core.verdict import Refused
from orders.models import Order
from staff.factories import UserFactory
from staff.models import Notice
from stock.models import Sku, StockLevel
from tests.acts.pages import fields
from tests.aftersales.asking import DAY, back, newest, now_of, opened, received
from tests.aftersales.test_pages import act, client, token
from tests.refunds.asking import WED, by_alipay, goods, paid_order

pytestmark = pytest.mark.django_db
SENDER: dict[str, Any] = {
    "sender_name": "欧阳麒",
    "sender_phone": "17712345678",
    "sender_address": "杭州市文三路1号",
}


def registered(by: Actor, sku: Sku | None = None, pieces: int = 1, **on_it: Any) -> Case:
    """Registered at the dock and, with goods, counted."""
    case = case_of(register_unowned(OnIt(**on_it), by=by, now=WED))
    if sku is not None:
        count_goods(case, sku.code, pieces, by=by, now=WED)
        finish_arrival(now_of(case), by=by, now=WED)
    return now_of(case)


def first_sku(order: Order) -> Sku:
    sku = order.lines.order_by("id")[0].sku
    assert sku is not None
    return sku


def test_it_is_registered_counted_and_waits_for_its_owner(by: Actor) -> None:
    """60 days by the policy; after 5 working days the supervisor hears of it."""
    case = registered(
        by, goods(), waybill="YT9900112233", said="没有纸条，手机 17712345678", **SENDER
    )
    assert (case.kind, case.waits_for) == (CaseKind.UNOWNED, WaitsFor.OWNER)
    assert case.number.startswith("N261125")
    assert (case.owner, case.order) == (None, None)
    assert case.due_at == WED + 60 * DAY
    assert "17712345678" not in case.wants
    assert "找是谁的" in Notice.objects.get(role="aftersales").text
    with pytest.raises(Refused, match=f"已经登记过：{case.number}"):
        registered(by, waybill="YT9900112233")
    escalate(WED + 8 * DAY)
    assert "放了好几天" in Notice.objects.get(role="supervisor").text


def test_what_a_case_waits_for_is_not_registered(by: Actor) -> None:
    case = opened(received(), by)
    note_waybill(case, "YTO", "YT8800000001", by=by, now=WED)
    with pytest.raises(Refused, match=case.number):
        registered(by, waybill="YT8800000001")


def test_candidates_are_those_with_which_most_agrees(by: Actor) -> None:
    """Waybill and slip are sure, then telephone and account; a name alone stands last."""
    named = received(consignee="欧阳麒", mobile="13900000001")
    phoned = received(consignee="欧阳麒", mobile="17712345678")
    slip, told = received(), opened(received(), by)
    note_waybill(told, "YTO", "YT8800000002", by=by, now=WED)
    unsent = paid_order(consignee="欧阳麒", mobile="17712345678")
    case = registered(by, goods(), waybill="YT7700000002", slip_no=slip.order_no, **SENDER)
    correct_unowned(
        case,
        OnIt(waybill="YT8800000002", slip_no=slip.order_no, **SENDER),
        by=by,
        now=WED,
    )
    found = candidates(UserFactory.create(role="aftersales"), _parcel(case))
    assert [one.order for one in found] == [told.order, phoned, slip, named]
    assert found[0].case == told
    assert found[1].why == ["寄件电话", "电话后四位", "寄件人姓名"]
    assert unsent not in [one.order for one in found]
    limited = UserFactory.create(role="aftersales", shop_codes=["tb1"])
    assert candidates(limited, _parcel(case)) == []


def _parcel(case: Case) -> Any:
    return parcel_of(now_of(case))


@pytest.mark.parametrize("asked", [False, True])
def test_tied_to_the_case_that_waits_for_it(by: Actor, asked: bool) -> None:
    """Its goods count there, and are inspected next; both timelines tell it. Also while the
    customer is asked something.
    """
    order = received()
    target = opened(order, by)
    if asked:
        ask_customer(target, "还有配件吗？", by=by, now=WED)
    assert target_of(UserFactory.create(role="aftersales"), order.order_no) == target
    case = registered(by, first_sku(order), waybill="YT6600000001", **SENDER)
    done = tie_unowned(case, target, by=by, now=WED)
    target, case = now_of(target), now_of(case)
    assert (target.waits_for, target.lines.get().got) == (WaitsFor.INSPECTION, 1)
    assert target.waybill == "YT6600000001"
    assert (case.order, case.outcome, case.state) == (order, Outcome.TIED, CaseState.RESOLVED)
    assert done.say["key"] == "case.arrived"
    words = [one.summary for one in acts_of(case)]
    assert f"登记无主件 {case.number}" in words
    assert f"无主件 {case.number} 认到 {target.number}" in words
    with pytest.raises(Refused):
        tie_unowned(case, target, by=by, now=WED)


def test_an_open_case_comes_before_one_that_was_given_up(by: Actor) -> None:
    order = received(lines=[(goods(), 2)])
    given_up, waits = opened(order, by), opened(order, by)
    Case.objects.filter(pk=given_up.pk).update(
        state="resolved",
        ended_at=WED,
        details=given_up.details | {"given_up": True},
        **dict.fromkeys(("nudge_at", "escalate_at", "close_at", "promised_by")),
    )
    assert target_of(UserFactory.create(role="aftersales"), order.order_no) == waits
    case = registered(by, first_sku(order), slip_no=order.order_no, **SENDER)
    [found] = candidates(UserFactory.create(role="aftersales"), _parcel(case))
    assert found.case == waits


def test_tied_to_an_order_without_a_case_it_opens_the_return(by: Actor) -> None:
    """As many pieces as were counted; what the policy refuses leaves everything as it was."""
    order = received(2)
    case = registered(by, first_sku(order), 3)
    back = GoodsBack(reason="size", received_on=(WED - 2 * DAY).date(), tags=False)
    with pytest.raises(Refused, match="吊牌"):
        tie_to_order(case, order, back, senior=False, by=by, now=WED)
    assert (now_of(case).waits_for, Case.objects.count()) == (WaitsFor.OWNER, 1)
    kind = GoodsBack(reason="size", received_on=(WED - 2 * DAY).date())
    other = registered(by, goods(), waybill="YT1231231231")
    with pytest.raises(Refused, match="不在那一单里"):
        tie_to_order(other, order, kind, senior=False, by=by, now=WED)
    tie_to_order(now_of(case), order, kind, senior=False, by=by, now=WED)
    made = Case.objects.get(order=order, kind="return")
    line = made.lines.get()
    assert (made.waits_for, line.pieces, line.got) == (WaitsFor.INSPECTION, 1, 3)
    assert made.details["unowned"] == case.number


def test_a_parcel_of_a_case_that_silence_closed_makes_a_new_one(by: Actor) -> None:
    """The old case offers nothing more, and its number leads to its order."""
    order, user = received(), UserFactory.create(role="aftersales")
    old = opened(order, by, back(order, "quality"))
    assert close_silent(WED + 10 * DAY) == 1
    old = now_of(old)
    assert offered(kind_of(old.kind), facts_of(old)) == []
    with pytest.raises(Refused, match="不能再办"):
        note_waybill(old, "YTO", "YT8800000001", by=by, now=WED)
    with pytest.raises(Refused, match="不能再办"):
        count_goods(old, first_sku(order).code, 1, by=by, now=WED)
    page = client("warehouse").get(reverse("count-arrival", args=[old.number])).content.decode()
    assert reverse("register-unowned") in page
    assert find_arrival(old.number) == []
    case = registered(by, first_sku(order), slip_no=old.number)
    assert [one.order for one in candidates(user, _parcel(case))] == [order]
    assert target_of(user, old.number) == order
    kind = GoodsBack(reason="quality", received_on=(WED - 3 * DAY).date())
    tie_to_order(case, order, kind, senior=False, by=by, now=WED)
    assert newest().waits_for == WaitsFor.INSPECTION


def test_what_never_reached_its_customer_is_undeliverable(by: Actor) -> None:
    order = by_alipay(paid_order(72, state="shipped", waybill="YT5500000001"))
    case = registered(by, first_sku(order), waybill="YT5500000001")
    (found,) = candidates(UserFactory.create(role="aftersales"), _parcel(case))
    assert found.why == ["发货的运单号"]
    tie_to_order(case, order, GoodsBack(), senior=False, by=by, now=WED)
    made = Case.objects.get(order=order, kind="lost_way")
    assert made.waits_for == WaitsFor.INSPECTION
    unsent, other = paid_order(), registered(by, goods(), said="白盒子")
    with pytest.raises(Refused, match="没有货可以退回来"):
        tie_to_order(other, unsent, GoodsBack(), senior=False, by=by, now=WED)


def test_it_goes_back_to_its_sender(by: Actor) -> None:
    """Only where somebody knows whom to send it to."""
    nameless = registered(by, goods(), said="没有面单")
    with pytest.raises(Refused, match="寄件人的地址"):
        return_to_sender(nameless, "不是我们的", by=by, now=WED)
    case = registered(by, goods(), **SENDER)
    return_to_sender(case, "不是我们的货", by=by, now=WED)
    assert "寄出" in Notice.objects.get(role="warehouse").text
    record_sent(now_of(case), "YTO", "YT4400000001", by=by, now=WED)
    assert now_of(case).outcome == Outcome.SENT_BACK


def test_kept_for_as_long_as_the_policy_says_then_disposed_of(by: Actor) -> None:
    """Each piece goes to stock, defect stock or away."""
    sku = goods(on_hand=5)
    case, later = registered(by, sku, 2), WED + 60 * DAY
    line = case.lines.get()
    found = {line.pk: Found(good=1, scrap=1)}
    with pytest.raises(Refused, match="保管期还没有到"):
        dispose_unowned(case, found, {}, by=by, now=WED)
    nudge(later)
    assert Notice.objects.filter(role="aftersales", text__contains="可以处置").exists()
    dispose_unowned(now_of(case), found, {}, by=by, now=later)
    assert now_of(case).outcome == Outcome.DISPOSED
    assert StockLevel.objects.get(sku=sku).on_hand == 6


def test_a_waybill_that_is_told_later_finds_what_lies_here(by: Actor) -> None:
    case = registered(by, goods(), waybill="YT3300000001")
    note_waybill(opened(received(), by), "YTO", "YT3300000001", by=by, now=WED)
    assert Notice.objects.filter(text__contains=f"无主件 {case.number} 的运单号就是").exists()


@pytest.mark.sqlite
def test_from_the_dock_to_the_return_on_the_screens(
    agent_client: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    """Scanned, registered, counted, labelled; masked until asked for; tied with one press."""
    order = received(received_at=timezone.now() - timedelta(days=2))
    floor, dock = client("warehouse"), reverse("arrivals")
    html = floor.post(dock, {"code": "YT2200000001", "token": token(floor, dock)}).content.decode()
    url = f"{reverse('register-unowned')}?waybill=YT2200000001"
    assert url in html
    empty = fields(floor.get(reverse("register-unowned")).content.decode())
    assert floor.post(reverse("register-unowned"), empty).status_code == 422
    typed = fields(floor.get(url).content.decode()) | SENDER | {"slip_no": order.order_no}
    count = floor.post(reverse("register-unowned"), typed)["Location"]
    assert floor.post(reverse("register-unowned"), typed)["Location"] == count  # once
    for code in (first_sku(order).code, "CMD:OK"):
        floor.post(count, {"code": code, "quantity": "1", "token": token(floor, count)})
    case = newest()
    assert case.waits_for == WaitsFor.OWNER
    page = floor.post(dock, {"code": case.number, "token": token(floor, dock)})
    assert page["Location"] == case.get_absolute_url()
    pdf = floor.get(reverse("unowned-label", args=[case.number]))
    paper = pypdfium2.PdfDocument(pdf.content)[0]
    codes = zxingcpp.read_barcodes(paper.render(scale=3).to_pil())
    assert [code.text for code in codes] == [case.number]
    with django_assert_max_num_queries(12):
        listed = agent_client.get(reverse("unowned")).content.decode()
    html = agent_client.get(case.get_absolute_url()).content.decode()
    for text in (listed, html):
        assert not any(secret in text for secret in SENDER.values())
        assert "177****5678" in text
    assert "纸条上的订单号" in html
    agent_client.post(reverse("reveal-sender", args=[case.number]), {"reason": "联系买家"})
    assert SENDER["sender_name"] in agent_client.get(case.get_absolute_url()).content.decode()
    form = agent_client.get(reverse("tie-unowned", args=[case.number])).content.decode()
    assert "× 1（到了 1）" in form  # nobody expected it, and one is here
    assert act(agent_client, case, "tie-unowned", to=order.order_no).status_code == 422
    typed = {"to": order.order_no, "reason": "size"}
    done = agent_client.get(act(agent_client, case, "tie-unowned", **typed).url).content.decode()
    assert "找到是谁的" in done
    assert case.number in agent_client.get(order.get_absolute_url()).content.decode()
