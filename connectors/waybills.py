"""Waybill numbers by an interface (电子面单): small words of our own for what an issuer does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Who sends or gets a parcel."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    province: str
    city: str
    district: str
    street: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A waybill that is asked for. `key`: our own number for it, at most 30 characters."""

    key: str
    carrier: str  # our code, such as YTO
    sender: Person
    receiver: Person
    goods: str
    pieces: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Granted:
    """The number, and what the carrier wants in large letters on the label (大头笔)."""

    number: str
    mark: str = ""


class WaybillIssuer(Protocol):
    """Who gives out waybill numbers."""

    def grant(self, wanted: Wanted) -> Granted:
        """A number; the same key again gives the same one. Raises Rejected."""
        ...

    def cancel(self, key: str, carrier: str, number: str) -> None:
        """It will not be used. Raises Rejected."""
        ...
