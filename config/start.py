"""`make run`: web, worker and beat on one machine (a demo: the sandbox, too), started and stopped.

First what can go wrong, one clear line each; then the database and, once, the demo; then the
Procfile over honcho's manager: when one of them dies, all stop, and everybody can see it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import honcho.manager
from honcho.environ import parse_procfile
from honcho.printer import Printer

from config import demo
from config.health import serves
from config.paths import BASE_DIR, VAR_DIR

ROOM_MB = 100  # less free disk than this is a failure waiting for its moment
KILL_WAIT = 12  # seconds; a worker ends its slice and the web its requests well before
STOPPED_BY_HAND = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class CannotStart(Exception):
    """Says in one line what is wrong and what to do."""


def wanted_port() -> int:
    """The port of `PORT`, 8000 without one; raises CannotStart when it is none."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT={text} 不是端口号 (not a port)。例如：make run PORT=8001")
    return int(text)


def check_port(port: int) -> None:
    """Raises CannotStart when somebody else listens there: gunicorn would need ten seconds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "已被占用 (is in use)" if error.errno == errno.EADDRINUSE else error.strerror
            raise CannotStart(
                f"端口 {port} {why}。换一个：make run PORT={port % 65535 + 1}"
            ) from None


def check_folder(folder: Path) -> None:
    """Raises CannotStart when nothing can be written there or the disk is nearly full."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        raise CannotStart(f"写不进 {folder} (cannot write there)：{error.strerror}。") from None
    if free < ROOM_MB:
        raise CannotStart(
            f"磁盘快满了 (disk nearly full)：{folder} 只剩 {free} MB，至少要 {ROOM_MB} MB。"
        )


def take_lock(folder: Path) -> IO[str]:
    """Only one start per folder; the lock ends with us and our processes. Raises CannotStart."""
    lock = (folder / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        pids = " ".join(lock.read().split())
        raise CannotStart(f"已经在运行 (already running)。要停掉它：kill {pids}") from None
    write_pids(lock, [os.getpid()])
    return lock


def write_pids(lock: IO[str], pids: list[int]) -> None:
    lock.truncate(0)
    lock.write(" ".join(map(str, pids)))
    lock.flush()


def prepare() -> None:
    """Bring the database up to date and load the demo into an empty one."""
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    logging.getLogger("gendan").setLevel(logging.WARNING)  # the demo's acts are no news
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections, transaction

    logging.disable(logging.INFO)  # the demo's hundreds of acts are no news to anybody
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if settings.DEMO and "seed_demo" in get_commands() and not get_user_model().objects.exists():
        print("装入演示数据，只此一次 (loading the demo, once) …", flush=True)
        with transaction.atomic():
            call_command("seed_demo", verbosity=0)
            demo.connect_shops()
    connections.close_all()  # a connection does not survive the fork


def greeting(port: int, outside: dict[str, str]) -> str:
    """The address, and in a demo where the sandbox is and who can sign in."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections
    from django.utils import timezone

    from core.workdays import last_known
    from staff.roles import Role
    from warehouse.checks import font_is_there

    lines = [f"跟单台 Gendan: http://127.0.0.1:{port}/  (Ctrl-C 停止 stops it)"]
    if outside:
        address = f"http://127.0.0.1:{outside['SANDBOX_PORT']}/"
        lines.append(f"演练系统 sandbox: {address}  (模仿短信、支付、平台、快递 imitates them)")
    if ends := last_known(timezone.localdate()):
        lines.append(f"工作日历只到 {ends} (the calendar of holidays ends then): 见 /calendar")
    lines += [f"注意 note: {message.msg}" for message in font_is_there()]
    if settings.DEMO:
        lines.append("演示用户 demo users, 密码 password gendan-demo:")
        users: list[Any] = list(get_user_model().objects.filter(is_active=True).order_by("pk"))
        demo = [user for user in users if user.username.rstrip("2") in Role.values]
        lines += [f"  {user.username:<12} {Role(user.role).label}" for user in demo]
        connections.close_all()
    return "\n".join(lines)


class Outlet:
    """The terminal, which may go away while the others still have to be stopped."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.isatty = file.isatty

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self.file.flush()


class Household(honcho.manager.Manager):  # type: ignore[misc]
    """Honcho's manager; survives a Ctrl-C before all have started, and says when they have."""

    def __init__(self, started: Callable[[list[int]], None]) -> None:
        super().__init__(Printer(Outlet(sys.stdout)))
        self.started = started

    def _start(self) -> None:
        super()._start()  # forks, so threads come after it
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while not self._all_started():
            time.sleep(0.05)
        self.started([process["pid"] for process in self._processes.values()])

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:  # whom we do not know yet we cannot stop: ask again in a moment
            signal.setitimer(signal.ITIMER_REAL, 0.2)


def outside_of(port: int) -> dict[str, str]:
    """In a demo: where the sandbox stands, as every process is told. Raises CannotStart."""
    from django.conf import settings

    if not settings.DEMO:
        return {}
    try:
        return demo.environment(port, demo.sandbox_port(port))
    except OSError:
        raise CannotStart(f"{port} 之后没有空闲的端口 (no free port after it)。") from None


def run(port: int, lock: IO[str]) -> int:
    """Run the Procfile until Ctrl-C, the terminal's end, or the first death."""
    outside = outside_of(port)
    hello = greeting(port, outside)

    def started(pids: list[int]) -> None:
        write_pids(lock, [os.getpid(), *pids])
        while not serves(port):
            time.sleep(0.1)
        print(hello, file=Outlet(sys.stdout), flush=True)

    household = Household(started)
    honcho.manager.KILL_WAIT = KILL_WAIT
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    env = (
        os.environ
        | outside
        | {
            "PORT": str(port),
            "PATH": bin_first,
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker",  # as root: one's own machine
        }
    )
    processes = dict(parse_procfile((BASE_DIR / "Procfile").read_text()).processes)
    if outside:
        processes["sandbox"] = demo.PROCESS
    for name, command in processes.items():
        household.add_process(name, command, env=env, cwd=str(BASE_DIR))
    signal.signal(signal.SIGALRM, lambda *_: household.terminate())
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    household.loop()
    return int(household.returncode or 0)


def main() -> int:
    try:
        port = wanted_port()
        check_folder(VAR_DIR)
        lock = take_lock(VAR_DIR)
        check_port(port)
        prepare()
        code = run(port, lock)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    if code not in STOPPED_BY_HAND:
        print(
            "有一个进程意外停止，其余也已停下；再运行一次会接着做完"
            " (one of them died, so all were stopped; start again and the work goes on)",
            file=Outlet(sys.stderr),
        )
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
