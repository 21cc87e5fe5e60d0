"""Forms of sign-in and of what belongs to oneself."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """User name and password, with errors a colleague would say."""

    error_messages = {
        "invalid_login": "用户名或密码不对。连续错 5 次会锁 15 分钟。",
        "inactive": "这个账号已经停用，请联系负责人。",
    }
