"""A long file is staged in slices; a kill in the middle loses and doubles nothing.

Failure modes 18 (memory) and 20 (killed at row k and run again), the reading half.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orders.formats import ImportedOrder, discard, records, stage
from orders.formats.staging import BATCH
from tests.formats.conftest import Save
from tests.formats.files import as_xlsx, jd, taobao, taobao_items, write_csv, write_xlsx

pytestmark = pytest.mark.sqlite

MANY = 3 * BATCH + 7
MEMORY = 300 * 1024  # KB

Numbers = list[str]
Write = Callable[[Path, int], Path]


def numbers(into: Path, after: int = 0) -> Numbers:
    """The orders' numbers, in the order in which they come."""
    found = [record for _, each in records(into, after) for record in each]
    assert all(isinstance(record, ImportedOrder) for record in found)
    return [record.platform_no for record in found if isinstance(record, ImportedOrder)]


def write_excel(path: Path, many: int) -> Path:
    """A workbook whose rows say their place, as Excel writes them."""
    path.write_bytes(as_xlsx(taobao(*({} for _ in range(many)))))
    return path


def expected(many: int) -> Numbers:
    return [f"35153131473{place:06d}" for place in range(1, many + 1)]


def always() -> bool:
    return True


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_excel])
def test_each_slice_goes_on_where_the_last_one_stopped(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "large", MANY)
    into = path.with_name("staged")
    slices = [stage(path, into, late=always)]
    while not slices[-1].done:
        slices.append(stage(path, into, late=always))
    positions = [each.position for each in slices]
    assert len(slices) == 4
    assert positions == sorted(set(positions))
    assert positions[-1] == slices[-1].size
    assert (slices[-1].rows, slices[-1].orders) == (MANY, MANY)
    assert numbers(into) == expected(MANY)


def test_a_second_file_is_staged_in_slices_too(save: Save) -> None:
    many = BATCH + 5
    orders = save(taobao(*({} for _ in range(many))))
    items = save(taobao_items(*({} for _ in range(many))))
    into = orders.with_name("staged")
    slices = 1
    while not stage(orders, into, items=items, late=always).done:
        slices += 1
    assert slices == 3
    found = [order for _, each in records(into) for order in each]
    assert all(len(order.lines) == 1 for order in found)  # type: ignore[union-attr]


def test_what_is_done_is_not_staged_again(save: Save) -> None:
    path = save(taobao({}, {}))
    into = path.with_name("staged")
    first = stage(path, into)
    assert stage(path, into) == first
    assert len(numbers(into)) == 2


def test_reading_goes_on_behind_a_cursor(save: Save) -> None:
    path = save(jd({"订单号": "A"}, {"订单号": "B"}, {"订单号": "A"}, {"订单号": "C"}))
    into = path.with_name("staged")
    stage(path, into)
    cursors = [cursor for cursor, _ in records(into)]
    assert cursors == sorted(set(cursors))
    assert [numbers(into, after) for after in (0, *cursors)] == [
        ["A", "B", "C"],
        ["B", "C"],
        ["C"],
        [],
    ]


def test_what_is_not_staged_to_its_end_is_not_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "large", BATCH + 1)
    into = path.with_name("staged")
    assert not stage(path, into, late=always).done
    with pytest.raises(RuntimeError, match="not staged to its end"):
        next(records(into))


def test_the_same_rows_have_the_same_digest(save: Save) -> None:
    def digests(*cells: dict[str, str]) -> list[str]:
        path = save(taobao(*cells))
        into = path.with_name(f"{path.name}-staged")
        stage(path, into)
        return [order.digest for _, (order,) in records(into)]  # type: ignore[union-attr]

    first, second = digests({}, {}), digests({}, {"订单备注": "改了"})
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert len(first[0]) == 32


def test_a_staging_file_of_something_else_is_made_anew(save: Save) -> None:
    path = save(taobao())
    into = path.with_name("staged")
    into.write_bytes(b"not a database at all" * 100)
    assert stage(path, into).done
    with sqlite3.connect(into) as db:
        db.execute("PRAGMA user_version = 999")
    assert stage(path, into).done
    assert len(numbers(into)) == 1


def test_discard_removes_everything_that_holds_names(save: Save) -> None:
    path = save(as_xlsx(taobao()))
    into = path.with_name("staged")
    stage(path, into)
    discard(into)
    assert list(path.parent.iterdir()) == [path]


# -- kills ----------------------------------------------------------------------------------------

STAGE = """
import sys, time
from pathlib import Path
from orders.formats import stage
path, into = Path(sys.argv[1]), Path(sys.argv[2])
stage(path, into, late=lambda: bool(print("batch", flush=True)) or bool(time.sleep(0.02)))
print("done", flush=True)
"""


def killed(path: Path, into: Path, batches: int, more: float) -> None:
    """Stage in a process of its own and kill it some time behind so many batches."""
    process = subprocess.Popen(
        [sys.executable, "-c", STAGE, str(path), str(into)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(batches):
        assert process.stdout.readline() == "batch\n"
    time.sleep(more)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_killed_again_and_again_nothing_is_double_and_nothing_missing(
    tmp_path: Path, write: Write
) -> None:
    many = 6 * BATCH + 1
    path = write(tmp_path / "large", many)
    into = path.with_name("staged")
    for batches, more in ((1, 0.0), (1, 0.013), (2, 0.027)):
        killed(path, into, batches, more)
    while not (staged := stage(path, into, late=always)).done:
        pass
    assert (staged.rows, staged.orders) == (many, many)
    assert numbers(into) == expected(many)


def test_killed_while_the_shared_strings_are_stored(save: Save) -> None:
    """A half table of strings would leave cells empty: it is all there, or made again."""
    path = save(as_xlsx(taobao({}, {})))
    store = path.with_name("staged-strings")
    with sqlite3.connect(store, isolation_level=None) as db:
        db.execute("BEGIN")
        db.execute("CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT)")
        db.execute("INSERT INTO string VALUES (0, 'half')")
        db.execute("ROLLBACK")  # what SQLite does with what a killed process left
    into = path.with_name("staged")
    assert stage(path, into).done
    assert numbers(into) == expected(2)


# -- memory ---------------------------------------------------------------------------------------

MEASURE = """
import json, sys
from pathlib import Path
from orders.formats import records, stage
path, into = Path(sys.argv[1]), Path(sys.argv[2])
stage(path, into)
orders = sum(1 for _ in records(into))
# getrusage would remember the process before exec: the whole test suite.
peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
print(json.dumps([orders, peak]))
"""


@pytest.mark.parametrize(("write", "many"), [(write_csv, 50_000), (write_xlsx, 10_000)])
def test_memory_is_bounded(tmp_path: Path, write: Write, many: int) -> None:
    path = write(tmp_path / "large", many)
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(tmp_path / "staged")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    orders, memory = json.loads(told)
    assert orders == many
    assert memory < MEMORY
