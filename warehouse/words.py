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
