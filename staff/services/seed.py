"""The demo's colleagues: one or two of each role, named after it."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from factory import Transformer

from staff.factories import UserFactory
from staff.models import User

PASSWORD = "gendan-demo"  # noqa: S105 -- the demo's, shown on its sign-in page
NAMES = {
    "agent": "李晓雨",
    "agent2": "陈思远",
    "senior": "王若曦",
    "aftersales": "赵敏慧",
    "warehouse": "周大勇",
    "warehouse2": "吴志强",
    "logistics": "郑海波",
    "purchasing": "孙丽华",
    "supervisor": "林婉婷",
    "supervisor2": "何建国",
    "finance": "钱佳琪",
    "finance2": "冯雪梅",
    "owner": "徐文斌",
    "owner2": "徐静怡",
}


def demo_people() -> dict[str, User]:
    """Make them; their password is `gendan-demo`, hashed once, as hashing is slow on purpose."""
    hashed = Transformer.Force(make_password(PASSWORD))
    return {
        name: UserFactory.create(
            username=name, full_name=full_name, role=name.rstrip("2"), password=hashed
        )
        for name, full_name in NAMES.items()
    }
