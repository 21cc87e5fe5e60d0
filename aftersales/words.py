"""One label for each state, kind and outcome of after-sales (SOP §8)."""

from __future__ import annotations

from core.words import Words


class CaseKind(Words):
    """What a case is about; each has a module in `aftersales.kinds`."""

    MODIFY = "modify", "修改等结果"
    SWAP = "swap", "发货前换货"
    STOCK_OUT = "stock_out", "缺货"
    RETURN = "return", "退货"
    EXCHANGE = "exchange", "换货"
    RESHIP = "reship", "补发"
    PARTIAL = "partial", "部分退款"
    REPAIR = "repair", "维修"
    UNDELIVERABLE = "lost_way", "无法送达"
    UNOWNED = "unowned", "无主件"
    ENQUIRY = "enquiry", "咨询"
    COMPLAINT = "complaint", "投诉"


class CaseState(Words):
    OPEN = "open", "处理中"
    WAITING_CUSTOMER = "customer", "等客户"
    WAITING_GOODS = "goods", "等货到"
    WAITING_WAREHOUSE = "warehouse", "等仓库"
    WAITING_MONEY = "money", "等退款"
    RESOLVED = "resolved", "已解决"
    REFUSED = "refused", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"


class WaitsFor(Words):
    """What exactly it waits for; in which state of waiting that is says `policy.STATE_OF`."""

    WORK = "work", "售后处理"
    ANSWER = "answer", "客户答复"
    EVIDENCE = "evidence", "客户给凭证"
    SENDING = "sending", "客户寄回"
    ARRIVAL = "arrival", "退货到仓"
    COUNTING = "counting", "仓库清点"
    INSPECTION = "inspection", "验货"
    DECISION = "decision", "决定怎么办"
    AGREEMENT = "agreement", "跟客户谈差异"
    TOP_UP = "top_up", "客户补差价"
    SHIPPING = "shipping", "仓库发出"
    STOP = "stop", "仓库拦截"
    CARRIER = "carrier", "快递答复"
    REFUND = "refund", "退款"
    GOODS = "goods", "到货"
    DELIVERY = "delivery", "快递再派"
    OWNER = "owner", "找是谁的"
    NEW_ORDER = "new_order", "客户重拍"
    DIAGNOSIS = "diagnosis", "检测"
    QUOTE = "quote", "报价"
    CONSENT = "consent", "客户答复报价"
    REPAIR = "repair", "安排维修"
    REPAIRING = "repairing", "修好"
    SIGNED = "signed", "签收了，没清点"


class Reception(Words):
    """What came of a line that was to come back; counted by the warehouse."""

    EXPECTED = "expected", "还没到"
    ARRIVED = "arrived", "到齐"
    SHORT = "short", "少到"
    EXTRA = "extra", "多到"


class Acceptance(Words):
    """What after-sales says of it."""

    PENDING = "pending", "没验"
    ACCEPTED = "accepted", "认可"
    REFUSED = "refused", "不认可"
    PERSON = "person", "要人来定"


class Outcome(Words):
    """How a case ended."""

    REFUNDED = "refunded", "已退款"
    RESENT = "resent", "已补发或换货"
    REPAIRED = "repaired", "修好寄回"
    SENT_BACK = "sent_back", "退回买家"
    KEPT = "kept", "买家留下了"
    SETTLED = "settled", "已办好"
    NO_ANSWER = "no_answer", "客户一直没有答复"
    NOT_ELIGIBLE = "not_eligible", "不符合政策"
    TIED = "tied", "找到是谁的"
    DISPOSED = "disposed", "已处置"


class OrderRole(Words):
    """Why another order belongs to a case."""

    NEW = "new", "换货新单"
    TOP_UP = "top_up", "补差价"
    RESEND = "resend", "补发"
    REPAIR = "repair", "修好寄回"
    WHOLE = "whole", "原订单"


class Way(Words):
    """What the customer wants where goods are short, or came in the meantime (SOP 1.3)."""

    EXCHANGE = "exchange", "换成别的"
    REFUND = "refund", "退款"
    CONSIDER = "consider", "再考虑"
    WAIT = "wait", "等货"
    SEND = "send", "要了，发货"


class Sending(Words):
    """Of several goods: what leaves first (SOP 1.3.b to 1.3.d)."""

    TOGETHER = "together", "一起发（不拆）"
    FIRST = "first", "有货的先发"


class SwapWay(Words):
    """How goods are exchanged before shipping (SOP 1.2.d)."""

    IN_PLACE = "in_place", "在原单上换"
    NEW_ORDER = "new_order", "平台改不了：退款重拍"


class ClaimState(Words):
    """What a carrier says to our asking for what it lost or damaged (SOP 3.b)."""

    ASKED = "asked", "等快递赔"
    PAID = "paid", "快递赔了"
    REFUSED = "refused", "快递不赔"


class MacroAct(Words):
    """What a macro does (快捷): an act that is there, with its inputs written beforehand."""

    NOTE = "note", "写备注"
    HOLD = "hold", "挂起，客户考虑"
    ASK = "ask", "等客户答复"


class ChangeState(Words):
    """How it stands with a change of the policy or of a sentence (SOP 7.a)."""

    PROPOSED = "proposed", "等别人通过"
    PASSED = "passed", "已通过"
    REJECTED = "rejected", "已驳回"
    WITHDRAWN = "withdrawn", "提的人撤回"


class ChangeOf(Words):
    """What a change is of."""

    RULES = "rules", "售后政策"
    SENTENCE = "sentence", "告知买家的话"
