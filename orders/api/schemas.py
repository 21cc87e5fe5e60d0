"""What comes in and goes out: money as strings with two places, times by RFC 3339."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.money import ZERO
from orders.api.types import Moment, MomentOut, Money, MoneyOut

State = Literal["unpaid", "paid", "picking", "packed", "shipped", "received", "completed", "closed"]
PayTerms = Literal["prepaid", "cod", "account"]
HowSent = Literal["express", "freight", "pickup"]
PaidBy = Literal["platform", "alipay", "wechat", "bank", "cash"]
Short = Annotated[str, Field(max_length=64)]
Number = Annotated[str, Field(min_length=1, max_length=64)]


class In(BaseModel):
    """Nothing is guessed: no unknown fields, no numbers for text."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class LineIn(In):
    """一种商品"""

    sku: Number = Field(description="商家编码或条码")
    quantity: int = Field(ge=1, le=9999)


class ReceivingIn(In):
    """收货信息；自提只要收货人和一个电话"""

    consignee: Number = Field(description="收货人")
    mobile: Short = Field("", description="手机；和 telephone 至少填一个")
    telephone: Short = ""
    province: str = Field("", max_length=32)
    city: Short = ""
    district: Short = ""
    street: str = Field("", max_length=500, description="详细地址")
    zip_code: str = Field("", max_length=10)


class AccountIn(In):
    """买家账号：认出同一个买家"""

    kind: Literal["wangwang", "qq", "platform"]
    account: Number


class PaymentIn(In):
    """一笔收款；交易号在一种收款方式里只能登记一次"""

    gateway: PaidBy = Field(description="收款方式")
    trade_no: Number = Field(description="交易号")
    amount: Money
    account: str = Field("", max_length=128, description="付款账号")


class OrderIn(In):
    """一张新订单；同一店铺同一个 platform_no 只有一张"""

    platform_no: Number = Field(description="你们的订单号")
    lines: list[LineIn] = Field(min_length=1, max_length=100)
    receiving: ReceivingIn
    terms: PayTerms = Field("prepaid", description="先款后货、货到付款、账期")
    delivery: HowSent = "express"
    carrier: str = Field("", max_length=10, description="快递公司代码；空 = 由仓库安排")
    buyer: AccountIn | None = None
    freight: Money = ZERO
    discount: Money = Field(ZERO, description="整单优惠，分摊到各商品")
    total: Money | None = Field(None, description="应付；给了就核对，不一致不登记")
    message: str = Field("", max_length=1000, description="买家留言")
    ordered_at: Moment | None = Field(None, description="下单时间；空 = 现在")
    payments: list[PaymentIn] = Field([], max_length=10)


class NoteIn(In):
    """一条备注"""

    text: str = Field(min_length=1, max_length=2000)
    for_shop: bool = Field(False, description="同步到店铺后台备注")


class LineOut(BaseModel):
    sku: str
    title: str
    spec: str
    quantity: int
    price: MoneyOut
    amount: MoneyOut


class PaymentOut(BaseModel):
    gateway: PaidBy
    trade_no: str
    side: Literal["buyer", "platform"]
    amount: MoneyOut
    reversed: bool
    at: MomentOut


class ReceivingOut(BaseModel):
    """遮盖过的收货信息"""

    consignee: str
    phone: str
    province: str
    city: str
    district: str
    street: str


class HoldOut(BaseModel):
    kind: str
    label: str
    amount: MoneyOut | None
    opened_at: MomentOut


class OrderOut(BaseModel):
    """一张订单现在的样子"""

    order_no: str
    platform_no: str
    part: int
    shop: str
    state: State
    state_label: str
    version: int
    terms: PayTerms
    delivery: HowSent
    carrier: str
    waybill: str
    receiving: ReceivingOut
    lines: list[LineOut]
    payments: list[PaymentOut]
    holds: list[HoldOut]
    goods_total: MoneyOut
    freight: MoneyOut
    discount: MoneyOut
    due: MoneyOut
    paid: MoneyOut
    paid_by_platform: MoneyOut
    topped_up: MoneyOut
    owed_back: MoneyOut
    is_top_up: bool
    ordered_at: MomentOut
    paid_at: MomentOut | None
    released_at: MomentOut | None
    shipped_at: MomentOut | None
    received_at: MomentOut | None
    completed_at: MomentOut | None
    closed_at: MomentOut | None
    closed_why: str
    merged_into: str  # 合并到哪一单（由它发货），没有合并的为空
    merged_from: list[str]  # 合并进来、由这一单一起发的对方单号
    url: str


class OrdersOut(BaseModel):
    """一页订单；cursor 留到下次用"""

    orders: list[OrderOut]
    cursor: str
    more: bool


class NoteOut(BaseModel):
    order_no: str
    text: str
    for_shop: bool
    at: MomentOut


class FaultOut(BaseModel):
    pointer: str
    code: str
    detail: str
    source: Literal["body", "query", "header", "path"]


class ProblemOut(BaseModel):
    """错误（RFC 9457）"""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultOut] = []
    clause: str = ""
    instead: str = ""
    order_no: str = ""
