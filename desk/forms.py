"""Forms of the desk's own screens: shops, colleagues, showing personal data."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from orders.models import Shop, Webhook
from orders.reading import MAX_TEXT
from orders.words import ContactChannel, How, MessageKind, OrderState
from staff.models import Badge, User
from staff.roles import Scope

TELLS = [(f"{kind}:{how}", f"{kind.label} · {how.label}") for kind in MessageKind for how in How]
A_YEAR = 365 * 24  # hours
# How long an order may stand before somebody must look after it (SOP 5.c, 5.h).
STAGE_LIMITS = (
    *("at_risk_h", "paid_limit_h", "released_limit_h"),
    *("bench_limit_h", "shipped_limit_h"),
)


class NewContactForm(forms.Form):
    """How a customer got in touch, and the key that they named (SOP 1.1.b)."""

    channel = forms.ChoiceField(
        label="从哪里来", choices=ContactChannel.choices, widget=forms.RadioSelect
    )
    q = forms.CharField(
        label="买家报的号码、账号或名字",
        max_length=MAX_TEXT,
        widget=forms.TextInput(
            attrs={
                "placeholder": "订单号 / 旺旺 / QQ / 收货人 / 手机 / 运单号",
                "autocomplete": "off",
            }
        ),
    )


class ShopForm(forms.ModelForm[Shop]):
    """A shop's settings. Reminder steps and top-up goods are typed with commas."""

    steps = forms.CharField(
        label="催付时点（下单后几分钟）", help_text="用逗号隔开，例如 30, 360, 1380", required=False
    )

    top_ups = forms.CharField(
        label="补差价商品（商家编码，或标题里的词）",
        help_text="用逗号隔开，例如 BCJ, 补差价, 补邮费。只有这些商品的订单按补差价订单处理。",
        required=False,
        max_length=500,
    )

    told = forms.MultipleChoiceField(
        label="主动告知买家",
        choices=TELLS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾了短信的，有手机号就发短信；没有手机号、又勾了聊天的，由客服在聊天里告知。",
    )

    class Meta:
        model = Shop
        fields = [
            "code",
            "name",
            "channel",
            "active",
            "return_name",
            "return_phone",
            "return_address",
            "refund_opens_h",
            "refund_closes_h",
            "unpaid_limit_h",
            "feedback_days",
            "complete_days",
            "ship_by_h",
            *STAGE_LIMITS,
            "reserve_on_order",
            "auto_release",
            "cooling_min",
            "review_limit",
            "names_reason",
            "platform_labels",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["steps"] = ", ".join(str(n) for n in self.instance.reminder_steps)
        self.initial["told"] = self.instance.tells
        self.initial["top_ups"] = ", ".join(self.instance.top_up_codes)
        for name in STAGE_LIMITS:
            self.fields[name].required = False
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_steps(self) -> list[int]:
        try:
            steps = sorted({int(part) for part in _parts(self.cleaned_data["steps"])})
        except ValueError as error:
            raise forms.ValidationError("只能填分钟数，用逗号隔开。") from error
        if any(not 0 < step <= 60 * 24 * 30 for step in steps):
            raise forms.ValidationError("分钟数要大于 0，最多 30 天（43200 分钟）。")
        return steps

    def clean_top_ups(self) -> list[str]:
        codes = list(dict.fromkeys(_parts(self.cleaned_data["top_ups"])))
        if any(len(code) < 2 for code in codes):
            raise forms.ValidationError("每一项至少两个字，不然会认错别的商品。")
        return codes

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in STAGE_LIMITS:  # an empty one is the usual one
            if values.get(name) is None:
                values[name] = getattr(Shop(), name)
        hours = ("refund_opens_h", "refund_closes_h", "unpaid_limit_h", "ship_by_h", *STAGE_LIMITS)
        for name in hours:
            if (values.get(name) or 0) > A_YEAR:
                self.add_error(name, "最多一年（8760 小时）。")
        for name in ("feedback_days", "complete_days"):
            if (values.get(name) or 0) > 60:
                self.add_error(name, "最多 60 天。")
        self._check_review(values)
        opens, closes = values.get("refund_opens_h"), values.get("refund_closes_h")
        if opens is not None and closes is not None and closes <= opens:
            self.add_error("refund_closes_h", "要晚于可以申请的时间；发货前都可以就留空。")
        address = [values.get(f"return_{part}") for part in ("name", "phone", "address")]
        if any(address) and not all(address):
            self.add_error("return_address", "退货的收件人、电话和地址要一起填，买家才寄得回来。")
        return values

    def _check_review(self, values: dict[str, Any]) -> None:
        if (values.get("cooling_min") or 0) > 7 * 24 * 60:
            self.add_error("cooling_min", "最多 7 天（10080 分钟）。")
        limit = values.get("review_limit")
        if limit is not None and limit <= 0:
            self.add_error("review_limit", "要大于 0；不用财务审就留空。")

    def save(self, commit: bool = True) -> Shop:
        self.instance.reminder_steps = self.cleaned_data["steps"]
        self.instance.tells = self.cleaned_data["told"]
        self.instance.top_up_codes = self.cleaned_data["top_ups"]
        return super().save(commit=commit)


def _parts(text: str) -> list[str]:
    """What was typed with commas between, Chinese ones, too."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


class PersonForm(forms.ModelForm[User]):
    """A colleague as the owner sees one."""

    password = forms.CharField(
        label="新密码",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="不改就留空。改了以后，这位同事在别处的登录都会退出。",
    )
    shop_codes = forms.MultipleChoiceField(
        label="限定店铺",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="一个都不勾 = 全部店铺。",
    )

    badge = forms.RegexField(
        r"(?i)^[0-9A-Z-]{4,32}$",
        label="工牌号",
        required=False,
        help_text="仓库和物流扫工牌（条码是 U: 加工牌号）换人。清空 = 收回工牌。",
    )
    pin = forms.RegexField(
        r"^\d{4,8}$",
        label="PIN",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text="4 到 8 位数字。不改就留空。",
    )

    class Meta:
        model = User
        fields = ["username", "full_name", "role", "is_active"]

    def __init__(self, *args: Any, shops: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop_codes"].choices = shops  # type: ignore[attr-defined]
        self.fields["is_active"].label = "在职（可以登录）"
        self.fields["is_active"].help_text = ""
        self.fields["username"].help_text = ""
        self.initial["shop_codes"] = self.instance.shop_codes
        if self.instance.pk is None:
            self.fields["password"].required = True
        elif badge := Badge.objects.filter(user=self.instance).first():
            self.initial["badge"] = badge.code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        code = values.get("badge", "")
        taken = Badge.objects.filter(code=code).exclude(user=self.instance.pk)
        if code and taken.exists():
            self.add_error("badge", "这个工牌号别人在用。")
        elif code and not values.get("pin") and not self.initial.get("badge"):
            self.add_error("pin", "新工牌要有 PIN。")
        return values

    def clean_badge(self) -> str:
        return str(self.cleaned_data["badge"]).upper()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:
        """The person as typed; `staff.services.people.save_person` keeps it."""
        user = super().save(commit=False)
        user.shop_codes = self.cleaned_data["shop_codes"]
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        return user


class RevealForm(forms.Form):
    """Why personal data is looked at."""

    reason = forms.CharField(label="原因", max_length=100, min_length=2)


class GiveUpForm(forms.Form):
    """Why a message is left undelivered."""

    why = forms.CharField(
        label="为什么放弃",
        min_length=2,
        max_length=300,
        help_text="例如：已经打电话告诉买家。会记在订单的经过里。",
    )


class ApiTokenForm(forms.Form):
    """A new token of the API: whose, what for, how long."""

    name = forms.CharField(
        label="名称", max_length=40, help_text="哪个系统用，例如“官网商城”。订单的记录里会这样写。"
    )
    scopes = forms.MultipleChoiceField(
        label="权限", choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="有效期",
        choices=[(30, "30 天"), (90, "90 天"), (365, "一年")],
        coerce=int,
        initial=90,
    )


class RevokeForm(forms.Form):
    """Why a token is made worthless."""

    why = forms.CharField(label="原因", max_length=200, min_length=2)


class WebhookForm(forms.Form):
    """Where another system is told of an order's states."""

    url = forms.CharField(
        label="网址", max_length=300, help_text="对方接收通知的地址，https:// 开头。"
    )
    states = forms.MultipleChoiceField(
        label="通知哪些状态",
        choices=OrderState.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="一个都不勾 = 全部。",
    )
    active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, data: Any = None, *, hook: Webhook | None) -> None:
        known = {"url": hook.url, "states": hook.states, "active": hook.active} if hook else None
        super().__init__(data, initial=known)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise forms.ValidationError("这不是一个网址。") from error
        if not url.isascii() or " " in url or parts.scheme not in ("http", "https") or not host:
            raise forms.ValidationError("要写完整的网址，例如 https://shop.example/gendan。")
        if parts.username is not None or parts.fragment:
            raise forms.ValidationError("网址里不要带用户名、密码或 # 后面的部分。")
        trusted = settings.DEMO or parts.netloc in settings.CONNECTOR_HOSTS
        if parts.scheme != "https" and not trusted:
            raise forms.ValidationError("要用 https，不然通知会被别人看到和改动。")
        return url
