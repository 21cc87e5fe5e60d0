"""SOP 1.1: modify receiving information; what is refused, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import TIMER, Actor, Conflict, act
from core.models import Act
from core.verdict import Refused
from orders import policy
from orders.factories import OrderFactory
from orders.models import Contact, Order
from orders.policy import Contacted, Group, OrderFacts
from orders.selectors.order import timeline
from orders.services.hold import hold_order, open_hold
from orders.services.modify import modify_receiving
from orders.services.release import release
from orders.words import HoldKind, IdentityKey, OrderState
from staff.factories import UserFactory
from staff.models import User
from tests.acts.pages import do, fields, page_of, send, show_personal
from tests.conftest import SignedIn

NOW = timezone.now()
ASKED = Contacted("qq", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}), "地址写错了")


def moved(order: Order, **changes: str) -> policy.Receiving:
    return replace(order.receiving, **changes)


def test_a_paid_order_takes_a_new_address_and_tells_who_when_from_what_to_what(by: Actor) -> None:
    order = OrderFactory.create(consignee="陈建生", street="农园路66号")
    done = modify_receiving(
        order, moved(order, consignee="林秀英", street="莲花路1号"), by=by, now=NOW, contact=ASKED
    )
    order.refresh_from_db()
    assert (order.consignee, order.street, order.modified_at) == ("林秀英", "莲花路1号", NOW)
    assert (done.actor_name, done.at, done.clause, done.channel) == ("王芳", NOW, "1.1.e", "qq")
    assert done.changes == [["收货人", "陈*生", "林*英"], ["详细地址", "农园路 ***", "莲花路 ***"]]
    assert order.history.latest("history_id").history_change_reason == done.id


def test_the_contact_channel_is_recorded_with_the_request(by: Actor) -> None:
    order = OrderFactory.create()
    done = modify_receiving(order, moved(order, city="广州市"), by=by, now=NOW, contact=ASKED)
    contact = order.contacts.get()
    assert (contact.channel, contact.identity, contact.said, contact.act) == (
        "qq",
        ["mobile", "order_no"],
        "地址写错了",
        done.id,
    )


@pytest.mark.parametrize("state", ["shipped", "received", "completed"])
def test_shipped_order_refuses_edit(by: Actor, state: str) -> None:
    order = OrderFactory.create(state=state)
    with pytest.raises(Refused) as refused:
        modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW, contact=ASKED)
    verdict = refused.value.verdict
    assert verdict.clause == "1.1.c"
    assert verdict.say is not None
    assert verdict.instead
    order.refresh_from_db()
    assert (order.street, order.version) == ("香蜜湖街道农园路66号", 1)


def test_a_refused_request_is_kept_as_contact_and_in_the_timeline(by: Actor) -> None:
    order = OrderFactory.create(state="shipped")
    with pytest.raises(Refused):
        modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW, contact=ASKED)
    kept = timeline(order)[0]
    assert (kept.verb, kept.outcome, kept.clause) == ("modify_receiving", "refused", "1.1.c")
    assert "地址写错了" in order.contacts.get().said


@pytest.mark.parametrize("state", ["picking", "packed"])
def test_an_order_in_the_warehouse_needs_an_intercept(by: Actor, state: str) -> None:
    order = OrderFactory.create(state=state)
    with pytest.raises(Refused) as refused:
        modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW)
    assert refused.value.verdict.answer == "ask"
    assert "拦截" in refused.value.verdict.instead


def test_a_released_order_is_taken_back_first(by: Actor) -> None:
    order = OrderFactory.create()
    release(order, by=by, now=NOW)
    order.refresh_from_db()
    with pytest.raises(Refused) as refused:
        modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW)
    assert (refused.value.verdict.clause, "收回" in refused.value.verdict.instead) == (
        "1.1.e",
        True,
    )


def test_nothing_changed_leaves_no_mark_of_a_change(by: Actor) -> None:
    order = OrderFactory.create()
    done = modify_receiving(order, order.receiving, by=by, now=NOW)
    order.refresh_from_db()
    assert (order.version, order.modified_at, done.changes) == (1, None, [])


def test_an_address_put_right_ends_the_review_hold_of_the_import(by: Actor) -> None:
    """1.1.d: the rules run again."""
    order = OrderFactory.create(street="")
    with OrderFactory.act():
        open_hold(order, HoldKind.REVIEW, "没有详细地址。", by=by, now=NOW, cause="address")
    modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW)
    assert not order.holds.filter(state="open").exists()


def test_an_address_that_cannot_be_delivered_to_waits_for_a_review(by: Actor) -> None:
    order = OrderFactory.create()
    modify_receiving(order, moved(order, province="广东省", city="长春市"), by=by, now=NOW)
    assert order.holds.get(state="open").cause == "address"


def test_the_second_agent_gets_a_conflict_not_the_last_word(by: Actor) -> None:
    order = OrderFactory.create()
    modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW, seen=1)
    with pytest.raises(Conflict):
        modify_receiving(order, moved(order, street="莲花路2号"), by=by, now=NOW, seen=1)
    order.refresh_from_db()
    assert order.street == "莲花路1号"


def test_a_tied_up_version_counts_edits_alone() -> None:
    """What is allowed is asked of the state: no state from shipped on, and no other group."""
    for group in Group:
        for state in OrderState:
            verdict = policy.may_modify(OrderFacts(state=state), group)
            assert verdict.allowed == (state in ("unpaid", "paid"))


# On the screen


def test_the_form_asks_for_a_reveal_first(agent_client: Client) -> None:
    order = OrderFactory.create()
    answer = agent_client.get(reverse("modify-receiving", args=[order.order_no]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("reveal", args=[order.order_no]))


def test_saving_leads_to_the_order_with_the_sentence(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    answer = do(agent_client, "modify-receiving", order, street="莲花路1号")
    assert answer.status_code == 302
    html = agent_client.get(answer["Location"]).content.decode()
    assert "告知买家" in html
    assert "收货信息已经帮您改好了" in html
    assert "已修改" in html


def test_a_pasted_address_fills_the_fields_and_saves_nothing(
    agent_client: Client, agent: User
) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    text = "林秀英 13912345678 浙江省杭州市西湖区文三路478号"
    answer = send(agent_client, "modify-receiving", order, data, paste=text, split="1", said="嗯")
    html = answer.content.decode()
    assert answer.status_code == 200
    for part in ("林秀英", "13912345678", "浙江省", "杭州市", "西湖区", "文三路478号", "嗯"):
        assert f'value="{part}"' in html
    order.refresh_from_db()
    assert order.consignee == "陈建生"


def test_a_pasted_address_alone_keeps_who_receives(agent_client: Client, agent: User) -> None:
    """SOP 1.1.a: the usual message of a customer; an empty box changes nothing at all."""
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    for text, street in (("浙江省杭州市西湖区文三路478号", "文三路478号"), ("", order.street)):
        answer = send(agent_client, "modify-receiving", order, data, paste=text, split="1")
        html = answer.content.decode()
        for kept in (order.consignee, order.mobile, street):
            assert f'value="{kept}"' in html
        assert "还是原来的" in html if text else "先把姓名、电话、地址粘贴" in html
        assert "必填" not in html


def test_a_telephone_that_cannot_be_dialled_is_422(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    answer = do(agent_client, "modify-receiving", order, mobile="12345")
    assert answer.status_code == 422
    assert "不像能打通的电话" in answer.content.decode()


@pytest.mark.parametrize("typed", ["１３９００００１２３４", "139 0000 1234", "+86-13900001234"])
def test_however_a_mobile_is_typed_the_order_is_found_by_it(
    agent_client: Client, agent: User, typed: str
) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    assert do(agent_client, "modify-receiving", order, mobile=typed).status_code == 302
    order.refresh_from_db()
    assert (order.mobile, order.mobile_tail) == ("13900001234", "1234")


def test_a_shipped_order_shows_clause_reason_sentence_and_what_to_do(agent_client: Client) -> None:
    order = OrderFactory.create(state="shipped")
    html = agent_client.get(reverse("modify-receiving", args=[order.order_no])).content.decode()
    assert "SOP 1.1.c" in html
    assert "不能再修改收货信息" in html
    assert "告知买家" in html
    assert "怎么办" in html
    assert 'name="consignee"' not in html


def test_a_refused_request_is_noted_with_one_press(agent_client: Client) -> None:
    order = OrderFactory.create(state="shipped")
    data = {"asked": "1", "channel": "wangwang", "said": "改到公司", "seen": "1"}
    data["token"] = "b3b1a1f4-1f3c-4a53-9a7e-1f1f1f1f1f1f"
    answer = send(agent_client, "modify-receiving", order, data)
    assert answer.status_code == 302
    kept = timeline(order)[0]
    assert (kept.outcome, kept.clause, kept.channel) == ("refused", "1.1.c", "wangwang")
    assert Contact.objects.get(order=order).said.startswith("改到公司")


def test_shipping_meanwhile_is_409_with_what_to_tell(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    ship(order)
    answer = send(agent_client, "modify-receiving", order, data | {"seen": "2"}, street="莲花路1号")
    assert answer.status_code == 409
    assert "1.1.c" in answer.content.decode()


def ship(order: Order) -> None:
    """As if it had left elsewhere."""
    with act("seed", order, by=TIMER) as (row, log):
        row.ship(NOW)
        log.changed([])


def test_a_conflict_shows_both_values_and_keeps_what_was_typed(
    agent_client: Client, agent: User
) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    other = Actor.person(UserFactory.create(full_name="李雷"))
    modify_receiving(order, moved(order, street="莲花路1号"), by=other, now=NOW)
    answer = send(agent_client, "modify-receiving", order, data, street="莲花路2号")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "李雷" in html
    assert "莲花路1号" in html  # what stands there now
    assert 'value="莲花路2号"' in html  # what was typed
    again = send(agent_client, "modify-receiving", order, data | {"seen": "2"}, street="莲花路2号")
    assert again.status_code == 302
    order.refresh_from_db()
    assert order.street == "莲花路2号"


def test_a_field_that_the_second_left_alone_takes_the_firsts_value(
    agent_client: Client, agent: User
) -> None:
    """Else a second press would take the first one's change back unseen."""
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    other = Actor.person(UserFactory.create(full_name="李雷"))
    modify_receiving(order, moved(order, consignee="林秀英"), by=other, now=NOW)
    answer = send(agent_client, "modify-receiving", order, data, street="莲花路2号")
    again = fields(answer.content.decode())
    assert (again["consignee"], again["street"]) == ("林秀英", "莲花路2号")
    assert send(agent_client, "modify-receiving", order, again).status_code == 302
    order.refresh_from_db()
    assert (order.consignee, order.street) == ("林秀英", "莲花路2号")


