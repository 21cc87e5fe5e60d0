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


class Command(Words):
    """What the command sheet does in place of a mouse: `CMD:OK`, or the bare word."""

    OK = "OK", "确认"
    SHORT = "SHORT", "缺货"
    DEFECT = "DEFECT", "有瑕疵"
    UNDO = "UNDO", "撤销上一步"
    NEXT = "NEXT", "放下换一个"
    OUT = "OUT", "已交快递"
