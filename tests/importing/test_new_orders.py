"""What a platform's export becomes the first time (SOP 5.a, 5.h)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import Act
from core.money import ZERO
from orders.factories import ShopFactory
from orders.models import BuyerAccount, Hold, ImportRejection, Order, Payment, Trade
from orders.words import HoldKind
from stock.factories import SkuFactory
from tests.formats.files import douyin, jd, pdd, taobao, taobao_items
from tests.importing.conftest import Load, the_order

pytestmark = pytest.mark.django_db


def holds(order: Order) -> dict[tuple[str, str], str]:
    return {(h.kind, h.cause): h.reason for h in order.holds.filter(state="open")}


def test_a_paid_order_comes_in_whole(load: Load) -> None:
    counts = load(taobao({"买家留言": "请用顺丰", "订单备注": "老客户", "发票抬头": "某某公司"}))
    assert counts == {"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    order = the_order()
    assert (order.state, order.platform_no) == ("paid", "35153131473000001")
    assert (order.consignee, order.mobile, order.mobile_tail) == ("薛小安", "13900000165", "0165")
    assert order.region == "广东省 广州市 越秀区"
    assert (order.street, order.zip_code) == ("黄花岗街道环市东路 10 号 1101", "510180")
    assert (order.buyer_message, order.seller_memo) == ("请用顺丰", "老客户")
    assert order.invoice_title == "某某公司"
    assert (order.goods_total, order.freight, order.due) == (
        Decimal("201.12"),
        Decimal("10.00"),
        Decimal("211.12"),
    )
    assert order.facts().unpaid_rest == ZERO
    assert holds(order) == {}


def test_a_masked_account_is_nobodys(load: Load) -> None:
    """Two people whose names the platform masked alike are not one buyer (SOP 1.1.b)."""
    load(taobao({"买家会员名": "t***1"}, {"买家会员名": "t***1"}))
    assert {order.buyer_account for order in Order.objects.all()} == {"t***1"}
    assert (Order.objects.exclude(buyer=None).count(), BuyerAccount.objects.count()) == (0, 0)


def test_our_number_is_of_the_day_and_counts_on(load: Load) -> None:
    load(taobao({}, {}))
    load(taobao({"订单编号": "9999999999999999"}))
    numbers = [order.order_no for order in Order.objects.order_by("id")]
    assert [no[-4:] for no in numbers] == ["0001", "0002", "0003"]
    assert all(no.startswith("G") and len(no) == 11 for no in numbers)


def test_what_was_paid_is_a_trade_with_a_share(load: Load) -> None:
    load(taobao({}))
    payment = Payment.objects.select_related("trade", "order").get()
    assert payment.amount == payment.trade.paid == payment.order.paid == Decimal("211.12")
    assert payment.trade.paid_at == payment.order.paid_at


def test_orders_paid_together_share_one_trade(load: Load) -> None:
    load(taobao({"支付单号": "2017070821009999"}, {"支付单号": "2017070821009999"}, columns=61))
    trade = Trade.objects.get()
    assert trade.number == "2017070821009999"
    assert trade.paid == sum((p.amount for p in trade.payments.all()), ZERO) == Decimal("422.24")


def test_an_unpaid_order_owes_what_it_costs(load: Load) -> None:
    load(taobao({"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0.00"}))
    order = the_order()
    assert (order.state, order.paid, order.ship_by) == ("unpaid", ZERO, None)
    assert order.facts().unpaid_rest == Decimal("211.12")
    assert not Payment.objects.exists()


@pytest.mark.parametrize(("status", "reminded"), [("等待买家付款", True), ("", False)])
def test_nobody_is_dunned_on_a_guess(load: Load, status: str, reminded: bool) -> None:
    """A file without a status may leave out that it was paid (SOP 2.a)."""
    today = timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")
    unpaid = {"订单付款时间": "", "买家实际支付金额": "0.00", "订单创建时间": today}
    load(taobao(unpaid | {"订单状态": status}))
    order = the_order()
    assert order.state == "unpaid"
    assert [bool(order.remind_at), bool(order.close_at)] == [reminded, reminded]


def test_the_platforms_discount_is_paid_by_the_platform(load: Load) -> None:
    ShopFactory.create(code="pdd", channel="pdd")
    load(pdd({}), code="pdd")
    order = the_order()
    assert order.paid_by_platform == Decimal("20.00")
    assert order.paid == Decimal("1180.00")
    assert order.facts().unpaid_rest == ZERO


def test_a_paid_order_must_leave_within_the_shops_hours(load: Load) -> None:
    load(taobao({}))
    order = the_order()
    assert order.paid_at is not None
    assert order.ship_by is not None
    assert (order.ship_by - order.paid_at).total_seconds() == order.shop.ship_by_h * 3600


def test_a_presale_has_no_computed_promise(load: Load) -> None:
    load(taobao({"分阶段订单信息": "阶段1,已付款,100"}))
    assert the_order().ship_by is None


def test_lines_are_our_skus_by_the_sellers_code(load: Load) -> None:
    sku = SkuFactory.create(code="YO-PAN-20", style_no="PAN", colour="银色", size="20厘米")
    load(taobao({}), taobao_items({}))
    line = the_order().lines.get()
    assert (line.sku, line.style_no) == (sku, "PAN")
    assert (line.colour, line.size, line.quantity) == ("银色", "20厘米", 1)


def test_the_buyers_changed_sku_is_the_styles_other_variant(load: Load) -> None:
    SkuFactory.create(code="YO-PAN-20", style_no="PAN", colour="银色", size="20厘米")
    other = SkuFactory.create(code="YO-PAN-24", style_no="PAN", colour="银色", size="24厘米")
    load(taobao({"修改后的sku": "颜色分类：银色;尺码：24厘米"}), taobao_items({}))
    assert the_order().lines.get().sku == other


def test_the_buyers_changed_address_wins(load: Load) -> None:
    load(taobao({"修改后的收货地址": "薛小安，86-13900000165，浙江省 杭州市 西湖区 文三路1号"}))
    assert the_order().region == "浙江省 杭州市 西湖区"


def test_the_buyer_is_found_again_by_the_account(load: Load) -> None:
    load(taobao({"买家会员名": "tb_chen"}, {"买家会员名": "tb_chen"}, {"买家会员名": "tb_li"}))
    assert BuyerAccount.objects.count() == 2
    first, second, third = Order.objects.order_by("id")
    assert first.buyer_id == second.buyer_id != third.buyer_id


def test_one_member_name_is_one_buyer_on_taobao_and_tmall(load: Load) -> None:
    ShopFactory.create(code="tm", channel="tmall")
    load(taobao({"买家会员名": "tb_chen"}))
    load(taobao({"买家会员名": "tb_chen"}), code="tm")
    assert len({order.buyer_id for order in Order.objects.all()}) == 1


def test_one_number_in_two_shops_is_two_orders(load: Load) -> None:
    ShopFactory.create(code="tb2")
    load(taobao({}))
    assert load(taobao({}), code="tb2")["created"] == 1
    assert Order.objects.count() == 2


def test_several_waybills_all_find_the_order(load: Load) -> None:
    load(
        taobao(
            {
                "订单状态": "卖家已发货，等待买家确认",
                "物流单号": "No:YT1234567890123,No:YT9876543210987",
                "物流公司": "圆通速递",
            }
        )
    )
    order = the_order()
    assert (order.state, order.carrier, order.waybill) == ("shipped", "YTO", "YT1234567890123")
    assert [old.number for old in order.old_waybills.all()] == ["YT9876543210987"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("广东省", "城市没有填"),
        ("广东省 杭州市 西湖区 文三路1号", "杭州市"),
        ("", "没有详细地址"),
    ],
)
def test_an_address_that_cannot_be_delivered_to_waits_for_review(
    load: Load, address: str, said: str
) -> None:
    load(taobao({"收货地址": address}))
    assert said in holds(the_order())["review", "address"]


@pytest.mark.parametrize("mobile", ["", "12345"])
def test_a_telephone_that_nobody_answers_waits_for_review(load: Load, mobile: str) -> None:
    load(taobao({"联系手机": mobile}))
    assert "电话" in holds(the_order())["review", "address"]


def test_an_address_without_separators_is_split(load: Load) -> None:
    load(taobao({"收货地址": "广东深圳市福田区农园路66号"}))
    order = the_order()
    assert (order.region, order.street) == ("广东省 深圳市 福田区", "农园路66号")
    assert holds(order) == {}


def test_masked_data_is_kept_flagged_and_not_checked(load: Load) -> None:
    ShopFactory.create(code="dy", channel="douyin")
    load(douyin({}), code="dy")
    order = the_order()
    assert (order.consignee, order.mobile, order.masked) == ("##密文", "$$密文", True)
    assert holds(order) == {}


def test_one_order_over_many_rows_counts_its_amount_once(load: Load) -> None:
    ShopFactory.create(code="jd", channel="jd")
    load(
        jd(
            {"订单号": "JD1", "货号": "A", "应付金额": "490.00"},
            {"订单号": "JD1", "货号": "B", "订购数量": "2", "应付金额": "490.00"},
        ),
        code="jd",
    )
    order = the_order()
    assert order.lines.count() == 2
    assert order.total_paid == order.due
    assert order.goods_count == 3


def test_lines_that_cannot_be_told_apart_wait_for_a_person(load: Load) -> None:
    ShopFactory.create(code="dy", channel="douyin")
    load(douyin({"子订单编号": "1;2", "选购商品": "甲;乙", "商品数量": "3"}), code="dy")
    order = the_order()
    assert order.lines_unclear
    assert not order.lines.exists()


def test_an_open_after_sale_holds_the_order(load: Load) -> None:
    ShopFactory.create(code="pdd", channel="pdd")
    load(pdd({"售后状态": "退款中"}), code="pdd")
    assert ("refund", "platform") in holds(the_order())


def test_a_top_up_order_is_none_to_send(load: Load) -> None:
    load(taobao({"宝贝标题": "补差价专拍 1元", "收货地址": ""}))
    order = the_order()
    assert order.is_top_up
    assert holds(order) == {}


def test_a_top_up_is_known_by_the_shops_codes(load: Load) -> None:
    shop = ShopFactory.create(code="tb3")
    from core.acts import TIMER, act

    with act("save_shop", shop, by=TIMER) as (row, _):
        row.top_up_codes = ["YO-PAN-20"]
    load(taobao({}), taobao_items({}), code="tb3")
    assert the_order().is_top_up


def test_a_top_up_is_proposed_to_the_order_that_waits_for_it(load: Load) -> None:
    from staff.models import Notice

    load(taobao({"买家会员名": "tb_chen"}))
    main = the_order()
    from core.acts import TIMER, act
    from orders.services.hold import open_hold

    with act("hold", main, by=TIMER) as (row, log):
        amount = Decimal("20.00")
        open_hold(row, HoldKind.TOP_UP, "补差价", by=TIMER, now=log.act.at, amount=amount)
    paid = {"买家应付货款": "20.00", "买家应付邮费": "0", "总金额": "20.00"}
    load(
        taobao(
            {
                "订单编号": "777700000000",
                "买家会员名": "tb_chen",
                "宝贝标题": "补差价",
                "买家实际支付金额": "20.00",
                **paid,
            }
        )
    )
    notice = Notice.objects.get()
    assert main.order_no in notice.text
    assert "20.00" in notice.text


def test_each_order_has_its_line_in_the_timeline_and_history_with_the_acts_id(load: Load) -> None:
    load(taobao({}, {}))
    whole = Act.objects.get(part_of=None, verb="import_orders")
    for order in Order.objects.all():
        told = Act.objects.get(order_no=order.order_no)
        assert (told.part_of_id, told.summary) == (whole.pk, "导入新订单")
        past = order.history.get()
        assert (past.history_change_reason, past.history_type) == (whole.pk, "+")
        assert past.consignee == order.consignee
        assert order.lines.get().history.get().history_change_reason == whole.pk


def test_a_row_that_cannot_be_used_is_told_and_the_others_come_in(load: Load) -> None:
    counts = load(taobao({}, {"总金额": "两百"}, {}))
    assert (counts["created"], counts["rejected"]) == (2, 1)
    rejected = ImportRejection.objects.get()
    assert (rejected.line, rejected.column, rejected.value) == (3, "总金额", "两百")
    assert "金额" in rejected.reason


def test_a_number_ruined_by_a_spreadsheet_is_refused(load: Load) -> None:
    assert load(taobao({"订单编号": "3.51531E+16"}))["rejected"] == 1
    assert "科学计数法" in ImportRejection.objects.get().reason
    assert not Order.objects.exists()


def test_the_products_file_alone_says_what_is_missing(load: Load) -> None:
    with pytest.raises(CommandError, match="宝贝明细"):
        load(taobao_items({}))


def test_an_unknown_shop_is_told_with_the_known_ones(load: Load) -> None:
    with pytest.raises(CommandError, match="tb1"):
        call_command("import_orders", __file__, shop="nobody")


def test_nothing_of_the_file_stays_behind(load: Load, files: object) -> None:
    from pathlib import Path

    load(taobao({}))
    assert [path for path in Path(str(files)).rglob("*") if path.is_file()] == []


def test_holds_of_an_import_have_history(load: Load) -> None:
    load(taobao({"收货地址": "广东省"}))
    assert Hold.objects.get().history.count() == 1
