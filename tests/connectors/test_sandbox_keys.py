"""The sandbox's key pairs: made once, in no code, the same for every process of the demo."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.sandbox import keys

fresh = keys.private_key.__wrapped__  # past what this process remembers


def pem(name: str) -> bytes:
    return keys._pem(fresh(name))


def test_whoever_comes_first_makes_it_and_the_others_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_KEYS", str(tmp_path / "new"))
    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(pem, ["alipay", "alipay"]))
    assert len(made) == 1
    [file] = (tmp_path / "new").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("alipay.pem", 0o600)


def test_without_a_folder_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX_KEYS", raising=False)
    assert pem("alipay") != pem("alipay")
