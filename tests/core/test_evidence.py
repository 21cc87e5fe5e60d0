"""Evidence: looked at by content, and without the place where it was taken."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.evidence.keeping import Unfit, stripped
from tests.pictures import photo


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_without_place_and_device(form: str) -> None:
    taken = photo(form, place=True)
    with Image.open(io.BytesIO(taken)) as before:
        assert 0x8825 in before.getexif()
    kind, data = stripped(taken)
    with Image.open(io.BytesIO(data)) as after:
        assert (dict(after.getexif()), after.size) == ({}, (4, 3))
    assert kind == f"image/{form.lower()}"
    assert b"Telefon" not in data


@pytest.mark.parametrize("data", [b"", b"MZ0000", b"<svg onload=1>", photo("JPEG")[:40]])
def test_what_is_no_picture_is_not_taken(data: bytes) -> None:
    with pytest.raises(Unfit, match="只收 JPG"):
        stripped(data)
