"""What it means that a gateway refuses a refund, code by code (SOP 1.5; failure modes 1-4).

Alipay: the business error codes of `alipay.trade.refund`,
https://opendocs.alipay.com/open/f60979b3_alipay.trade.refund (as of 2025), and the public ones of
https://opendocs.alipay.com/common/02km9f. WeChat Pay: the error codes of
`POST /v3/refund/domestic/refunds`, https://pay.weixin.qq.com/doc/v3/merchant/4012552567.

Each has what happened and why, and what finance does next. A code that is not listed is a
person's to decide, with the gateway's own text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Path(StrEnum):
    """How it goes on after a refusal."""

    AGAIN = "again"  # by itself: asked for by its number, then sent under the same one
    ASK = "ask"  # it may be there already: asked for by its number at once, else a person
    PERSON = "person"  # certainly not done, and trying again alone does not help


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code: `what` happened and why, what is done `next` (Chinese), and its path."""

    what: str
    next: str
    path: Path = Path.PERSON

    @property
    def said(self) -> str:
        return f"{self.what}：{self.next}。"


def path_of(code: str) -> Path:
    """What to do after this code, whichever gateway said it."""
    found = ALIPAY.get(code) or WECHATPAY.get(code)
    return found.path if found else Path.PERSON


def said_of(code: str) -> str:
    """The sentence for this code; nothing for one that is not listed."""
    found = ALIPAY.get(code) or WECHATPAY.get(code)
    return found.said if found else ""


_AGAIN, _ASK = Path.AGAIN, Path.ASK
_SAME = "会用原退款号再查、再发，不用动手"
_TRANSFER = "再试也不会成功，请改用银行转账"
_KEYS = "请负责人在店铺页改好，再发一次"
_SUPPORT = "请联系支付宝客服（95188）问明原因，办好后再发一次，或者改用银行转账"
_ASK_TECH = "请联系技术人员，改好后用原退款号再发一次"
_NOT_OURS = "已按原退款号查过，不是这笔；请财务到支付宝核对已退金额，再决定再发还是不再退"

ALIPAY: dict[str, Refusal] = {
    # done or not, nobody knows; the same number again is what Alipay asks for
    "ACQ.SYSTEM_ERROR": Refusal("支付宝忙", _SAME, _AGAIN),
    "AQC.SYSTEM_ERROR": Refusal("支付宝忙", _SAME, _AGAIN),
    "aop.ACQ.SYSTEM_ERROR": Refusal("支付宝忙", _SAME, _AGAIN),
    "isp.unknow-error": Refusal("支付宝忙", _SAME, _AGAIN),
    "aop.unknow-error": Refusal("支付宝忙", _SAME, _AGAIN),
    "ACQ.REFUND_CHARGE_ERROR": Refusal("支付宝退手续费时出错，暂时没有退", _SAME, _AGAIN),
    # “already”: with the same number, or so much that no more is left
    "ACQ.DISCORDANT_REPEAT_REQUEST": Refusal("这个退款号已用不同的金额退过", _NOT_OURS, _ASK),
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": Refusal("退款金额超过这笔交易还能退的金额", _NOT_OURS, _ASK),
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": Refusal(
        "退款金额无效，和已退的加起来超过了交易金额", _NOT_OURS, _ASK
    ),
    "ACQ.TRADE_HAS_CLOSE": Refusal("这笔交易已关闭，可能已经全额退过", _NOT_OURS, _ASK),
    "ACQ.REFUND_FEE_ERROR": Refusal("退款金额有误", _NOT_OURS, _ASK),
    # money is missing, or the trade is another's
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": Refusal("支付宝账户余额不足", "充值后用原退款号再发一次"),
    "ACQ.TRADE_NOT_EXIST": Refusal(
        "支付宝没有这笔交易", "请核对交易号和收款账户，改好后再发一次，或者改用银行转账"
    ),
    "ACQ.USER_NOT_MATCH_ERR": Refusal("交易不属于这个收款账户", f"请核对收款账户，{_KEYS}"),
    # too late, or never possible
    "ACQ.TRADE_HAS_FINISHED": Refusal("这笔交易已完结，过了退款期限", _TRANSFER),
    "ACQ.TRADE_NOT_ALLOW_REFUND": Refusal(
        "这笔交易不允许退款", "请到支付宝核对交易状态和签约，不能退的改用银行转账"
    ),
    "ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND": Refusal(
        "这笔交易用了买来的代金券，支付宝不让退", "请改用银行转账"
    ),
    "ACQ.NOT_ALLOW_PARTIAL_REFUND": Refusal(
        "这笔交易用了优惠券，支付宝不让部分退", "请改用银行转账，或者不再退、改为申请全额退款"
    ),
    "ACQ.TRADE_STATUS_ERROR": Refusal(
        "这笔交易的状态不能退款", "请到支付宝确认买家是否已付款，再发一次或者不再退"
    ),
    "ACQ.REASON_TRADE_STATUS_INVALID": Refusal("这笔交易的状态异常", _SUPPORT),
    "ACQ.REASON_TRADE_BEEN_FREEZEN": Refusal("这笔交易被支付宝冻结", _SUPPORT),
    # the buyer's account
    "ACQ.BUYER_ERROR": Refusal("买家的支付宝账户状态异常", _SUPPORT),
    "ACQ.BUYER_ENABLE_STATUS_FORBID": Refusal("买家的支付宝账户被限制", _SUPPORT),
    "ACQ.BUYER_NOT_EXIST": Refusal("买家的支付宝账户已注销", "请客服问买家要账号，改用银行转账"),
    "ACQ.CUSTOMER_VALIDATE_ERROR": Refusal("买家或卖家的账户已注销或被冻结", _SUPPORT),
    # our account and contract
    "ACQ.REFUND_ACCOUNT_NOT_EXIST": Refusal(
        "出资账户不存在或异常", "请负责人到支付宝查看账户，正常后再发一次"
    ),
    "ACQ.OVERDRAFT_ASSIGN_ACCOUNT_INVALID": Refusal(
        "垫资退款的出资账户不是我们的", "请负责人到支付宝改垫资签约，再发一次"
    ),
    "ACQ.OVERDRAFT_AGREEMENT_NOT_MATCH": Refusal(
        "垫资退款的签约和请求不一致", "请负责人到支付宝改垫资签约，再发一次"
    ),
    "ACQ.ENTERPRISE_PAY_BIZ_ERROR": Refusal("含企业出资，支付宝不让这样退", _SUPPORT),
    "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR": Refusal(
        "这笔交易分过账，要退的分账金额超限", "请负责人到支付宝处理分账，再发一次"
    ),
    "ACQ.REFUNDALLOC_UNAUTH_LIMIT": Refusal(
        "分账的收款方没有开启回退", "请负责人联系收款方开启，再发一次"
    ),
    "ACQ.REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST": Refusal(
        "分账的收款方账户不存在", "请负责人到支付宝处理分账，再发一次"
    ),
    "ACQ.TRADE_SETTLE_ERROR": Refusal("这笔交易的结算异常", _SUPPORT),
    # our request
    "ACQ.INVALID_PARAMETER": Refusal("退款请求的参数有误", _ASK_TECH),
    "ACQ.CURRENCY_NOT_SUPPORT": Refusal("退款的币种不支持", _ASK_TECH),
    "isv.invalid-signature": Refusal("支付宝不认我们的签名，应用私钥不对", _KEYS),
    "isv.invalid-app-id": Refusal("支付宝不认这个应用，应用编号不对", _KEYS),
    "isv.insufficient-isv-permissions": Refusal(
        "这个应用没有退款的权限", "请负责人到支付宝开放平台开通，再发一次"
    ),
}

