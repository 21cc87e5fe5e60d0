"""How money goes back, as pure functions: which way, how long to wait, who may what (SOP 1.5).

What was sent and not answered is never sent again before it was asked for (architecture §6).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.verdict import Verdict, no, yes
from core.words import Words
from orders.words import Gateway
from refunds.policy import RefundFacts
from refunds.words import RefundState

R = RefundState
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(minutes=30)
DIFFERS = "DIFFERS"  # under our number the gateway paid back another amount, or another trade
LOST = timedelta(hours=1)  # from then on finance looks after what is unknown
# Unknown for so long: it is only asked for, never sent by itself, and finance may end it.
UNSEEN = "UNSEEN"


class Way(Words):
    """By which way money goes back."""

    PLATFORM = "platform", "平台退款"
    ALIPAY = "alipay", "支付宝"
    WECHATPAY = "wechatpay", "微信支付"
    MANUAL = "manual", "手工转账"


_WAYS = {Gateway.ALIPAY: Way.ALIPAY, Gateway.WECHAT: Way.WECHATPAY}


def way_of(gateway: str, *, applies: bool) -> Way:
    """The way it was paid (1.3.e: to the paying account); cash and bank by a transfer."""
    return Way.PLATFORM if applies else _WAYS.get(Gateway(gateway), Way.MANUAL)


def wait(since: datetime, now: datetime) -> timedelta:
    """How long until it is asked for again: the older, the longer."""
    return min(max((now - since) / 2, SHORTEST), LONGEST)


def may_send_again(refund: RefundFacts) -> Verdict:
    """Send what certainly failed once more, under the same number."""
    if refund.state is R.FAILED:
        return yes("1.5", "用原来的退款号再发一次；渠道认得这个号，不会退两次。")
    if refund.state in (R.SENDING, R.UNKNOWN):
        return no("1.5", f"{refund.state.label}：先等渠道的结果，不能再发。")
    return no("1.5", f"退款{refund.state.label}，没有什么要再发。")


def may_pay_by_hand(refund: RefundFacts) -> Verdict:
    """Pay what certainly failed by a bank transfer instead."""
    if refund.applies:
        return no("1.5", "平台保管的钱只能在平台上退。", instead="再发一次，或者到平台后台同意。")
    if refund.state is R.FAILED:
        return yes("1.5", "改由财务转账：一人登记流水号，另一人复核。")
    return no(
        "1.5", f"退款{refund.state.label}，还不能改为手工转账。", instead="等渠道确认没有退。"
    )


def may_give_up(refund: RefundFacts) -> Verdict:
    """Stop trying: it is not paid back, or not as we asked."""
    if refund.state is R.FAILED:
        return yes("1.5", "不再退：解除挂起，占用的金额放回。")
    if refund.state is R.UNKNOWN and refund.code == DIFFERS:
        return yes(
            "1.5", "渠道按这个号退的和我们要退的不同：核对、补退或追回以后，写明结果，在这里结束。"
        )
    if refund.state is R.UNKNOWN and refund.code == UNSEEN:
        return yes(
            "1.5",
            "查了很久渠道都不答：到渠道后台按退款号核对，确实没有退的，补上截图、写明结果，"
            "在这里结束；还要退的重新申请。",
        )
    return no("1.5", f"退款{refund.state.label}，不能放弃。")


def may_enter_transfer(refund: RefundFacts) -> Verdict:
    """Say that the transfer was made, with the bank's number; also to correct it."""
    if refund.state is not R.SENDING or not refund.by_hand or refund.applies:
        return no("1.5", f"退款{refund.state.label}，没有要手工转的账。")
    return yes("1.5", "在网银转好以后登记流水号，由另一个人复核。")


def may_confirm_transfer(refund: RefundFacts, who: int | None) -> Verdict:
    """A second person saw the transfer at the bank."""
    entered = may_enter_transfer(refund)
    if not entered.allowed:
        return entered
    if not refund.transfer_no:
        return no("1.5", "还没有登记转账。", instead="先转账、登记流水号。")
    if who == refund.made_by:
        return no("1.5", "自己登记的转账，要另一个人复核。")
    return yes("1.5", "在网银核对金额和流水号，确认后退款完成。")


def may_finish_there(refund: RefundFacts) -> Verdict:
    """Say that it was agreed to on the platform's own pages."""
    here = refund.state is R.FAILED or (refund.state is R.SENDING and refund.by_hand)
    if refund.applies and here:
        return yes("1.5", "在平台后台同意退款以后，在这里登记。")
    return no("1.5", f"退款{refund.state.label}，不用到平台上办。")
