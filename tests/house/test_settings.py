"""Production refuses what would be dangerous; every answer carries its guards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from config.paths import BASE_DIR

pytestmark = pytest.mark.sqlite

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "REDIS_URL": "redis://localhost:6379/0",
    "ALLOWED_HOSTS": "gendan.test",
    "DEBUG": "",
    "GENDAN_DEMO": "",
}
OURS = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}  # the suite's own


def load(asks: str = "settings.DEBUG", **env: str) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; {asks}"],
        cwd=BASE_DIR,
        env=os.environ | GOOD | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_loads_from_the_environment() -> None:
    answer = load()
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("", "https://gendan.test ['gendan.test']"),
        ("https://kf.example/", "https://kf.example ['gendan.test', 'kf.example']"),
    ],
)
def test_customers_reach_it_where_the_desks_do_or_where_it_is_said(site: str, said: str) -> None:
    answer = load("print(settings.SITE_URL, settings.ALLOWED_HOSTS)", SITE_URL=site)
    assert answer.stdout.strip() == said, answer.stderr


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "change-me-" * 6}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + GOOD["SECRET_KEY"]}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"GENDAN_DEMO": "1"}, "GENDAN_DEMO"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "http://gendan.test"}, "SITE_URL"),
    ],
)
def test_production_refuses(env: dict[str, str], says: str) -> None:
    answer = load(**env)
    assert answer.returncode != 0
    assert f"ImproperlyConfigured: {says}" in answer.stderr


def test_production_has_no_deployment_warning() -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env=OURS | GOOD,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_static_files_collect_with_names_of_their_content(tmp_path: Path) -> None:
    """A style sheet that names a missing file would break the image's build."""
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=settings.HASHED_STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert list(tmp_path.glob("css/base.*.css.gz"))


@pytest.mark.django_db
def test_every_answer_carries_the_guards(client: Client) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("frame-ancestors") == policy.pop("base-uri") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_session_ends_after_a_shift_and_is_not_extended_by_use() -> None:
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    assert settings.SESSION_SAVE_EVERY_REQUEST is False
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test"])
def test_local_settings_know_only_this_machine(host: str) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.http import HttpRequest\n"
        f"request = HttpRequest(); request.META['HTTP_HOST'] = {host!r}\n"
        "request.get_host()"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ALLOWED_HOSTS": ""}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DisallowedHost" in answer.stderr
