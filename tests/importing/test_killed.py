"""An import whose process is killed goes on where it was (failure modes 18, 20)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.paths import BASE_DIR
from orders.services.importing import job
from tests.formats.files import as_csv, taobao

ORDERS = 3000
PREPARE = """
from orders.factories import ShopFactory
ShopFactory.create()
print("ready")
"""
GO_ON = """
import json
from datetime import timedelta
from django.utils import timezone
from core.models import Act, Job
from core.work import work_one
from orders.models import Order, Payment
Job.objects.filter(state="running").update(not_before=timezone.now())  # its lease has run out
while work_one(timezone.now()):
    pass
job = Job.objects.get()
print(json.dumps({
    "state": job.state, "result": {n: job.result[n] for n in ("created", "unchanged", "rows")},
    "orders": Order.objects.count(), "history": Order.history.count(),
    "payments": Payment.objects.count(),
    "timelines": Act.objects.exclude(order_no="").count(),
    "numbers": Order.objects.values("platform_no").distinct().count(),
}))
"""
MEASURED = """
from pathlib import Path
from django.core.management import call_command
call_command("import_orders", "{file}", shop="tb1")
status = Path("/proc/self/status").read_text()  # getrusage remembers the process before exec
print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""
KILLED = """
import os, signal
from django.core.management import call_command
from orders.services.importing import job
real, calls = job.apply, []
def apply(*args, **kwargs):
    counts = real(*args, **kwargs)
    calls.append(counts)
    if len(calls) == 2:  # the second chunk is written, and not committed
        os.kill(os.getpid(), signal.SIGKILL)
    return counts
job.apply = apply
call_command("import_orders", "{file}", shop="tb1")
"""
COUNT = "from orders.models import Order; print(Order.objects.count())"


def manage(env: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *args]
    return subprocess.run(
        command, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=300, check=True
    )


def shell(env: dict[str, str], code: str) -> str:
    return manage(env, "shell", "-v", "0", "-c", code).stdout.strip().splitlines()[-1]


def written(env: dict[str, str]) -> int:
    return int(shell(env, COUNT))


@pytest.mark.processes
@pytest.mark.soak
def test_an_import_killed_in_the_middle_is_finished_with_nothing_double(
    home: dict[str, str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(as_csv(taobao(*[{"买家会员名": f"tb_{n % 500}"} for n in range(ORDERS)])))
    shell(home, PREPARE)
    killed = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", KILLED.format(file=file)],
        cwd=BASE_DIR,
        env=home,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert written(home) in (job.ON_SQLITE, job.ORDERS), "a chunk was half written"
    ended: dict[str, Any] = json.loads(shell(home, GO_ON))
    assert ended == {
        "state": "done",
        "result": {"created": ORDERS, "unchanged": 0, "rows": ORDERS},
        **dict.fromkeys(["orders", "history", "payments", "timelines", "numbers"], ORDERS),
    }


@pytest.mark.processes
def test_memory_stays_bounded_whatever_the_file(
    home: dict[str, str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "orders.csv"
    rows = [{"买家留言": "请在工作日送货" * 200} for _ in range(2_500)]
    file.write_bytes(as_csv(taobao(*rows)))
    shell(home, PREPARE)
    peak = float(shell(home, MEASURED.format(file=file)))
    assert peak < 300, f"{peak:.0f} MB"
