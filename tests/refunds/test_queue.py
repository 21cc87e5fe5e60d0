"""The supervisors' queue: by promise, filters, one key each, many at once (screens)."""

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
from playwright.sync_api import Page, expect

from core.acts import Actor
from core.models import Act
from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from orders.models import Claim, Order, Trade
from refunds.models import Refund
from refunds.paying import Way
from refunds.services.decide import approve_refund
from refunds.services.money import Said, take_answer
from refunds.services.timers import send_approved
from refunds.services.withdraw import withdraw_refund
from refunds.words import Outcome, TrueReason
from staff.factories import UserFactory
from staff.models import Notice, User
from tests.refunds.asking import ask, by_alipay, goods, own_shop, paid_order, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    user: User = UserFactory.create(role="supervisor", full_name="赵敏")
    return user


@pytest.fixture
def leads(lead: User, client: Client) -> Client:
    client.force_login(lead)
    return client


def refund(
    by: Actor, price: str = "100.00", true: TrueReason = TrueReason.UNWANTED, **values: Any
) -> Refund:
    """One that waits for a decision, asked for now."""
    now, lines = timezone.now(), [(goods(price), 1)]
    order = paid_order(30, now=now, shop=own_shop(), lines=lines, **values)
    return ask(by_alipay(order), by, wanted(true=true), now=now)


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["page"].rows]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def press(client: Client, name: str, row: Refund, **typed: Any) -> Any:
    """Press a row's button."""
    order = type(row.order).objects.get(pk=row.order_id)
    data = {"seen": order.version, "token": uuid.uuid4(), "back": "list"} | typed
    return client.post(reverse(name, args=[order.order_no, row.pk]), data)


def test_the_earliest_promise_comes_first_and_each_row_says_what_decides(
    leads: Client, by: Actor
) -> None:
    calm, urgent = refund(by), refund(by, "1200.00", true=TrueReason.STOCK_OUT)
    Refund.objects.filter(pk=urgent.pk).update(target_by=calm.target_by - timedelta(hours=1))
    answer = leads.get("/refunds")
    assert numbers(answer) == [urgent.number, calm.number]
    for words in ("1,200.00", "大额", "缺货", "王芳", "已付款 · 未下发", "最晚"):
        assert words in text(answer)


def test_ones_own_cannot_be_ticked(leads: Client, lead: User) -> None:
    refund(Actor.person(lead))
    shown = text(leads.get("/refunds"))
    assert 'disabled title="自己申请的退款，要别人来审。"' in shown
    assert 'data-row-key="a"' not in shown


def test_what_cannot_be_approved_yet_can_be_ticked_and_given_back(leads: Client, by: Actor) -> None:
    row = refund(by)
    with OrderFactory.act():
        Order.objects.filter(pk=row.order_id).update(state="shipped", shipped_at=timezone.now())
    shown = text(leads.get("/refunds"))
    assert 'data-row-key="a"' not in shown, "whose fault it is comes first"
    assert f'aria-label="勾选 {row.number}">' in shown
    ticked: dict[str, Any] = {"id": [row.pk], "token": uuid.uuid4(), "why": "谁的责任没有写"}
    leads.post("/refunds/bulk", ticked | {"act": "return_refund", "confirm": "1"})
    row.refresh_from_db()
    assert row.state == "returned"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("why=stock_out", [1]),
        ("shop=own1", [0, 1]),
        ("least=500", [1]),
        ("most=500", [0]),
        ("least=100&most=100", [0]),
        ("risk=large", [1]),
        ("risk=often", []),
        ("age=1", []),
        ("least=abc&why=nonsense&risk=%00", [0, 1]),
        ("list=waiting", []),
        ("list=under_way", []),
    ],
)
def test_filters_stand_in_the_address(
    leads: Client, by: Actor, query: str, found: list[int]
) -> None:
    both = [refund(by), refund(by, "1200.00", true=TrueReason.STOCK_OUT)]
    assert sorted(numbers(leads.get(f"/refunds?{query}"))) == sorted(both[i].number for i in found)


