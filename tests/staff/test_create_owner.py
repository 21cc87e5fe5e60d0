"""The first owner is made at a shell; nobody else can (SECURITY.md)."""

from __future__ import annotations

import io
import sys

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from staff.models import User

pytestmark = pytest.mark.django_db


def create(monkeypatch: pytest.MonkeyPatch, password: str, name: str = "wangfang") -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    call_command("create_owner", name, full_name="王芳", stdout=io.StringIO())


def test_the_first_owner_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "a-long-pass-phrase")
    user = User.objects.get()
    assert (user.role, user.display_name, user.is_superuser) == ("owner", "王芳", False)
    assert authenticate(username="wangfang", password="a-long-pass-phrase") == user


@pytest.mark.parametrize("password", ["", "12345678", "password", "wangfang"])
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    with pytest.raises(CommandError):
        create(monkeypatch, password)
    assert not User.objects.exists()


def test_a_name_that_is_taken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "a-long-pass-phrase")
    with pytest.raises(CommandError):
        create(monkeypatch, "another-pass-phrase")
    assert User.objects.count() == 1
