"""Files that are taken in: looked at by content and size, without the place a photo was taken.

What they are called is for people; where they lie is ours alone, and no address leads there.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.conf import settings
from PIL import Image, ImageOps

from core.masking import scrub

LARGEST = 5 * 1024 * 1024
MOST = 6  # at once
IN_ALL = 20
MOST_PIXELS = 60_000_000
PDF = "application/pdf"
# How a picture is written again: as good as it came, and smaller than what is taken.
_AGAIN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 90},
}
_KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


class Unfit(ValueError):
    """A file that is not taken, with what to do instead (Chinese)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies on the disk, and belongs to nothing yet."""

    name: str
    kind: str
    size: int
    place: str

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.place


def look(files: Sequence[Uploaded]) -> None:
    """Are they taken, by number, size and first bytes? Raises Unfit."""
    if len(files) > MOST:
        raise Unfit(f"一次最多传 {MOST} 个文件，请分几次传。")
    for file in files:
        if (file.size or 0) > LARGEST:
            raise Unfit(f"“{_name(file.name)}”超过 {LARGEST // 2**20} MB，请压缩以后再传。")
        stripped(b"".join(file.chunks()))


def stripped(data: bytes) -> tuple[str, bytes]:
    """What it is by its content, and the same without what a camera wrote into it; raises Unfit.

    A picture is drawn again as it was held: so neither place nor device nor anything that is no
    picture stays in it.
    """
    if data.startswith(b"%PDF-"):
        return PDF, data
    try:
        with Image.open(io.BytesIO(data), formats=list(_KINDS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unfit("图片太大了，请缩小以后再传。")
            return _drawn_again(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit("只收 JPG、PNG、WebP 图片和 PDF。请截图或另存以后再传。") from error


def _drawn_again(picture: Image.Image) -> tuple[str, bytes]:
    form = str(picture.format)
    plain = ImageOps.exif_transpose(picture)
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, form, **_AGAIN[form])
    return _KINDS[form], out.getvalue()


def keep(files: Sequence[Uploaded], folder: str) -> list[Kept]:
    """Write the files where no address leads; raises Unfit, and then none is left."""
    kept = list[Kept]()
    try:
        for file in files:
            kept.append(_keep(file, folder))
    except BaseException:
        drop(kept)
        raise
    return kept


def _keep(file: Uploaded, folder: str) -> Kept:
    kind, data = stripped(b"".join(file.chunks()))
    kept = Kept(_name(file.name), kind, len(data), f"{folder}/{uuid.uuid4().hex}")
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    kept.path.write_bytes(data)
    return kept


def _name(name: str | None) -> str:
    """What it is called, as a page may show it: no folder, no telephone."""
    plain = PurePosixPath((name or "").replace("\\", "/")).name
    return scrub("".join(c for c in plain if c.isprintable()))[-100:] or "凭证"


def drop(kept: Iterable[Kept]) -> None:
    """Remove files of an act that was refused."""
    for one in kept:
        one.path.unlink(missing_ok=True)
