"""Saved views: a list with its filters under a name (screens 16)."""

from __future__ import annotations

from staff.matrix import may
from staff.models import SavedView, User

PLACES = ("search", "refunds")  # the lists that have views, by the names of their addresses


def save_view(
    owner: User,
    name: str,
    query: str,
    *,
    shared: bool = False,
    place: str = "search",
    replace: bool = False,
) -> SavedView:
    """Keep a view of a list under its name, or `replace` the one that has it.

    Raises ValueError with what is wrong.
    """
    name = name.strip()
    if place not in PLACES:
        raise ValueError("这个清单不能存视图。")
    if not name or len(name) > 40:
        raise ValueError("视图要有名称，最多 40 个字。")
    if len(query) > 1000:
        raise ValueError("条件太长，存不下；请少贴几个号码。")
    if shared and not may(owner, "share_view"):
        raise ValueError("您的角色不能共享视图，可以存成自己的。")
    if not replace and SavedView.objects.filter(owner=owner, place=place, name=name).exists():
        raise ValueError(
            f"已经有叫“{name}”的视图，没有存。要换掉它就勾上“换掉同名的”，不然换个名称。"
        )
    view, _ = SavedView.objects.update_or_create(
        owner=owner, place=place, name=name, defaults={"query": query, "shared": shared}
    )
    return view


def delete_view(view: SavedView) -> None:
    view.delete()
