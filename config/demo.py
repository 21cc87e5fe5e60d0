"""The demo's outside world: a sandbox beside the other processes, and shops that use it."""

from __future__ import annotations

import os
import socket

from config.paths import VAR_DIR
from connectors.sandbox import dingtalk, wecom
from connectors.sandbox.registry import ROUTES, credentials
from connectors.systems import SYSTEMS

TRIED_PORTS = 20
PROCESS = "exec python -m connectors.sandbox --port ${SANDBOX_PORT}"
# Where the sandbox keeps its key pairs, so that what the shops were given still fits tomorrow.
KEYS = ("SANDBOX_KEYS", str(VAR_DIR / "sandbox"))
# One seller has one account there: two shops with it would both take in what it sells.
ONLY_FOR = {"taobao": {"taobao"}}  # channels; other systems serve every shop


def sandbox_port(port: int) -> int:
    """The first free port after the web's; raises OSError when there is none."""
    for candidate in range(port + 1, port + 1 + TRIED_PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except (OSError, OverflowError):
                continue
            return candidate
    raise OSError("no free port for the sandbox")


def environment(port: int, sandbox: int) -> dict[str, str]:
    """Where every process finds the outside systems; what somebody set by hand stays."""
    base = f"http://127.0.0.1:{sandbox}"
    own = {SYSTEMS[name].variable: f"{base}/{name}" for name in ROUTES}
    own |= {"WECOM_ROBOT_KEY": wecom.KEY, "DINGTALK_ROBOT_TOKEN": dingtalk.TOKEN}
    own |= {"DINGTALK_ROBOT_SECRET": dingtalk.SECRET, "SANDBOX_PORT": str(sandbox)}
    own |= dict([KEYS])
    own["CALLBACK_URL"] = f"http://127.0.0.1:{port}"
    return {name: os.environ.get(name) or value for name, value in own.items()}


def connect_shops() -> None:
    """Give each shop of the demo an account with each imitated system."""
    from django.utils import timezone

    from core.acts import TIMER
    from orders.models import Shop
    from orders.services.account import save_account

    os.environ.setdefault(*KEYS)
    typed = credentials()
    for shop in Shop.objects.all():
        for system, values in typed.items():
            if shop.channel in ONLY_FOR.get(system, {shop.channel}):
                save_account(shop, system, values, by=TIMER, now=timezone.now())
