"""Enumerations whose members know their Chinese label. Pure, so that policies may use them."""

from __future__ import annotations

from enum import StrEnum


class Words(StrEnum):
    """Members are written `NAME = "code", "中文"`; `choices` suits a model's or form's field."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Words:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]
