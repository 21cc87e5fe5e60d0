"""Pictures as a camera or a screen makes them, for tests of evidence."""

from __future__ import annotations

import io

from PIL import Image


def photo(form: str = "PNG", *, place: bool = False, size: tuple[int, int] = (4, 3)) -> bytes:
    """A small picture; `place`: with where it was taken."""
    image, exif = Image.new("RGB", size, "grey"), Image.Exif()
    if place:
        exif[0x0110] = "Telefon 9"
        exif[0x8825] = {1: "N", 2: (30.0, 16.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0)}
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()
