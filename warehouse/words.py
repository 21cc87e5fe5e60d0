"""One label for each state and kind of the warehouse (SOP §8)."""

from __future__ import annotations

from core.words import Words


class ParcelState(Words):
    QUEUED = "queued", "排队中"
    PICKING = "picking", "配货中"
    PICKED = "picked", "已配"
    VERIFIED = "verified", "已校验"
    PACKED = "packed", "已打包"
    WEIGHED = "weighed", "已称重"
    SHIPPED = "shipped", "已发货"
    HANDED_OVER = "handed_over", "已交快递"
    STOPPED = "stopped", "已截停"


ON_THE_BENCH = (
    ParcelState.QUEUED,
    ParcelState.PICKING,
    ParcelState.PICKED,
    ParcelState.VERIFIED,
    ParcelState.PACKED,
    ParcelState.WEIGHED,
)


class WaveState(Words):
    OPEN = "open", "待配货"
    PICKING = "picking", "配货中"
    DONE = "done", "已完成"


class WaveKind(Words):
    SINGLE = "single", "单品单件"
    MULTI = "multi", "多品"


class Step(Words):
    """What is done with a parcel on its way, by the state it must be in (SOP 2.d to 2.g)."""

    PICK = "pick", "配货"
    VERIFY = "verify", "校验"
    PACK = "pack", "打包"
    WEIGH = "weigh", "称重"
    SHIP = "ship", "发货"


class Station(Words):
    """Where a scanner stands."""

    PICK = "pick", "配货"
    VERIFY = "verify", "校验台"
    PACK = "pack", "打包台"
    WEIGH = "weigh", "称重台"
    SHIP = "ship", "发货台"


class Outcome(Words):
    """How a scan ended: each has its colour, word, shape and sound."""

    RIGHT = "right", "对"
    WRONG = "wrong", "错"
    STOP = "stop", "停"


SIGNS = {Outcome.RIGHT: "✓", Outcome.WRONG: "✕", Outcome.STOP: "■"}


class Command(Words):
    """What the command sheet does in place of a mouse: `CMD:OK`, or the bare word."""

    OK = "OK", "确认"
    SHORT = "SHORT", "缺货"
    DEFECT = "DEFECT", "有瑕疵"
    UNDO = "UNDO", "撤销上一步"
    NEXT = "NEXT", "放下换一个"
    OUT = "OUT", "已交快递"
    SLIP = "SLIP", "重打发货单"
    LABEL = "LABEL", "重打面单"
    WAYBILL = "WAYBILL", "换运单号"


# -- on the way ------------------------------------------------------------------------------------


class TrackState(Words):
    """Where a parcel is; the codes are those of `connectors.trackers.TrackState`."""

    UNCLEAR = "unclear", "暂无轨迹"
    BOOKED = "booked", "待揽收"
    COLLECTED = "collected", "已揽收"
    MOVING = "moving", "运输中"
    DELIVERING = "delivering", "派送中"
    AT_LOCKER = "at_locker", "待取件"
    SIGNED = "signed", "已签收"
    PROBLEM = "problem", "异常"
    REFUSED = "refused", "拒收"
    RETURNING = "returning", "退回中"
    RETURNED = "returned", "已退回"
    FORWARDED = "forwarded", "转投"
    CUSTOMS = "customs", "清关中"
    CANCELLED = "cancelled", "已取消"


class TroubleKind(Words):
    """What is wrong with a parcel on its way (SOP 1.4′, 6.a)."""

    QUIET = "quiet", "久无轨迹"
    ADDRESS = "address", "地址不清"
    UNREACHED = "unreached", "联系不上"
    LOCKER = "locker", "待取超时"
    PROBLEM = "problem", "派送异常"
    REFUSED = "refused", "买家拒收"
    RETURNING = "returning", "快递退回"
    RETURNED = "returned", "已退回"


class TroubleOutcome(Words):
    """How a parcel in trouble was settled."""

    WILL_TAKE = "will_take", "已联系买家，会收"
    REDIRECT = "redirect", "请快递改派"
    MESSAGE_LEFT = "message_left", "没联系上，已留言"
    COMES_BACK = "comes_back", "让它退回"
    CAME_BACK = "came_back", "已退回仓库"
    LOST = "lost", "快递丢失，理赔"
    NOTHING = "nothing", "查过，没有问题"


class DispatchState(Words):
    """What the platform knows of a parcel (SOP 2.h)."""

    SENDING = "sending", "发送中"
    TOLD = "told", "已告知平台"
    FAILED = "failed", "没有成功"
    BY_HAND = "by_hand", "已在后台登记"
    DROPPED = "dropped", "运单已更正"


class EnquiryKind(Words):
    """What a carrier is asked (SOP 6.a)."""

    WHERE = "where", "查件"
    URGE = "urge", "催件"
    ADDRESS = "address", "改地址或电话"
    CALL_BACK = "call_back", "追回"
    LOST = "lost", "疑似丢件"
    PROOF = "proof", "要签收底单"


class EnquiryState(Words):
    OPEN = "open", "等快递答复"
    DONE = "done", "已办到"
    REFUSED = "refused", "快递办不了"
    WITHDRAWN = "withdrawn", "不用问了"


class TrackSource(Words):
    KUAIDI100 = "kuaidi100", "快递100"
    KDNIAO = "kdniao", "快递鸟"


class Paper(Words):
    """What is printed of a parcel, a wave or a day (SOP 2.c)."""

    PICK_LIST = "pick_list", "配货单"
    SLIP = "slip", "发货单"
    LABEL = "label", "面单"
    HAND_OVER = "hand_over", "交接单"


class WaybillSource(Words):
    """Where a waybill number came from (SOP 2.g)."""

    POOL = "pool", "号段"
    EORDER = "eorder", "电子面单"
    SCAN = "scan", "扫描"


# -- stock-takes -----------------------------------------------------------------------------------


class TakeState(Words):
    """A stock-take."""

    OPEN = "open", "盘点中"
    DONE = "done", "盘点完"
    CANCELLED = "cancelled", "已取消"


class TakeLineState(Words):
    """One SKU of it."""

    PENDING = "pending", "没数"
    COUNTED = "counted", "已数"
    ACCEPTED = "accepted", "已复核"
