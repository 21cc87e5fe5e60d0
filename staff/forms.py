"""Forms of sign-in and of the owner's screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password

from staff.models import User


class SignInForm(AuthenticationForm):
    """User name and password, with errors a colleague would say."""

    error_messages = {
        "invalid_login": "用户名或密码不对。连续错 5 次会锁 15 分钟。",
        "inactive": "这个账号已经停用，请联系负责人。",
    }


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
        shop_field = self.fields["shop_codes"]
        assert isinstance(shop_field, forms.MultipleChoiceField)
        shop_field.choices = shops
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
        user = super().save(commit=False)
        user.shop_codes = self.cleaned_data["shop_codes"]
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
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
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)
        scope.choices = [("", "全部店铺"), *shops]


