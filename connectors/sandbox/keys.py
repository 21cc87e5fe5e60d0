"""Key pairs of the imitated systems and of the shop that deals with them; none stands in the code.

They are made on first use. With `SANDBOX_KEYS` they are kept in that folder, so that the shop,
another process, has them, too.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


@lru_cache
def private_key(name: str) -> RSAPrivateKey:
    """The key of that name."""
    folder = os.environ.get("SANDBOX_KEYS", "")
    if not folder:
        return generate_private_key(65537, 2048)
    path = Path(folder) / f"{name}.pem"
    if not path.exists():
        _keep(path, _pem(generate_private_key(65537, 2048)))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101
    return key


@lru_cache
def private_pem(name: str) -> str:
    """The key as a shop types it in."""
    return _pem(private_key(name)).decode()


@lru_cache
def public_pem(name: str) -> str:
    """Its public half."""
    public = private_key(name).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _keep(path: Path, pem: bytes) -> None:
    """Write it once: of two processes that make it at the same time one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, own = tempfile.mkstemp(dir=path.parent)  # for nobody else to read
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(own)
