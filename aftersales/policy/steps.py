"""The steps that all kinds of cases share, and what bars them."""

from __future__ import annotations

from aftersales.policy.facts import CaseFacts, S, W
from aftersales.words import CaseKind, ClaimState
from core.verdict import Say, Verdict, no, yes


def open_one(case: CaseFacts) -> Verdict | None:
    """What bars any step: it has ended. None: nothing does."""
    if case.ended:
        return no("8", f"这个售后单{case.state.label}，不能再办。")
    return None


def may_take(case: CaseFacts) -> Verdict:
    """Take it, or take it over."""
    return open_one(case) or yes("1.4", "以后由您来办。")


def may_hand_over(case: CaseFacts) -> Verdict:
    """Give it to a colleague, with a note."""
    return open_one(case) or yes("1.4", "写清楚办到哪里、还要做什么，对方会收到通知。")


def may_add_evidence(case: CaseFacts) -> Verdict:
    return open_one(case) or yes("1.4.f", "JPG、PNG、WebP 图片或 PDF；照片里的拍摄地点会去掉。")


def may_ask_customer(case: CaseFacts) -> Verdict | None:
    """Wait for an answer of the customer; our clock stands still (SOP 1.4.a)."""
    if case.waits_for is W.ANSWER or case.state is S.WAITING_MONEY:
        return None
    return open_one(case) or yes("1.4.a", "问了什么写下来；等答复的时候，时限暂停。")


def may_record_answer(case: CaseFacts) -> Verdict | None:
    """What the customer answered."""
    if case.waits_for is not W.ANSWER:
        return None
    return open_one(case) or yes("1.4.a", "记下买家怎么答复，接着办。")


def may_refuse_cod(case: CaseFacts) -> Verdict:
    """A customer's parcel with freight to pay is not taken in (SOP 1.4.e)."""
    if case.kind is CaseKind.UNDELIVERABLE:
        return no("1.4.e", "这是快递退回来的，不是买家寄的。", instead="照常清点；运费找快递结。")
    if case.kind is CaseKind.UNOWNED:
        return no("1.4.e", "已经收下登记了。", instead="照常清点；下次到付的先拒收，不登记。")
    return yes("1.4.e", "不收：请快递退回，客服会告诉买家。")


def _on_its_way(case: CaseFacts) -> Verdict | None:
    """An order that was made for the case goes out whatever becomes of the case."""
    if not case.linked:
        return None
    instead = "不发了，先到新订单上点“关闭订单”。"
    if case.kind is CaseKind.REPAIR:
        instead = "修好的照常寄回给买家。"
    return no("1.4.f", "新订单已经开了，货还会发出去。", instead=instead)


def may_change_reason(case: CaseFacts) -> Verdict | None:
    """Another reason, and so whose fault it is and who pays, until money or goods followed from it.

    (SOP 1.4.c, 1.5.c)
    """
    if case.ended:
        return None
    if case.money:
        return no("1.5.c", "退款已经申请了，原因不能再改。", instead="先撤回退款，再改原因。")
    if case.payout:
        return no("1.5.c", "退货运费已经申请赔付了，原因不能再改。", instead="请主管先驳回赔付。")
    if case.linked:
        said = "新单已经照原来的原因开了，运费不能再改。"
        return no("1.4.c", said, instead="还没有发的，先关闭新单，再改原因。")
    if case.claim in (ClaimState.ASKED, ClaimState.PAID):
        return no("1.5.c", "已经当作快递的责任理赔了。", instead="快递不赔的，登记以后再改。")
    return yes("1.4.c", "查清楚不是原来说的那样，在这里改；运费谁出按这个售后单那一版政策重新算。")


def may_withdraw(case: CaseFacts) -> Verdict:
    """The customer does not want it any more."""
    barred = open_one(case) or _on_its_way(case)
    if barred:
        return barred
    if case.money:
        return no("1.5", "退款已经申请了。", instead="先撤回退款，再撤回这个售后单。")
    if any(line.got for line in case.lines):
        return no("1.4.f", "货已经到仓库了，不能只撤回。", instead="验货以后退款，或者退回买家。")
    return yes("1.4", "买家不办了，撤回。", Say("case.withdrawn"))


def may_refuse(case: CaseFacts) -> Verdict:
    """Not done, for a reason that is told (SOP 1.4.b)."""
    barred = open_one(case) or _on_its_way(case)
    if barred:
        return barred
    if case.money:
        return no("1.5", "退款已经申请了，不能再拒绝。", instead="要拒绝的话先撤回退款。")
    if any(line.got for line in case.lines):
        return no("1.4.f", "货已经到仓库了，不能只拒绝。", instead="验货，再“退回买家”，写明原因。")
    return yes("1.4.b", "写明原因；买家会听到原因，记在订单上。")


def may_send_article(active: bool) -> Verdict:
    """Guidance for using the product (SOP 7.d): what is out of use may be wrong by now."""
    if not active:
        return no("7.d", "这篇使用说明停用了，内容可能已经不对。", instead="找一篇在用的。")
    return yes("7.d", "复制下面的话发给买家，再记一笔。")
