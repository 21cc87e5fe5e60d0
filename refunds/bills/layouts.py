"""The bills as Alipay and WeChat Pay hand them out: their columns by name, and what rows mean.

Alipay, 业务明细 (`bill_type=trade`) and 账务明细 (`signcustomer`), GBK, comments with `#`, cells
padded with tabs: opendocs.alipay.com, alipay.data.dataservice.bill.downloadurl.query and 对账说明
(open/204/106262). The request number of a refund stands in 退款批次号/请求号; 账务明细 has none.
WeChat Pay v3, `/v3/bill/tradebill` (ALL, SUCCESS, REFUND), UTF-8, a grave accent before each cell,
two lines of totals at the end: pay.weixin.qq.com, 交易账单文件格式说明 (merchant 4013071246) and
下载账单 (4013071238). A payment stands on the day it succeeded, a refund on the day WeChat took
it up, and its state is never brought up to date. 退款状态 is SUCCESS, PROCESSING, FAIL or CHANGE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.tables.cells import amount, moment, plain
from core.tables.errors import Bad
from refunds.bills.entry import Entry
from refunds.words import BillWhat, There

W = BillWhat
Cells = Mapping[str, str]  # plain header → bare cell
ALIPAY, WECHATPAY = "alipay", "wechatpay"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of bill. `needed`: without these columns it is another."""

    name: str
    gateway: str
    label: str
    needed: tuple[str, ...]
    payments: bool
    refunds: bool
    read: Callable[[int, Cells], Entry]

    def fits(self, header: list[str]) -> bool:
        return {plain(name) for name in self.needed} <= set(header)


def _first(cells: Cells, *names: str) -> str:
    """The first of these columns that there is; WeChat's older bills call some otherwise."""
    return next((cells[plain(name)] for name in names if plain(name) in cells), "")


def _yuan(cells: Cells, *names: str) -> Decimal:
    text = _first(cells, *names)
    try:
        if not text:
            raise ValueError("没有金额。")
        return abs(amount(text[:64]))
    except ValueError as error:
        raise Bad(names[0], text[:200], str(error)) from None


def _entry(line: int, what: BillWhat, cells: Cells, when: str, **more: object) -> Entry:
    text = _first(cells, when)
    try:
        at = moment(text)
    except ValueError as error:
        raise Bad(when, text[:200], str(error)) from None
    return Entry(line, what, at=at, **more)  # type: ignore[arg-type]


def _number(cells: Cells, name: str) -> str:
    text = _first(cells, name)
    if not text or len(text) > 64 or text == "0":
        raise Bad(name, text[:200], "没有交易号，或者太长。")
    return text


# -- Alipay --------------------------------------------------------------------------------------


def _trade_row(line: int, cells: Cells) -> Entry:
    kind = _first(cells, "业务类型")
    what = {"交易": W.PAYMENT, "退款": W.REFUND}.get(kind, W.UNKNOWN)
    return _entry(
        line,
        what,
        cells,
        "完成时间",
        trade=_number(cells, "支付宝交易号"),
        number=_first(cells, "退款批次号/请求号")[:64] if what is W.REFUND else "",
        amount=_yuan(cells, "订单金额（元）"),
        label=kind[:64],
    )


PAID_IN = ("在线支付", "交易付款")
PAID_BACK = ("交易退款",)
# Money that moves without a buyer: counted on the bill's page, not compared.
ASIDE = ("收费", "退费", "提现", "交易分账", "服务费")


def _fund_kind(kind: str, came_in: Decimal) -> BillWhat:
    if kind in PAID_IN:
        return W.PAYMENT if came_in else W.UNKNOWN
    if kind in PAID_BACK:
        return W.REFUND if not came_in else W.UNKNOWN
    return W.ASIDE if kind in ASIDE else W.UNKNOWN


def _fund_row(line: int, cells: Cells) -> Entry:
    kind = _first(cells, "业务类型", "账务类型")
    came_in = _yuan(cells, "收入金额（+元）") if _first(cells, "收入金额（+元）") else Decimal(0)
    went_out = _yuan(cells, "支出金额（-元）") if _first(cells, "支出金额（-元）") else Decimal(0)
    what = _fund_kind(kind, came_in)
    compared = what in (W.PAYMENT, W.REFUND)
    trade = _number(cells, "业务流水号") if compared else _first(cells, "业务流水号")[:64]
    both = {"trade": trade, "amount": came_in or went_out, "label": kind[:64]}
    return _entry(line, what, cells, "发生时间", **both)


# -- WeChat Pay ----------------------------------------------------------------------------------

STANDS = {"": There.DONE, "SUCCESS": There.DONE, "PROCESSING": There.PROCESSING}
FAILED = {"FAIL": There.FAILED, "CHANGE": There.FAILED}


def _wechat_row(line: int, cells: Cells) -> Entry:
    state = _first(cells, "交易状态")
    trade = _number(cells, "微信订单号")
    if state == "SUCCESS":
        total = _yuan(cells, "订单金额", "总金额", "应结订单金额")
        return _entry(line, W.PAYMENT, cells, "交易时间", trade=trade, amount=total, label="支付")
    if state == "REFUND":
        return _wechat_refund(line, cells, trade)
    return _entry(line, W.UNKNOWN, cells, "交易时间", trade=trade, label=state[:64])


def _wechat_refund(line: int, cells: Cells, trade: str) -> Entry:
    stands = _first(cells, "退款状态")
    there = (STANDS | FAILED).get(stands)
    when = "退款申请时间" if _first(cells, "退款申请时间") else "交易时间"
    return _entry(
        line,
        W.REFUND if there else W.UNKNOWN,
        cells,
        when,
        trade=trade,
        number=_number(cells, "商户退款单号"),
        amount=_yuan(cells, "申请退款金额", "退款金额"),
        label=f"退款 {stands}"[:64],
        there=there or There.DONE,
    )


_WECHAT = ("交易时间", "商户号", "微信订单号", "交易状态")
_REFUNDS = ("商户退款单号", "退款金额", "退款状态")
LAYOUTS = (
    Layout(
        "alipay_trade",
        ALIPAY,
        "支付宝业务明细",
        ("支付宝交易号", "业务类型", "完成时间", "订单金额（元）", "退款批次号/请求号"),
        True,
        True,
        _trade_row,
    ),
    Layout(
        "alipay_fund",
        ALIPAY,
        "支付宝账务明细",
        ("账务流水号", "业务流水号", "发生时间", "收入金额（+元）", "支出金额（-元）", "业务类型"),
        True,
        True,
        _fund_row,
    ),
    Layout(
        "wechat_refund",
        WECHATPAY,
        "微信支付退款账单",
        (*_WECHAT, *_REFUNDS, "退款申请时间"),
        False,
        True,
        _wechat_row,
    ),
    Layout(
        "wechat_all", WECHATPAY, "微信支付交易账单", (*_WECHAT, *_REFUNDS), True, True, _wechat_row
    ),
    Layout("wechat_paid", WECHATPAY, "微信支付支付账单", _WECHAT, True, False, _wechat_row),
)
BY_NAME = {layout.name: layout for layout in LAYOUTS}
