"""What the suite runs on, how often its races run, and the line at its end that says so."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import pytest
from django.db import connections
from hypothesis import HealthCheck, settings

from tests import chromium, ledger
from tests.house import template
from tests.summary import closing_line, left_out_too_much, services

# Playwright's sync API keeps an event loop in the thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NEEDS_POSTGRES = "needs PostgreSQL (DB=postgres make test)"
PLAYED_ON_SQLITE = "the same on every database: the run on SQLite plays it"
NEEDS_CHROMIUM = "needs Chromium, which could not be installed"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", type=int, default=1, help="rounds of each test marked soak")


def pytest_configure(config: pytest.Config) -> None:
    """Stop at once, with one line, when the database that was asked for does not answer.

    Examples are the same in each run, so that a red run speaks of the change; `make soak` and
    `HYPOTHESIS=random` look for new ones. How fast they are made is a matter of the machine.
    """
    random = config.getoption("soak") > 1 or os.environ.get("HYPOTHESIS") == "random"
    settings.register_profile(
        "suite", derandomize=not random, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("suite")
    database = os.environ.get("DB", "sqlite")
    if database not in ("sqlite", "postgres"):
        raise pytest.UsageError(f"DB={database}: sqlite or postgres")
    if database == "postgres" and services()["PostgreSQL"] is None:
        raise pytest.UsageError("DB=postgres: PostgreSQL does not answer at TEST_DATABASE_URL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `soak` runs as often as `--soak` says."""
    rounds: int = metafunc.config.getoption("soak")
    if rounds > 1 and metafunc.definition.get_closest_marker("soak"):
        metafunc.fixturenames.append("soak_round")
        metafunc.parametrize("soak_round", range(rounds))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what cannot run here."""
    sqlite = os.environ.get("DB", "sqlite") == "sqlite"
    for item in items:
        if {"page", "browser", "new_page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if sqlite and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason=NEEDS_POSTGRES))
        if not sqlite and (item.get_closest_marker("sqlite") or _asks_no_database(item)):
            item.add_marker(pytest.mark.skip(reason=PLAYED_ON_SQLITE))
        if item.get_closest_marker("browser") and chromium.find() is None:
            item.add_marker(pytest.mark.skip(reason=NEEDS_CHROMIUM))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A migrated copy is in place; nothing is left to migrate."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Each test process begins with a copy of one migrated database."""
    name = str(connections.settings["default"]["TEST"]["NAME"])
    with template.in_place(tmp_path_factory, name):
        yield
        connections.close_all()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Five thousand tests and all modules stay until the end: nobody has to look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _asks_no_database(item: pytest.Item) -> bool:
    """Rules, formats, amounts: what they say is the same over every database."""
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    marks = (item.get_closest_marker(name) for name in ("django_db", "processes"))
    return not fixtures and not any(marks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """After each test that used the database, stock levels are what their movements add up to."""
    result = yield
    if {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        ledger.must_add_up()
    return result


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With GENDAN_STRICT=1 a part that was left out is a failure: `.ci/run` asks for it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    strict = os.environ.get("GENDAN_STRICT") == "1" and not hasattr(session.config, "workerinput")
    if strict and reporter is not None and left_out_too_much(reporter.stats):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line, and nothing left on the database server."""
    if not hasattr(config, "workerinput"):
        template.drop()
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("passed"):
        reporter.write_line(closing_line(reporter.stats))
