"""Bills as the gateways write them, made of what a test wants in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.workdays import CHINA

ALIPAY_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,"
    "券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
FUND_HEAD = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
    "账户余额（元）,交易渠道,业务类型,备注"
)
WECHAT_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


@dataclass(frozen=True)
class Line:
    """A payment; with a number a refund under it. `kind`: the gateway's word, where another."""

    trade: str
    amount: Decimal
    at: datetime
    number: str = ""
    kind: str = ""
    state: str = "SUCCESS"


def alipay(day: date, lines: Sequence[Line], *, said: int | None = None) -> bytes:
    """业务明细."""
    rows = []
    for one in lines:
        kind, sign = one.kind or ("退款" if one.number else "交易"), "-" if one.number else ""
        yuan = f"{sign}{one.amount:.2f}"
        at = f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        rows.append(
            f"{one.trade}\t,W{one.trade[-6:]}\t,{kind}\t,棉衬衫,{at},{at},\t,\t,\t,\t,"
            f"*丽(138****00)\t,{yuan},{yuan},0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,"
            f"{one.number or chr(9)},0.00,0.00,"
        )
    return _commented(
        "业务", ALIPAY_HEAD, day, rows, f"#交易合计：{_n(lines, said)}笔，商家实收共0元"
    )


def fund(day: date, lines: Sequence[Line]) -> bytes:
    """账务明细: it does not name our refunds."""
    rows = []
    for one in lines:
        kind = one.kind or ("交易退款" if one.number else "在线支付")
        came, went = ("0.00", f"-{one.amount}") if one.number else (f"{one.amount}", "0.00")
        at = f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        flow = zlib.crc32(f"{one}".encode())  # the same movement of money, the same number
        rows.append(
            f"{flow:014d}\t,{one.trade}\t,W1\t,棉衬衫\t,{at},*丽\t,{came},{went},99.00,支付宝,{kind},"
        )
    return _commented("账务", FUND_HEAD, day, rows, f"#收入合计：{len(rows)}笔，共0.00元")


def _commented(what: str, head: str, day: date, rows: list[str], total: str) -> bytes:
    end, line = day + timedelta(days=1), "-" * 41
    text = "\r\n".join(
        [
            f"#支付宝{what}明细查询",
            "#账号：[20880211096256330156]",
            f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{end:%Y年%m月%d日} 00:00:00]",
            f"#{line}{what}明细列表{line}",
            head,
            *rows,
            f"#{line}{what}明细列表结束{line}",
            total,
            "#导出时间：[2026年11月26日 05:46:49]",
        ]
    )
    return (text + "\r\n").encode("gbk")


def wechat(lines: Sequence[Line], *, said: int | None = None, mchid: str = "1900000109") -> bytes:
    """交易账单, bill_type=ALL."""
    rows = []
    for one in lines:
        at = f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        yuan = f"{one.amount:.2f}"
        paid, back = ("0.00", yuan) if one.number else (yuan, "0.00")
        state = one.kind or ("REFUND" if one.number else "SUCCESS")
        refund = (
            ["503000", one.number, back, "0.00", "ORIGINAL", one.state]
            if one.number
            else ["0", "0", "0.00", "0.00", "", ""]
        )
        cells = [at, "wx1", mchid, "0", "", one.trade, "T1", "openid", "JSAPI", state]
        cells += ["OTHERS", "CNY", paid, "0.00", *refund, "棉衬衫\\ 长裤", "", "0.06", "0.60%"]
        rows.append(",".join(f"`{cell}" for cell in [*cells, paid, back, ""]))
    count = _n(lines, said)
    total = f"`{count},`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"
    return ("\r\n".join([WECHAT_HEAD, *rows, WECHAT_TOTALS, total]) + "\r\n").encode("utf-8-sig")


def _n(lines: Sequence[Line], said: int | None) -> int:
    return len(lines) if said is None else said


def zipped(data: bytes) -> bytes:
    """As Alipay hands it out: with the totals of the day beside it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "2088_20261125_业务明细(汇总).csv", "#支付宝业务汇总查询\n门店,笔数\n".encode("gbk")
        )
        archive.writestr("2088_20261125_业务明细.csv", data)
    return whole.getvalue()
