"""One label for each state, kind and reason of refunds (SOP §8)."""

from __future__ import annotations

from core.words import Words


class RefundState(Words):
    WAITING = "waiting", "待开窗"
    TO_APPLY = "to_apply", "待买家申请"
    REVIEW = "review", "待审核"
    RETURNED = "returned", "退回补充"
    APPROVED = "approved", "已通过"
    SENDING = "sending", "退款中"
    UNKNOWN = "unknown", "结果未知"
    SUCCEEDED = "succeeded", "已退款"
    FAILED = "failed", "失败"
    REJECTED = "rejected", "已驳回"
    WITHDRAWN = "withdrawn", "已撤回"


class RefundKind(Words):
    """What goes back: goods are not sent or come back (the first three), or money alone."""

    WHOLE = "whole", "整单退款"
    GOODS = "goods", "退部分商品"
    RETURN = "return", "退货退款"
    PARTIAL = "partial", "部分退款"
    DIFFERENCE = "difference", "退差价"
    FREIGHT = "freight", "退运费"


class TrueReason(Words):
    """Why the money really goes back; for us (SOP 1.5.b, 7.f)."""

    STOCK_OUT = "stock_out", "缺货"
    UNWANTED = "unwanted", "买家不想要了"
    MISTAKE = "mistake", "买家拍错"
    LATE = "late", "没有按时发货"
    QUALITY = "quality", "质量问题"
    WRONG_GOODS = "wrong_goods", "发错货、少发"
    DAMAGED = "damaged", "破损"
    LOST = "lost", "没收到货"
    CHEAPER = "cheaper", "换货或降价的差价"
    OVERPAID = "overpaid", "多付了"
    FREIGHT = "freight", "多收运费"
    OTHER = "other", "别的原因"


class ToldReason(Words):
    """What the customer chooses on the platform (SOP 1.5.b)."""

    OTHER = "other", "其它原因"
    UNWANTED = "unwanted", "不想要了"
    MISTAKE = "mistake", "拍错、多拍"
    AGREED = "agreed", "协商一致退款"
    LATE = "late", "未按约定时间发货"
    QUALITY = "quality", "质量问题"
    WRONG_GOODS = "wrong_goods", "少件、漏发、发错货"
    DAMAGED = "damaged", "包装或商品破损"
    LOST = "lost", "未收到货"
    DIFFERENCE = "difference", "退差价或运费"


class Fault(Words):
    """Whose fault it is; settled first for what has left (SOP 1.5.c)."""

    SELLER = "seller", "我们的责任"
    BUYER = "buyer", "买家的原因"
    CARRIER = "carrier", "快递的责任"


class FreightPayer(Words):
    """Who pays the freight."""

    SELLER = "seller", "我们承担"
    BUYER = "buyer", "买家承担"


class RefundSource(Words):
    """Where it comes from."""

    AGENT = "agent", "客服"
    CUSTOMER = "customer", "买家"
    PLATFORM = "platform", "平台"
    GATEWAY = "gateway", "支付渠道"


class Decision(Words):
    """What a supervisor said."""

    APPROVED = "approved", "同意"
    RETURNED = "returned", "退回补充"
    REJECTED = "rejected", "驳回"


class RiskKind(Words):
    """What a supervisor should look at twice."""

    BLOCKED = "blocked", "黑名单"
    OFTEN = "often", "常退款"
    LARGE = "large", "大额"
    RECEIVED = "received", "签收后退"


class Outcome(Words):
    """How it stands at who pays it back."""

    SUCCEEDED = "succeeded", "退成了"
    PROCESSING = "processing", "还在办"
    REJECTED = "rejected", "没有退成"
    UNKNOWN = "unknown", "结果不明"
    ABSENT = "absent", "没有收到"


class PayoutKind(Words):
    """What the company pays beyond what was paid (SOP 1.5.f)."""

    RETURN_FREIGHT = "freight", "退货运费"
    COMPENSATION = "damages", "赔偿"
    OTHER = "other", "别的补偿"


class PayoutState(Words):
    REVIEW = "review", "待审核"
    APPROVED = "approved", "待转账"
    PAID = "paid", "已赔付"
    REJECTED = "rejected", "已驳回"


class BillWhat(Words):
    """What a row of a gateway's bill is about (SOP 6.d)."""

    PAYMENT = "payment", "收款"
    REFUND = "refund", "退款"
    ASIDE = "aside", "不用对的"
    UNKNOWN = "unknown", "类型不明"
    UNREAD = "unread", "没读懂"
    BILL = "bill", "账单"


class There(Words):
    """How the gateway says that it stands."""

    DONE = "done", "办成了"
    PROCESSING = "processing", "还在办"
    FAILED = "failed", "没办成"


class DifferenceKind(Words):
    """How bill and books differ (SOP 6.d)."""

    MISSING_HERE = "missing_here", "我们没有"
    MISSING_THERE = "missing_there", "渠道没有"
    AMOUNT = "amount", "金额不同"
    STATE = "state", "状态不符"
    TWICE = "twice", "退了两次"
    UNREAD = "unread", "没读懂的行"
    NO_BILL = "no_bill", "没有账单"


class DifferenceState(Words):
    OPEN = "open", "待处理"
    CLOSED = "closed", "已关闭"