def test_what_waits_for_its_window_or_its_buyer_stands_apart(leads: Client, by: Actor) -> None:
    waiting = ask(paid_order(2, now=timezone.now()), by, now=timezone.now())
    to_apply = ask(paid_order(30, now=timezone.now()), by, now=timezone.now())
    assert numbers(leads.get("/refunds")) == []
    assert numbers(leads.get("/refunds?list=waiting")) == [waiting.number]
    assert numbers(leads.get("/refunds?list=to_apply")) == [to_apply.number]


def test_only_the_shops_that_one_works_for(by: Actor, client: Client) -> None:
    refund(by)
    client.force_login(UserFactory.create(role="supervisor", shop_codes=["jd1"]))
    ShopFactory.create(code="jd1", channel="jd")
    assert numbers(client.get("/refunds")) == []


def test_the_queue_and_the_refund_ask_a_fixed_number_of_queries(
    leads: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    rows = [refund(by, "1200.00") for _ in range(8)]
    with django_assert_max_num_queries(13):
        assert len(numbers(leads.get("/refunds?shop=own1"))) == 8
    with django_assert_max_num_queries(18):
        leads.get(rows[0].get_absolute_url())


def test_the_header_counts_it(lead: User, by: Actor) -> None:
    refund(by)
    assert ("退款", "1") in [(queue.label, queue.count) for queue in counted(lead)[0]]


def test_agents_see_it_and_decide_nothing(agent_client: Client, by: Actor) -> None:
    row = refund(by)
    shown = text(agent_client.get("/refunds"))
    assert row.number in shown
    assert "通过" not in re.sub(r"<title>.*?</title>|通过了，还没退到", "", shown)
    assert press(agent_client, "approve-refund", row).status_code == 403


# One by one


def test_one_press_approves_and_the_queue_offers_to_undo(leads: Client, by: Actor) -> None:
    row = refund(by)
    answer = press(leads, "approve-refund", row, back="why=unwanted")
    assert answer["Location"] == "/refunds?why=unwanted"
    shown = text(leads.get(answer["Location"]))
    assert "30 秒内可以撤销" in shown
    assert f"撤销通过 {row.number}" in shown
    assert numbers(leads.get("/refunds?list=under_way")) == [row.number]
    press(leads, "undo-approval", row)
    row.refresh_from_db()
    assert row.state == "review"


def test_a_rejection_needs_a_reason(leads: Client, by: Actor) -> None:
    row = refund(by)
    assert press(leads, "reject-refund", row).status_code == 422
    assert press(leads, "reject-refund", row, why="已发货").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.ended_why) == ("rejected", "已发货")


def test_too_late_it_says_so_with_the_page(leads: Client, by: Actor) -> None:
    row = refund(by)
    press(leads, "approve-refund", row)
    answer = press(leads, "approve-refund", row)
    assert answer.status_code == 409
    assert "不在待审核" in text(answer)


def test_taken_by_one_the_other_sees_it(leads: Client, lead: User, by: Actor) -> None:
    row = refund(by)
    answer = press(leads, "take-refund", row)
    assert answer["Location"] == row.get_absolute_url()
    other = Client()
    other.force_login(UserFactory.create(role="finance"))
    assert "赵敏在看" in text(other.get("/refunds"))
    assert press(other, "take-refund", row)["Location"] == "/refunds"


def test_a_refund_that_is_withdrawn_or_back_is_nobodys_any_more(leads: Client, by: Actor) -> None:
    row = refund(by)
    press(leads, "take-refund", row)
    assert Claim.objects.filter(order=row.order, what="refund").exists()
    withdraw_refund(
        type(row.order).objects.get(pk=row.order_id), row, "不退了", by=by, now=timezone.now()
    )
    assert not Claim.objects.exists()


