"""An import whose process is killed goes on where it was (failure modes 18, 20)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from config.paths import BASE_DIR
from tests.formats.files import as_csv, taobao

ORDERS = 6000
PREPARE = """
from django.core.management import call_command
from orders.factories import ShopFactory
call_command("migrate", verbosity=0)
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
    command = [sys.executable, "manage.py", "import_orders", str(file), "--shop", "tb1"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=home, stdout=subprocess.DEVNULL)
    while process.poll() is None and not 0 < written(home) < ORDERS:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    there = written(home)
    assert 0 < there < ORDERS, "killed too early or too late"
    assert there % 500 == 0, "a chunk was half written"
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
    rows = [{"买家留言": "请在工作日送货" * 60} for _ in range(6_000)]
    file.write_bytes(as_csv(taobao(*rows)))
    shell(home, PREPARE)
    peak = float(shell(home, MEASURED.format(file=file)))
    assert peak < 300, f"{peak:.0f} MB"
