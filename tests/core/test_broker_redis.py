"""Redis dies while messages wait in a worker (failure mode 10)."""

from __future__ import annotations

import logging
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


def in_hand(transport: Any, server: Broker) -> tuple[Connection, Any]:
    """A worker's connection, and a message that it took and whose task has not ended."""
    at: dict[str, Any] = {"hostname": "127.0.0.1", "port": server.port, "virtual_host": "0"}
    connection = Connection(transport=transport, **at)
    queue = connection.SimpleQueue("hints")
    queue.put("a hint")
    message = queue.get(timeout=5)
    assert message.payload == "a hint"
    return connection, message


def lose(transport: Any, server: Broker) -> None:
    """Celery notices that the connection is lost: what it does then."""
    connection, _ = in_hand(transport, server)
    server.stop()
    connection.transport.client = None  # as a first attempt leaves it, that failed half way
    connection.close()


def test_the_worker_lets_the_connection_go_and_goes_on(server: Broker) -> None:
    lose(broker.RedisTransport, server)


def test_kombus_own_fails_and_ends_the_worker(server: Broker) -> None:
    with pytest.raises(AttributeError, match="hostname"):
        lose(redis.Transport, server)


def end_late(transport: Any, server: Broker) -> None:
    """The task ends after the connection was closed: what Celery's loop does then."""
    connection, message = in_hand(transport, server)
    server.stop()
    message.channel.close()
    message.ack_log_error(logging.getLogger(), connection.connection_errors)


def test_a_task_that_ends_after_the_loss_ends_no_worker(server: Broker) -> None:
    end_late(broker.RedisTransport, server)


def test_kombus_own_fails_when_a_task_ends_after_the_loss(
    server: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis.Channel, "do_restore", False)  # it would fail before
    with pytest.raises(AttributeError, match="client"):
        end_late(redis.Transport, server)


def test_the_end_of_a_task_is_told_as_ever_otherwise(server: Broker) -> None:
    _, message = in_hand(broker.RedisTransport, server)
    client = message.channel.client
    assert client.hlen("unacked") == 1
    message.ack()
    assert client.hlen("unacked") == 0


def test_redis_is_ours_wherever_celery_asks_for_it() -> None:
    for url in ("redis://localhost", "rediss://localhost"):
        assert Connection(url).get_transport_cls() is broker.RedisTransport
