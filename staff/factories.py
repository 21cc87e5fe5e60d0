"""Made-up colleagues, for tests and the demo."""

from __future__ import annotations

from typing import Any

import factory

from core.factories import RowFactory
from staff.models import User
from staff.roles import Role


class UserFactory(RowFactory[User]):
    """A colleague: `UserFactory.create(role="finance")`; the password is `gendan-demo`."""

    class Meta:
        model = User

    role: Any = Role.AGENT.value
    username: Any = factory.Sequence(lambda n: f"user{n}")
    full_name: Any = factory.Iterator(["王芳", "李雷", "韩梅梅", "赵敏", "周涛", "吴静"])
    password: Any = factory.django.Password("gendan-demo")