def test_a_supervisor_gives_one_to_a_colleague_who_hears_of_it(
    leads: Client, lead: User, by: Actor
) -> None:
    row, other = refund(by), refund(by)
    finance = UserFactory.create(role="finance", full_name="钱进")
    elsewhere = UserFactory.create(role="supervisor", shop_codes=["jd1"])
    assert press(leads, "assign-refund", row, to=elsewhere.pk).status_code == 422
    assert press(leads, "assign-refund", row, to=finance.pk)["Location"] == "/refunds"
    told = Notice.objects.get(to=finance)
    assert told.text == f"赵敏把 {row.order.order_no} 的退款 100.00 元分给您审。"
    assert told.url == row.get_absolute_url()
    assert "给钱进" in text(leads.get("/refunds"))
    assert numbers(leads.get("/refunds?who=nobody")) == [other.number]
    assert numbers(leads.get("/refunds?who=mine")) == []
    assert press(leads, "assign-refund", row, to=finance.pk).status_code == 409  # already
    desk = Client()
    desk.force_login(finance)
    assert numbers(desk.get("/refunds?who=mine")) == [row.number]
    assert press(desk, "assign-refund", row, to=lead.pk).status_code == 403
    assert press(leads, "assign-refund", row, to="").status_code == 302
    assert numbers(desk.get("/refunds?who=mine")) == []


def test_nobody_is_given_their_own_request(leads: Client, lead: User, by: Actor) -> None:
    own, free = refund(Actor.person(lead)), refund(by)
    answer = press(leads, "assign-refund", own, to=lead.pk)
    assert answer.status_code == 409
    assert "自己申请的" in text(answer)
    ticked: dict[str, Any] = {
        "act": "assign_refund",
        "id": [own.pk, free.pk],
        "token": uuid.uuid4(),
    }
    answer = leads.post("/refunds/bulk", ticked | {"confirm": "1", "to": lead.pk})
    done = text(leads.get(answer["Location"]))
    assert "2 笔，做了 1 笔" in done
    assert "换一位同事" in done
    assert numbers(leads.get("/refunds?who=mine")) == [free.number]
    with pytest.raises(IntegrityError, match="refund_assigned_to_another"), transaction.atomic():
        Refund.objects.filter(pk=own.pk).update(assigned_to=lead)


def test_filters_are_said_in_words_and_kept_under_a_name(leads: Client, by: Actor) -> None:
    refund(by, "1200.00", true=TrueReason.STOCK_OUT)
    asked = "who=nobody&why=stock_out&risk=large&age=3&least=500&most=900"
    shown = text(leads.get(f"/refunds?{asked}"))
    assert "笔：没人的、缺货、500 元起、900 元以内、超过 3 天、大额</h1>" in shown
    saved = {"place": "refunds", "query": "risk=large", "name": "大额"}
    assert leads.post("/views", saved)["Location"] == "/refunds?risk=large"
    assert 'href="/refunds?risk=large">大额</a>' in text(leads.get("/refunds"))
    assert "?risk=large" not in text(leads.get("/search"))


def test_the_refund_shows_all_that_decides_it(leads: Client, by: Actor) -> None:
    first = refund(by)
    row = refund(by, "1200.00", buyer=first.order.buyer)
    shown = text(leads.get(row.get_absolute_url()))
    for words in (
        *("同意，还要另一位审", "驳回", "退回补充", "大额", "金额超过 1000.00 元", first.number),
        *("这位买家别的退款", "订单和包裹", "退后剩 0.00 元", "没有凭证"),
    ):
        assert words in shown


# What finance does