def test_a_hold_since_then_is_told_in_the_conflict(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    other = Actor.person(UserFactory.create(full_name="李雷"))
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=other, now=NOW)
    html = send(agent_client, "modify-receiving", order, data).content.decode()
    assert "李雷" in html
    assert "客户考虑" in html


def test_the_same_form_twice_is_done_once(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    data = page_of(agent_client, "modify-receiving", order)
    first = send(agent_client, "modify-receiving", order, data, street="莲花路1号")
    second = send(agent_client, "modify-receiving", order, data, street="莲花路1号")
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    assert Act.objects.filter(order_no=order.order_no, verb="modify_receiving").count() == 1


def test_the_timeline_shows_no_personal_data(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create(mobile="13912345678", consignee="欧阳建国")
    show_personal(agent, order)
    do(agent_client, "modify-receiving", order, mobile="13887654321", said="电话改成13887654321")
    kept = " ".join(str(a.changes) + a.summary + a.reason for a in timeline(order))
    kept += " ".join(contact.said for contact in order.contacts.all())
    for secret in ("13912345678", "13887654321", "欧阳建国"):
        assert secret not in kept


def test_an_edit_of_long_ago_is_no_conflict(by: Actor) -> None:
    """The version counts, not the clock."""
    order = OrderFactory.create()
    modify_receiving(order, moved(order, street="莲花路1号"), by=by, now=NOW - timedelta(days=30))
    order.refresh_from_db()
    modify_receiving(order, moved(order, street="莲花路2号"), by=by, now=NOW, seen=order.version)
    order.refresh_from_db()
    assert order.street == "莲花路2号"


# Who asks for it


def test_a_change_without_two_agreed_keys_is_warned_of_and_recorded(
    agent_client: Client, agent: User
) -> None:
    """Colleagues mend an address unasked, too: it goes through, and the contact says how (0)."""
    order = OrderFactory.create()
    show_personal(agent, order)
    html = page_of(agent_client, "modify-receiving", order)
    shown = agent_client.get(reverse("modify-receiving", args=[order.order_no])).content.decode()
    for words in ("身份没有核对完", "SOP 1.1.b", "麻烦再提供一下订单号、收货人姓名或手机号"):
        assert words in shown
    url = send(agent_client, "modify-receiving", order, html, street="莲花路1号", said="改地址").url
    assert "身份没有核对完" in agent_client.get(url).content.decode()
    assert order.contacts.get().said == "改地址 （身份没有核对完）"


@pytest.mark.parametrize("name", ["modify-receiving", "modify-delivery", "modify-products"])
def test_the_sentence_that_asks_for_a_key_stands_on_every_change(
    agent_client: Client, agent: User, name: str
) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    page = agent_client.get(reverse(name, args=[order.order_no])).content.decode()
    assert 'class="ask unidentified"' in page


def test_with_two_keys_nothing_is_warned_of(by: Actor) -> None:
    order = OrderFactory.create()
    modify_receiving(order, moved(order, city="广州市"), by=by, now=NOW, contact=ASKED)
    assert "身份" not in order.contacts.get().said


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_the_warning_goes_when_two_keys_are_ticked(
    page: Page, signed_in: SignedIn, agent: User
) -> None:
    order = OrderFactory.create()
    signed_in(page, agent).goto(f"{order.get_absolute_url()}/modify-delivery")
    warning = page.locator(".unidentified")
    expect(warning).to_be_visible()
    for name, visible in (("订单号", True), ("手机", False)):
        page.get_by_label(name, exact=True).check()
        expect(warning).to_be_visible(visible=visible)
