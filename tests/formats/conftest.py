"""Read rows or bytes as a user's upload would be read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from orders.formats import ImportedOrder, Mapping, Record, RowRejected, read_orders
from tests.formats.files import Rows, as_csv

Upload = bytes | Rows
Save = Callable[[Upload], Path]
Read = Callable[..., list[Record]]
One = Callable[..., ImportedOrder]
Refused = Callable[..., RowRejected]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Save bytes, or rows as the platforms' CSV, under a name that says nothing."""
    numbers = count(1)

    def save(upload: Upload) -> Path:
        path = tmp_path / f"upload-{next(numbers)}"
        path.write_bytes(upload if isinstance(upload, bytes) else as_csv(upload))
        return path

    return save


@pytest.fixture
def read(save: Save) -> Read:
    """All records of an upload, with the products' file and the mapping where there are any."""

    def read(
        upload: Upload, items: Upload | None = None, mapping: Mapping | None = None
    ) -> list[Record]:
        second = save(items) if items is not None else None
        return list(read_orders(save(upload), items=second, mapping=mapping))

    return read


@pytest.fixture
def one(read: Read) -> One:
    """The only order of an upload."""

    def one(upload: Upload, **more: object) -> ImportedOrder:
        (record,) = read(upload, **more)
        assert isinstance(record, ImportedOrder), record
        return record

    return one


@pytest.fixture
def refused(read: Read) -> Refused:
    """The only rejected row of an upload; all others were read."""

    def refused(upload: Upload, **more: object) -> RowRejected:
        (record,) = [r for r in read(upload, **more) if isinstance(r, RowRejected)]
        return record

    return refused
