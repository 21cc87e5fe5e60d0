"""What a scanned barcode is: each kind has its prefix; typed by a scanner or by a scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.codes import Kind, read


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("P00000012", Kind.PARCEL, "P00000012"),
        (" p00000012 ", Kind.PARCEL, "P00000012"),
        ("W000118", Kind.WAVE, "W000118"),
        ("U:0042", Kind.BADGE, "0042"),
        ("CMD:OK", Kind.COMMAND, "OK"),
        ("short", Kind.COMMAND, "SHORT"),
        ("BOX-3", Kind.BOX, "BOX-3"),
        ("6901234567890", Kind.OTHER, "6901234567890"),
        ("A2031-藏青-L", Kind.OTHER, "A2031-藏青-L"),
        ("PANTS", Kind.OTHER, "PANTS"),
        ("\x00A1\x1b", Kind.OTHER, "A1"),
    ],
)
def test_each_kind_is_told_by_its_prefix(text: str, kind: Kind, value: str) -> None:
    code = read(text)
    assert (code.kind, code.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        *(("1250", 1250), ("1250g", 1250), ("1250 G", 1250), ("WT:1250", 1250), ("+00605", 605)),
        *(("1.25", 1250), ("1.250 kg", 1250), ("0.605", 605), ("2 kg", 2000), ("1.000", 1000)),
    ],
)
def test_a_scale_types_grams_or_kilograms(text: str, grams: int) -> None:
    code = read(text, weighing=True)
    assert (code.kind, code.value) == (Kind.WEIGHT, str(grams))
    assert read("1250").kind is Kind.OTHER, "elsewhere a number is goods or a waybill"


@given(st.text(max_size=300), st.booleans())
def test_whatever_is_scanned_is_something(text: str, weighing: bool) -> None:
    code = read(text, weighing=weighing)
    assert len(code.text) <= 128
    assert code.text.isprintable()
