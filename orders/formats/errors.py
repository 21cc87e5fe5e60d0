"""What is wrong with a file, or with one row of it, as a colleague would say it."""

from __future__ import annotations

from core.tables.errors import Unreadable


class UnknownFormat(Unreadable):
    """No format knows these headers: the user may say what each column is."""

    def __init__(self, header: list[str], sample: list[list[str]]) -> None:
        super().__init__(
            "认不出这个文件的表头，不知道是哪个平台导出的。请确认第一行是列名；"
            "如果是自己整理的表格，上传以后先“说明各列”一次。"
        )
        self.header = header
        self.sample = sample


class ItemsAlone(Unreadable):
    """The file holds the products of orders, not the orders."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"这是{name}，里面只有商品，没有收货人和金额。请把它和同一次导出的订单文件一起上传。"
        )


class NotItems(Unreadable):
    """The file given as the orders' products is something else, or does not fit the orders."""