def test_finance_sees_why_it_failed_and_sends_it_again(client: Client, by: Actor) -> None:
    row = refund(by)
    before = timezone.now() - timedelta(minutes=1)
    approver = UserFactory.create(role="owner")
    who = Actor.person(approver)
    approve_refund(row.order, row, role=approver.role, by=who, now=before)
    send_approved(timezone.now())
    why = "支付宝账户余额不足：充值后用原退款号再发一次。"
    take_answer(row, Said(Outcome.REJECTED, "X", why), way=Way.ALIPAY, now=timezone.now())
    row.refresh_from_db()
    take_answer(row, Said(Outcome.REJECTED, "X", why), way=Way.ALIPAY, now=timezone.now())
    client.force_login(UserFactory.create(role="finance"))
    assert why in text(client.get("/refunds?list=under_way"))
    page = text(client.get(row.get_absolute_url()))
    for words in (why, "再发一次", "改为手工转账", "不再退"):
        assert words in page
    assert press(client, "pay-by-hand", row).status_code == 409
    some = {"payee": "陈建生", "payee_account": "6222 0212 3456 7890"}
    assert press(client, "pay-by-hand", row, **some).status_code == 422
    assert press(client, "pay-by-hand", row, **some, payee_bank="工商银行").status_code == 302
    assert Refund.objects.get(pk=row.pk).payee_account == "6222021234567890"
    assert press(client, "enter-transfer", row, transfer_no="流水").status_code == 422
    assert press(client, "enter-transfer", row, transfer_no="ICBC2026").status_code == 302
    assert press(client, "confirm-transfer", row).status_code == 409
    assert "等另一个人复核" in text(client.get(row.get_absolute_url()))
    client.force_login(approver)
    assert press(client, "confirm-transfer", row).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.checked_by) == ("succeeded", approver)


def test_finance_takes_what_it_transfers_out_as_a_file(client: Client, by: Actor) -> None:
    row = refund(by)
    Refund.objects.filter(pk=row.pk).update(state="sending", by_hand=True)
    Trade.objects.filter(pk=row.trade_id).update(account='=HYPERLINK("x")')
    client.force_login(UserFactory.create(role="finance"))
    assert "导出要转账的" in text(client.get("/refunds?list=by_hand"))
    file = client.post("/refunds/transfers").content.decode("utf-8-sig").splitlines()
    assert file[1].split(",")[:2] == [row.number, row.order.order_no]
    assert "'=HYPERLINK" in file[1]
    assert Act.objects.get(verb="export_transfers").summary == "导出要转账的 1 笔"
    client.force_login(UserFactory.create(role="supervisor"))
    assert client.post("/refunds/transfers").status_code == 403


# Many at once


def test_a_batch_is_looked_at_and_each_answers_for_itself(
    leads: Client, lead: User, by: Actor
) -> None:
    good, own = refund(by, "60.00"), refund(Actor.person(lead))
    ticked: dict[str, Any] = {"act": "approve_refund", "id": [good.pk, own.pk, "x"]}
    shown = leads.get("/refunds/bulk", ticked)
    assert "2 笔里 1 笔可以，共 60.00 元" in text(shown)
    assert "要别人来审" in text(shown)
    token = re.search(r'name="token" value="([^"]+)"', text(shown))
    assert token
    confirmed = ticked | {"confirm": "1", "token": token[1]}
    answer = leads.post("/refunds/bulk", confirmed)
    assert leads.post("/refunds/bulk", confirmed)["Location"] == answer["Location"]  # once
    done = text(leads.get(answer["Location"]))
    assert "2 笔，做了 1 笔" in done
    assert "要别人来审" in done
    states = [Refund.objects.get(pk=row.pk).state for row in (good, own)]
    assert states == ["approved", "review"]


def test_many_are_rejected_with_one_reason(leads: Client, by: Actor) -> None:
    rows = [refund(by), refund(by)]
    ticked: dict[str, Any] = {
        "act": "reject_refund",
        "id": [row.pk for row in rows],
        "token": uuid.uuid4(),
    }
    assert leads.post("/refunds/bulk", ticked | {"confirm": "1"}).status_code == 422
    leads.post("/refunds/bulk", ticked | {"confirm": "1", "why": "已签收超过 7 天"})
    assert {row.ended_why for row in Refund.objects.all()} == {"已签收超过 7 天"}


def test_nothing_ticked_leads_back(leads: Client) -> None:
    assert leads.post("/refunds/bulk", {"act": "approve_refund"})["Location"] == "/refunds"
    assert leads.post("/refunds/bulk", {"act": "nonsense", "id": "1"})["Location"] == "/refunds"
    asked = {"act": "approve_refund", "back": "/refunds?who=mine"}
    assert leads.get("/refunds/bulk", asked)["Location"] == "/refunds?who=mine"


