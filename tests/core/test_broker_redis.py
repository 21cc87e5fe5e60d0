"""Redis dies while messages wait in a worker (failure mode 10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import redis

from config import broker
from tests.refunds.faults.house import Broker, has_redis

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not has_redis(), reason="needs redis-server on the PATH, to kill it"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Broker]:
    server = Broker(tmp_path, own=True)
    yield server
    server.stop()


def lose(transport: Any, server: Broker) -> None:
    """A message is in hand when Celery notices that the connection is lost: what it does then."""
    at: dict[str, Any] = {"hostname": "127.0.0.1", "port": server.port, "virtual_host": "0"}
    connection = Connection(transport=transport, **at)
    queue = connection.SimpleQueue("hints")
    queue.put("a hint")
    assert queue.get(timeout=5).payload == "a hint"
    server.stop()
    connection.transport.client = None  # as a first attempt leaves it, that failed half way
    connection.close()


def test_the_worker_lets_the_connection_go_and_goes_on(server: Broker) -> None:
    lose(broker.RedisTransport, server)


def test_kombus_own_fails_and_ends_the_worker(server: Broker) -> None:
    with pytest.raises(AttributeError, match="hostname"):
        lose(redis.Transport, server)


def test_redis_is_ours_wherever_celery_asks_for_it() -> None:
    for url in ("redis://localhost", "rediss://localhost"):
        assert Connection(url).get_transport_cls() is broker.RedisTransport
