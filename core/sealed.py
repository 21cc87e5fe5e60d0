"""Text that may stand in an address or a log although it is personal: sealed with our key.

A search for a telephone or a name must have an address that can be pasted to a colleague,
yet neither proxy nor access log may read it (failure mode 28).
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unsealable(ValueError):
    """The text was cut, altered, or sealed with another key."""


@lru_cache(maxsize=4)
def _box(secret: str) -> Fernet:
    digest = hashlib.sha256(b"gendan.sealed:" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal(text: str) -> str:
    """The text packed and encrypted; what no encoding knows (a lone surrogate) becomes “?”."""
    packed = zlib.compress(text.encode(errors="replace"), 9)
    return _box(settings.SECRET_KEY).encrypt(packed).decode().rstrip("=")


def unseal(sealed: str) -> str:
    """The text again; raises Unsealable."""
    try:
        padded = sealed + "=" * (-len(sealed) % 4)
        return zlib.decompress(_box(settings.SECRET_KEY).decrypt(padded.encode())).decode()
    except (InvalidToken, ValueError, zlib.error) as error:
        raise Unsealable("这个地址不完整，请重新查一次。") from error
