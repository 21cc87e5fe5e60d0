"""The bills of the imitated gateways, out of what was really paid and refunded there (SOP 6.d)."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.sandbox.state import State

CHINA = ZoneInfo("Asia/Shanghai")
_ALIPAY = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,"
    "券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_WECHAT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


def over(day: str) -> date | None:
    """The day, if it is one and over."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return found if found < datetime.now(CHINA).date() else None


def alipay_bill(state: State, day: date) -> bytes:
    """业务明细, zipped; nothing where nothing happened."""
    rows = list(_alipay_rows(state, day))
    if not rows:
        return b""
    end, line = day + timedelta(days=1), "-" * 41
    text = "\r\n".join(
        [
            "#支付宝业务明细查询",
            "#账号：[20880000000000010156]",
            f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{end:%Y年%m月%d日} 00:00:00]",
            f"#{line}业务明细列表{line}",
            _ALIPAY,
            *rows,
            f"#{line}业务明细列表结束{line}",
            f"#交易合计：{len(rows)}笔，商家实收共0.00元，商家优惠共0.00元",
        ]
    )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"20880000000000010156_{day:%Y%m%d}_业务明细.csv", text.encode("gbk"))
    return whole.getvalue()


def _alipay_rows(state: State, day: date) -> Iterator[str]:
    for number, trade in state.store("alipay").get("trades", {}).items():
        if trade["at"].date() == day:
            yield _alipay_row(number, "交易", trade["at"], f"{trade['amount']:.2f}", "")
    for one in state.effects("alipay", "refund"):
        at = one.at.astimezone(CHINA)
        if at.date() == day:
            yield _alipay_row(one.data["trade_no"], "退款", at, f"-{one.data['amount']}", one.key)


def _alipay_row(trade: str, kind: str, at: datetime, yuan: str, number: str) -> str:
    when = f"{at:%Y-%m-%d %H:%M:%S}"
    return (
        f"{trade}\t,T{trade[-8:]}\t,{kind}\t,演练商品,{when},{when},\t,\t,\t,\t,*丽(dem***)\t,"
        f"{yuan},{yuan},0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,{number or chr(9)},0.00,0.00,"
    )


def wechat_bill(state: State, day: date) -> bytes:
    """交易账单 (ALL) as text; nothing where nothing happened."""
    rows = list(_wechat_rows(state, day))
    if not rows:
        return b""
    totals = f"`{len(rows)},`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"
    return ("\r\n".join([_WECHAT, *rows, _TOTALS, totals]) + "\r\n").encode()


def _wechat_rows(state: State, day: date) -> Iterator[str]:
    store = state.store("wechatpay")
    for number, fen, at in store.get("paid", []):
        if at.date() == day:
            yield _wechat_row(at, number, "SUCCESS", fen, ["0", "0", "0.00", "0.00", "", ""])
    for one in store.get("refunds", {}).values():
        fen, at = one["amount"]["refund"], one["_at"]
        status = "SUCCESS" if one["status"] == "SUCCESS" else "PROCESSING"
        refund = [one["refund_id"], one["out_refund_no"], _yuan(fen), "0.00", "ORIGINAL", status]
        if at.date() == day:
            yield _wechat_row(at, one["transaction_id"], "REFUND", fen, refund)


def _wechat_row(at: datetime, trade: str, state: str, fen: int, refund: list[str]) -> str:
    paid, back = (_yuan(fen), "0.00") if state == "SUCCESS" else ("0.00", _yuan(fen))
    cells = [f"{at:%Y-%m-%d %H:%M:%S}", "wx1", "1900000109", "0", "", trade, f"T{trade[-8:]}"]
    cells += ["openid", "JSAPI", state, "OTHERS", "CNY", paid, "0.00", *refund]
    cells += ["演练商品", "", "0.00000", "0.60%", paid, back, ""]
    return ",".join(f"`{cell}" for cell in cells)


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def packed(data: bytes) -> bytes:
    """As `tar_type=GZIP` asks for."""
    return gzip.compress(data, mtime=0)