WECHATPAY: dict[str, Refusal] = {
    # not taken up, or nobody knows; the same number again is what WeChat asks for
    "SYSTEM_ERROR": Refusal("微信支付忙", _SAME, _AGAIN),
    "FREQUENCY_LIMITED": Refusal("微信支付说请求太频繁，这次没有受理", _SAME, _AGAIN),
    "FREQUENCY_LIMIT_EXCEED": Refusal("微信支付说请求太频繁，这次没有受理", _SAME, _AGAIN),
    # “already”, too much, or another amount under the same number
    "INVALID_REQUEST": Refusal(
        "微信支付说这笔不能这样退（已全额退过、超过可退金额，或同一退款号金额不同）",
        "已按原退款号查过，不是这笔；请财务到微信商户平台核对，再决定再发还是不再退",
        _ASK,
    ),
    "NOT_ENOUGH": Refusal("微信商户的可退余额不足", "充值后用原退款号再发一次"),
    "RESOURCE_NOT_EXISTS": Refusal(
        "微信支付没有这笔交易", "请核对交易号和收款账户，改好后再发一次，或者改用银行转账"
    ),
    "USER_ACCOUNT_ABNORMAL": Refusal(
        "买家的微信账户异常或已注销", "请客服问买家要账号，改用银行转账"
    ),
    "NO_AUTH": Refusal("这个商户没有退这笔交易的权限", "请负责人到微信商户平台核对，再发一次"),
    "MCH_NOT_EXISTS": Refusal("微信支付没有这个商户号", _KEYS),
    "SIGN_ERROR": Refusal("微信支付不认我们的签名，商户私钥或证书序列号不对", _KEYS),
    "PARAM_ERROR": Refusal("退款请求的参数有误", _ASK_TECH),
    "REQUEST_BLOCKED": Refusal(
        "微信支付拦下了这次退款", "请负责人到微信商户平台查看限制，解除后再发一次"
    ),
    # what it says when asked, after it was taken up
    "CLOSED": Refusal(
        "微信支付关闭了这笔退款，钱没有退",
        "这个退款号用不了了：不再退、重新申请，或者改用银行转账",
    ),
    "ABNORMAL": Refusal(
        "退到买家的银行卡失败（卡已作废或冻结）",
        "请财务到微信商户平台处理这笔退款，或者改用银行转账",
    ),
}
