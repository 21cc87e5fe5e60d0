"""The pages of cases of goods that have left: what the buttons lead to, and the claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.models import CarrierClaim, Case
from aftersales.services.claims import claim_carrier
from aftersales.services.undeliverable import let_return, open_undeliverable, redeliver
from core.acts import Actor
from core.models import Act
from orders.models import Order
from tests.acts.pages import do, fields
from tests.aftersales.asking import arrived, inspected, newest, now_of
from tests.aftersales.test_pages import act, client
from tests.pictures import photo
from tests.refunds.asking import by_alipay, own_shop, paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def sent() -> Order:
    about = {"shop": own_shop(), "state": "shipped", "carrier": "YTO", "waybill": "YT8962646785389"}
    return by_alipay(paid_order(72, now=timezone.now(), **about))


def test_a_new_address_is_pasted_and_only_who_reveals_it_sees_it(agent_client: Client) -> None:
    """SOP 1.4′.a, 3.b; architecture §7: logistics reads it to the carrier."""
    order, logistics = sent(), client("logistics")
    do(agent_client, "open-undeliverable", order, reason="bad_address")
    url = reverse("redirect-parcel", args=[newest().number])
    pasted = {"paste": "林小满 17712345678 广东省深圳市福田区农园路66号", "split": "1"}
    data = fields(agent_client.get(url).content.decode())
    typed = fields(agent_client.post(url, data | pasted).content.decode())
    assert (typed["consignee"], typed["city"], typed["street"]) == (
        "林小满",
        "深圳市",
        "农园路66号",
    )
    assert agent_client.post(url, typed | {"mobile": "12"}).status_code == 422
    assert agent_client.post(url, typed | {"channel": "telephone"}).status_code == 302
    for page in (reverse("enquiries"), reverse("way", args=[order.order_no])):
        html = logistics.get(page).content.decode()
        assert ("177****5678" in html, "17712345678" in html) == (True, False)
    logistics.post(reverse("reveal", args=[order.order_no]), {"reason": "联系快递"})
    way = logistics.get(reverse("way", args=[order.order_no])).content.decode()
    assert "林小满 17712345678 广东省 深圳市 福田区 农园路66号" in way
    acts = Act.objects.filter(verb__in=["redirect_parcel", "ask_carrier"])
    assert not any("农园路66号" in f"{one.summary}{one.changes}" for one in acts)


def test_a_carrier_is_no_warehouse_and_a_parcel_on_its_way_is_nobodys(
    agent_client: Client, by: Actor
) -> None:
    """What stands at the top of a case; no slip of a buyer comes with it (8, 1.4.d)."""
    open_undeliverable(sent(), "refused", None, by=by, now=timezone.now())
    case = newest()
    redeliver(case, "", timezone.now(), by=by, now=timezone.now())
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert ("等快递：快递答复" in html, "等仓库" in html) == (True, False)
    let_return(now_of(case), "", by=by, now=timezone.now())
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert "时限暂停（货在路上）" in html
    assert "打印退货单" not in html


def test_undeliverable_from_the_order_to_the_claim(agent_client: Client, by: Actor) -> None:
    """By hand: attempts, back to us, sent again for nothing; the carrier pays (1.4′, 3.b)."""
    order = sent()
    keeps = timezone.localdate() + timedelta(days=3)
    html = agent_client.get(reverse("open-undeliverable", args=[order.order_no])).content.decode()
    assert f'value="{keeps:%Y-%m-%d}"' in html  # the carrier's own number of days
    answer = do(agent_client, "open-undeliverable", order, reason="turned_back")
    page = agent_client.get(answer.url).content.decode()
    assert "快递送不到" in page
    case = newest()
    act(agent_client, case, "contact-buyer", result="left", channel="telephone")
    html = agent_client.get(case.get_absolute_url()).content.decode()
    for text in ("还有 3 天", "联系过 1 次", "一直联系不上您", "请快递再派", "改地址再派"):
        assert text in html
    act(agent_client, case, "let-return")
    case = inspected(arrived(now_of(case), by), by, now=timezone.now())
    answer = act(agent_client, case, "resend-goods")
    html = agent_client.get(answer.url).content.decode()
    assert Order.objects.latest("id").order_no in html
    assert "不用您再付钱" in html
    _claim(agent_client, case)


def test_a_day_mistyped_is_told_at_its_field(agent_client: Client) -> None:
    """What is over long ago is neither a last day nor a time to call again (1.4′)."""
    order = sent()
    long_ago = {"reason": "turned_back", "keeps_until": "0001-01-01"}
    answer = do(agent_client, "open-undeliverable", order, **long_ago)
    assert answer.status_code == 422
    assert "保管日期不会早于下单" in answer.content.decode()
    do(agent_client, "open-undeliverable", order, reason="turned_back")
    typed = {"result": "left", "channel": "telephone", "again": "0001-01-01T00:00"}
    answer = act(agent_client, newest(), "contact-buyer", **typed)
    assert answer.status_code == 422
    assert "要选一个以后的时间" in answer.content.decode()


def _claim(agent_client: Client, case: Case) -> None:
    act(agent_client, case, "claim-carrier", amount="80", why="退回了")
    assert case.number in agent_client.get(reverse("claims")).content.decode()
    act(client("finance"), case, "claim-paid", got="50.00", said="赔一半")
    claim = CarrierClaim.objects.get()
    assert (claim.state, str(claim.got)) == ("paid", "50.00")
    assert case.number not in agent_client.get(reverse("claims")).content.decode()
    assert "赔一半" in agent_client.get("/claims?ended=1").content.decode()


def test_reship_with_a_photo_from_the_order_to_the_further_order(
    agent_client: Client, settings: Any, tmp_path: Any
) -> None:
    """SOP 3.b: the photo that shows it comes with the request."""
    settings.MEDIA_ROOT = tmp_path
    order = sent()
    kinds = agent_client.get(reverse("open-case", args=[order.order_no])).content.decode()
    assert reverse("open-reship", args=[order.order_no]) in kinds
    html = agent_client.get(reverse("open-reship", args=[order.order_no])).content.decode()
    assert 'enctype="multipart/form-data"' in html
    line = order.lines.order_by("id").first()
    picture = SimpleUploadedFile("箱子.png", photo(), "image/png")
    typed = {"reason": "damaged", f"send-{line.pk if line else 0}": "1", "evidence": [picture]}
    do(agent_client, "open-reship", order, **typed)
    case = newest()
    assert case.evidence.count() == 1
    html = agent_client.get(act(agent_client, case, "resend-goods").url).content.decode()
    for text in (Order.objects.latest("id").order_no, "不用您再付钱", "向快递理赔"):
        assert text in html


def test_claims_ask_a_fixed_number_of_queries(
    agent_client: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        open_undeliverable(sent(), "turned_back", None, by=by, now=timezone.now())
        claim_carrier(newest(), newest().order.due, "丢了", by=by, now=timezone.now())  # type: ignore[union-attr]
    with django_assert_max_num_queries(9):
        agent_client.get(reverse("claims"))
