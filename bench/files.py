"""A generated export of Taobao: 46 columns, GBK, quirks included."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from django.utils import timezone

from orders.models import Order
from orders.services.seed.goods import skus
from orders.services.seed.people import person
from orders.services.seed.year import moments

_HEADER = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
    "买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,"
    "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,"
    "宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,"
    "特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,"
    "异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,退款金额,预约门店"
)
HEADER = _HEADER.split(",")
STATES = ("买家已付款，等待卖家发货", "卖家已发货，等待买家确认", "交易成功")


def taobao_export(path: Path, orders: int, now: datetime) -> int:
    """Write `orders` orders, one row each, as the platform does; says how many bytes."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        writer.writerows(_rows(orders, now))
    return path.stat().st_size


def _rows(orders: int, now: datetime) -> Iterator[list[str]]:
    rng, goods = Random(46), list(skus())
    for number, at in enumerate(moments(orders, now), start=1):
        who, sku, state = person(rng, number), rng.choice(goods), rng.choice(STATES)
        region, local = who.region, timezone.localtime(at)
        amount, when = f"{sku.price:.2f}", f"{local:%Y-%m-%d %H:%M:%S}"
        sent = state is not STATES[0]
        values = {
            "订单编号": f'="35{number:010d}00000"',
            "买家会员名": who.wangwang,
            "买家支付宝账号": f"{who.wangwang}@example.com",
            "买家应付货款": amount,
            "买家应付邮费": "0.00",
            "总金额": amount,
            "买家实际支付金额": amount,
            "订单状态": state,
            "收货人姓名": who.name,
            "收货地址 ": f"{region.province} {region.city} {region.district} {who.street}(000000)",
            "运送方式": "快递",
            "联系手机": f"'{who.mobile}",
            "订单创建时间": when,
            "订单付款时间 ": when,
            "宝贝标题 ": sku.name,
            "宝贝种类 ": "1",
            "物流单号 ": f"No:YT{rng.randrange(10**13):013d}" if sent else "",
            "物流公司": "圆通速递" if sent else "",
            "宝贝总数量": "1",
            "店铺名称": "棉麻生活馆",
            "订单关闭原因": "订单未关闭",
            "退款金额": "0.00",
        }
        yield [values.get(name, "") for name in HEADER]


def columns() -> list[str]:
    """What COPY carries: an order's columns."""
    return [str(field.column) for field in Order._meta.concrete_fields]
