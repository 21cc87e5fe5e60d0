"""One label for each state and kind of the orders room (SOP §8)."""

from __future__ import annotations

from core.words import Words


class Channel(Words):
    TAOBAO = "taobao", "淘宝"
    TMALL = "tmall", "天猫"
    JD = "jd", "京东"
    PDD = "pdd", "拼多多"
    DOUYIN = "douyin", "抖音"
    YOUZAN = "youzan", "有赞"
    OWN = "own", "自有商城"
    TELEPHONE = "telephone", "电话"
    EMAIL = "email", "邮件"
    FAX = "fax", "传真"


BY_HAND = frozenset({Channel.TELEPHONE, Channel.EMAIL, Channel.FAX, Channel.OWN})


class OrderState(Words):
    UNPAID = "unpaid", "未付款"
    PAID = "paid", "已付款"
    PICKING = "picking", "配货中"
    PACKED = "packed", "已打包"
    SHIPPED = "shipped", "已发货"
    RECEIVED = "received", "已签收"
    COMPLETED = "completed", "已完成"
    CLOSED = "closed", "已关闭"


UNSHIPPED = frozenset({OrderState.UNPAID, OrderState.PAID, OrderState.PICKING, OrderState.PACKED})


class Terms(Words):
    PREPAID = "prepaid", "先款后货"
    COD = "cod", "货到付款"
    ACCOUNT = "account", "账期"


class Delivery(Words):
    EXPRESS = "express", "快递"
    FREIGHT = "freight", "物流"
    PICKUP = "pickup", "自提"


class HoldKind(Words):
    REVIEW = "review", "审单"
    STOCK_OUT = "stock_out", "缺货"
    CUSTOMER = "customer", "客户考虑"
    GOODS = "goods", "等货"
    TOP_UP = "top_up", "补差价"
    INTERCEPT = "intercept", "拦截"
    REFUND = "refund", "退款"


class HoldState(Words):
    OPEN = "open", "挂起"
    LIFTED = "lifted", "已解除"


class ReviewCode(Words):
    """What a review rule may find on a paid order (SOP 2.b); the chips of the queue."""

    MONEY = "money", "金额不符"
    ADDRESS = "address", "地址"
    PHONE = "phone", "电话"
    MESSAGE = "message", "买家留言"
    MEMO = "memo", "客服备注"
    TOP_UP = "top_up", "补差价"
    MERGE = "merge", "可合单"
    BLOCKED = "blocked", "黑名单"
    AMOUNT = "amount", "大额"
    FINANCE = "finance", "财务复审"
    REMOTE = "remote", "偏远地区"
    MASKED = "masked", "信息被遮盖"
    UNCLEAR = "unclear", "明细待确认"
    UNKNOWN = "unknown", "没有对应商品"
    REFUNDED = "refunded", "平台已退款"
    AFTER_SALE = "after_sale", "平台售后"
    STOCK = "stock", "缺货"
    HELD = "held", "审单挂起"


class HitState(Words):
    OPEN = "open", "待审"
    PASSED = "passed", "已放行"
    GONE = "gone", "已消失"


class BlockKind(Words):
    ACCOUNT = "account", "买家账号"
    PHONE = "phone", "电话"
    ADDRESS = "address", "地址"


class Stop(Words):
    NONE = "none", "不拦截"
    ASKED = "asked", "已请求拦截"
    STOPPED = "stopped", "已拦下"
    TOO_LATE = "too_late", "来不及"


class HandTaskKind(Words):
    MEMO = "memo", "写卖家备注"
    CLOSE = "close", "平台关单"
    ADDRESS = "address", "平台改地址"
    DISPATCH = "dispatch", "平台发货"
    REFUSE = "refuse", "平台拒绝退款"


class ContactChannel(Words):
    WANGWANG = "wangwang", "旺旺"
    QQ = "qq", "QQ"
    SHANGQIAO = "shangqiao", "商桥"
    TELEPHONE = "telephone", "电话"
    PLATFORM = "platform", "平台消息"
    EMAIL = "email", "邮件"
    OTHER = "other", "其他"


class IdentityKey(Words):
    ORDER_NO = "order_no", "订单号"
    ACCOUNT = "account", "账号"
    CONSIGNEE = "consignee", "收货人"
    MOBILE = "mobile", "手机"


class AccountKind(Words):
    WANGWANG = "wangwang", "旺旺"
    QQ = "qq", "QQ"
    PLATFORM = "platform", "平台账号"


class Relation(Words):
    TOP_UP = "top_up", "补差价"
    EXCHANGE = "exchange", "换货"
    RESEND = "resend", "补发"
    REPAIR = "repair", "维修"
    MERGED = "merged", "合单"
    SPLIT = "split", "拆单"
    RELATED = "related", "相关"


class PayerSide(Words):
    BUYER = "buyer", "买家"
    PLATFORM = "platform", "平台"


class Gateway(Words):
    PLATFORM = "platform", "平台担保"
    ALIPAY = "alipay", "支付宝"
    WECHAT = "wechat", "微信支付"
    BANK = "bank", "银行转账"
    CASH = "cash", "现金"


class MessageKind(Words):
    """What a buyer is told without having asked (SOP 2.a, 6.b)."""

    PAYMENT_REMINDER = "payment_reminder", "催付"
    CLOSED_UNPAID = "closed_unpaid", "超时关闭通知"
    ORDER_RECEIVED = "order_received", "收单通知"
    SHIPPED = "shipped", "发货通知"
    DELAYED = "delayed", "延迟发货通知"
    REFUNDED = "refunded", "退款通知"
    DELIVERED = "delivered", "签收问候"
    FEEDBACK = "feedback", "评价邀请"


class How(Words):
    SMS = "sms", "短信"
    CHAT = "chat", "聊天"


class TellState(Words):
    PLANNED = "planned", "已安排"
    QUEUED = "queued", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "没发成"
    TO_TELL = "to_tell", "待告知"
    TOLD = "told", "已告知"
    SKIPPED = "skipped", "没有发"


class PaidLate(Words):
    """What became of a payment that arrived on an order closed unpaid (SOP 2.a)."""

    REOPENED = "reopened", "关闭后付款，已重新打开"
    REFUND = "refund", "关闭后付款，要退款"


CARRIERS: dict[str, str] = {
    "SF": "顺丰速运",
    "YTO": "圆通速递",
    "ZTO": "中通快递",
    "STO": "申通快递",
    "YD": "韵达快递",
    "EMS": "EMS",
    "YZPY": "邮政快递包裹",
    "JD": "京东物流",
    "JTSD": "极兔速递",
    "HTKY": "百世快递",
    "DBL": "德邦快递",
    "HHTT": "天天快递",
    "ZJS": "宅急送",
    "DNWL": "丹鸟",
}


_BY_NAME = {name[:2]: code for code, name in CARRIERS.items()}


def carrier_code(text: str) -> str:
    """The code of a carrier as files name it (圆通, 圆通速递, YTO); others stay as written."""
    text = text.strip()
    upper = text.upper()
    return upper if upper in CARRIERS else _BY_NAME.get(text[:2], text)
