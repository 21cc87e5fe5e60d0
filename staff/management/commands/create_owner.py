"""`manage.py create_owner NAME`: the first colleague, who makes the others on the screen."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff.models import User
from staff.roles import Role
from staff.services.people import save_person


class Command(BaseCommand):
    help = "Make the first owner. The password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--full-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(
            username=options["username"],
            full_name=options["full_name"] or options["username"],
            role=Role.OWNER,
        )
        password = self._password()
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        save_person(user)
        self.stdout.write(f"负责人 {user.username} 已建好，可以登录了。")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("密码：")
        if getpass.getpass("再输一次：") != password:
            raise CommandError("两次输入的密码不一样。")
        return password
