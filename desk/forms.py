"""Forms of the desk's own screens: shops, colleagues, sentences, showing personal data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from orders.models import Shop
from staff.models import User


class ShopForm(forms.ModelForm[Shop]):
    """A shop's settings. Reminder steps are typed as minutes with commas."""

    steps = forms.CharField(
        label="催付时点（下单后几分钟）", help_text="用逗号隔开，例如 30, 360, 1380", required=False
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
            "ship_by_h",
            "reserve_on_order",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["steps"] = ", ".join(str(n) for n in self.instance.reminder_steps)
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_steps(self) -> list[int]:
        typed = self.cleaned_data["steps"].replace("，", ",").split(",")
        try:
            steps = sorted({int(part) for part in typed if part.strip()})
        except ValueError as error:
            raise forms.ValidationError("只能填分钟数，用逗号隔开。") from error
        if any(step <= 0 for step in steps):
            raise forms.ValidationError("分钟数要大于 0。")
        return steps

    def save(self, commit: bool = True) -> Shop:
        self.instance.reminder_steps = self.cleaned_data["steps"]
        return super().save(commit=commit)


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


class SentenceForm(forms.Form):
    """A new wording of one sentence, for all shops or for one."""

    key = forms.CharField(widget=forms.HiddenInput)
    scope = forms.ChoiceField(label="用于", required=False)
    text = forms.CharField(label="内容", widget=forms.Textarea, max_length=1000)

    def __init__(self, *args: Any, shops: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [("", "全部店铺"), *shops]  # type: ignore[attr-defined]
