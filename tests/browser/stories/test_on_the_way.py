"""On the way: what cannot be delivered, what was lost, and what somebody asks (1.4′, 3.b, 7.c)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftersales.models import CarrierClaim, Case
from orders.models import Order
from orders.services.finish import signed
from tests.browser.stories.house import House, fresh
from tests.pictures import photo
from warehouse.models import Enquiry

pytestmark = pytest.mark.django_db(transaction=True)


def on_its_way(house: House) -> Order:
    return house.order(state="shipped", waybill="YT8962646785389", handed_over_at=timezone.now())


def test_nobody_at_home_and_another_address(house: House) -> None:
    """SOP 1.4′: called, reached, the carrier is asked for another address, and delivers."""
    order = on_its_way(house)
    house.agent.contact(order, "快递送不到", "手机")
    house.agent.picks("为什么送不到", "联系不上买家")
    house.agent.does_it()
    case = Case.objects.get()
    house.agent.takes_up(case, "联系买家")
    house.agent.chooses("联系上了")
    house.agent.does_it()
    house.agent.takes_up(case, "改地址再派")
    house.agent.types("整段粘贴", "林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    house.agent.presses("分栏")
    expect(house.agent.page.get_by_label("详细地址")).to_have_value("文三路478号")
    house.agent.types("跟快递说什么", "周末送")
    house.agent.does_it()
    house.agent.reads("等快递：快递答复", "正在等快递答复")
    assert Enquiry.objects.get().to_plain == "林秀英 13912345678 浙江省 杭州市 西湖区 文三路478号"
    house.carrier_says(order, "已办到", "今天派")
    signed(fresh(order), timezone.now(), now=timezone.now())
    house.time_goes_by()
    house.agent.opens(case)
    house.agent.reads("已解决", "快递送到了")


def test_lost_and_sent_once_more(house: House, settings: Any, tmp_path: Path) -> None:
    """SOP 3.b: the carrier says that it is lost, the goods leave again, and the carrier pays."""
    settings.MEDIA_ROOT = tmp_path
    order = on_its_way(house)
    house.agent.contact(order, "少发、没收到，要补发", "手机")
    house.agent.types("补发几件", "1")
    house.agent.picks("原因", "丢件、没收到")
    house.agent.does_it()
    case = Case.objects.get()
    house.agent.takes_up(case, "问快递")
    house.agent.does_it()
    house.carrier_says(order, "已办到", "确认丢件")
    house.agent.takes_up(case, "加照片、凭证")
    picture = {"name": "回复.jpg", "mimeType": "image/jpeg", "buffer": photo("JPEG")}
    house.agent.page.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    house.agent.does_it()
    house.agent.takes_up(case, "补发")
    house.agent.does_it()
    house.sends(Order.objects.latest("id"))
    house.time_goes_by()
    house.agent.takes_up(case, "向快递理赔")
    house.agent.types("要快递赔多少", "60")
    house.agent.types("跟快递怎么说", "整件丢了")
    house.agent.does_it()
    house.agent.reads("已解决：已补发或换货", "等快递赔")
    house.agent.takes_up(case, "快递赔了")
    house.agent.types("赔了多少", "60")
    house.agent.does_it()
    assert CarrierClaim.objects.get().state == "paid"


def test_a_complaint_is_looked_into_and_answered(house: House) -> None:
    """SOP 7.c: written down with whose fault it is, handed to after-sales, answered in time."""
    order = on_its_way(house)
    house.agent.contact(order, "投诉", "手机")
    house.agent.types("怎么回事", "客服一直不回")
    house.agent.picks("投诉什么", "服务、态度")
    house.agent.does_it()
    case = Case.objects.get()
    house.aftersales.takes_up(case, "我来办")
    house.aftersales.does_it()
    house.aftersales.takes_up(case, "答复并结束")
    house.aftersales.types("答复", "查过了，是我们回得慢，向您道歉")
    house.aftersales.does_it()
    house.aftersales.reads("已解决")
    house.agent.opens(order)
    house.agent.reads(case.number)