def test_back_and_cancel_lead_to_the_list_with_its_filters(leads: Client, by: Actor) -> None:
    row, back = refund(by, "60.00"), "/refunds?least=50&page=abc"
    ticked: dict[str, Any] = {"act": "approve_refund", "id": [row.pk], "back": back}
    href = 'href="/refunds?least=50&amp;page=abc"'
    assert f"{href}>取消" in text(leads.get("/refunds/bulk", ticked))
    answer = leads.post("/refunds/bulk", ticked | {"token": uuid.uuid4()})
    assert f"{href}>回到退款" in text(leads.get(answer["Location"]))
    assert leads.get("/refunds/bulk", ticked).status_code == 200  # the browser's way back


def test_above_the_limit_it_is_said_before_one_agrees(leads: Client, by: Actor) -> None:
    """A supervisor agrees to 500 yuan alone; of more, page, row and batch say who else must."""
    small, big = refund(by, "258.00"), refund(by, "1161.00")
    queue = text(leads.get("/refunds"))
    assert f'aria-label="{small.number} 通过"' in queue
    assert f'aria-label="{big.number} 同意，还要另一位审"' in queue
    page = text(leads.get(reverse("approve-refund", args=[big.order.order_no, big.pk])))
    assert "超过您一个人可批的 500.00 元" in page
    assert "30 秒" not in page
    assert '<button class="main">同意，还要另一位审</button>' in page
    assert "同意，还要另一位审" in text(leads.get(big.get_absolute_url()))
    ticked: dict[str, Any] = {"act": "approve_refund", "id": [small.pk, big.pk]}
    shown = text(leads.get("/refunds/bulk", ticked))
    assert "2 笔里 2 笔可以，共 1,419.00 元；其中 1 笔 1,161.00 元还要另一位审" in shown
    assert "258.00 元就退，1,161.00 元还要另一位审" in shown
    assert "还要另一位</span>" in shown
    assert "还要另一位审" not in text(leads.get("/refunds/bulk", ticked | {"act": "return_refund"}))


# The owner's limits


def test_the_owner_sets_the_limits(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    assert "500.00" in text(client.get("/refund-limits"))
    typed = {"supervisor": "80", "finance": "900", "large": "700", "often": "2", "payout": "60"}
    for status in (302, 409):  # another owner's page shows what it was before
        answer = client.post("/refund-limits", typed | {"seen": 1, "token": uuid.uuid4()})
        assert answer.status_code == status
    assert client.post("/refund-limits", typed | {"supervisor": "-1"}).status_code == 422
    assert "80.00" in text(client.get("/refund-limits"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_the_time_to_undo_counts_down_and_the_offer_goes_with_it(
    page: Page, signed_in: Any, lead: User, by: Actor
) -> None:
    row = refund(by)
    page.clock.install(time=timezone.now())
    signed_in(page, lead).goto("/refunds")
    page.get_by_role("button", name=f"{row.number} 通过").click()
    undo = page.get_by_role("button", name=f"撤销通过 {row.number}")
    expect(undo).to_be_visible()
    page.clock.fast_forward("00:40")
    expect(undo).to_be_hidden()


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_a_supervisor_clears_the_queue_by_keyboard(
    page: Page, signed_in: Any, lead: User, by: Actor
) -> None:
    rows = [refund(by), refund(by)]
    signed_in(page, lead).goto("/refunds")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text(re.compile(r"剩 \d+ 秒可以撤销"))).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("回到待审核").first).to_be_visible()
    for _ in rows:
        page.wait_for_load_state()
        page.keyboard.press("j")
        page.keyboard.press("r")
        page.locator("dialog [name=why]").fill("已发货")
        page.keyboard.press("Enter")
        expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_text("没有退款")).to_be_visible()
    for width in (390, 721, 960, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
