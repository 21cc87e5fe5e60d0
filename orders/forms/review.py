"""Forms of the review: a reason for each hit, what came of a call, the owner's lists (2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from core.once import TokenForm
from core.verdict import Verdict
from orders.addresses import check_region, clean_phone, plausible_phone, split_region
from orders.forms.contact import ActForm
from orders.models import Order, RemoteArea, ReviewHit
from orders.review import address_key
from orders.services.calls import Call
from orders.words import CARRIERS, BlockKind, ContactChannel


class PassForm(ActForm):
    """A reason for each hit that may pass; the others only say what is to be done."""

    def __init__(
        self,
        data: Any = None,
        *,
        order: Order,
        hits: Sequence[tuple[ReviewHit, Verdict]] = (),
        may_release: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, order=order, **kwargs)
        self.may_release = may_release
        for hit, verdict in hits:
            if verdict.allowed:
                self.fields[f"why_{hit.code}"] = forms.CharField(
                    label=f"{hit.get_code_display()}：为什么可以放行",
                    max_length=200,
                    required=False,
                )
        if may_release:
            self.fields["hold_back"] = forms.BooleanField(
                label="放行后先不下发",
                required=False,
                help_text="不勾：没有别的疑点就马上下发仓库。",
            )

    def whys(self) -> dict[str, str]:
        return {
            name.removeprefix("why_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("why_") and value.strip()
        }

    @property
    def then_release(self) -> bool:
        return self.may_release and not self.cleaned_data.get("hold_back")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = [name for name in self.fields if name.startswith("why_")]
        if names and not any(str(values.get(name, "")).strip() for name in names):
            self.add_error(names[0], "至少一条要写明为什么可以放行。")
        return values


class AskBuyerForm(ActForm):
    """What is to be asked, and when."""

    reason = forms.CharField(label="要问买家什么", max_length=300)
    at = forms.DateTimeField(
        label="什么时候联系",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填 = 现在。",
    )

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError("要选一个以后的时间；现在就联系的不用填。")
        return at


SETTLED, AGAIN, MISSED = "settled", "again", "missed"
LATER = timedelta(hours=2)


class CallForm(ActForm):
    """What came of an attempt (SOP 1.3.a)."""

    channel = forms.ChoiceField(
        label="联系方式",
        choices=ContactChannel.choices,
        initial=ContactChannel.TELEPHONE.value,
    )
    outcome = forms.ChoiceField(
        label="结果",
        choices=[
            (MISSED, "没有联系上"),
            (AGAIN, "联系上了，还要再联系"),
            (SETTLED, "处理好了，解除挂起"),
        ],
        error_messages={"required": "按下面的一个按钮，说明联系得怎么样。"},
    )
    said = forms.CharField(label="买家怎么说", required=False, max_length=300)
    again = forms.DateTimeField(
        label="什么时候再联系",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填 = 两小时以后。",
    )

    def own_fields(self) -> list[forms.BoundField]:
        """What is typed; the outcome is the button that is pressed."""
        return [field for field in self.visible_fields() if field.name != "outcome"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("outcome") == SETTLED and not values.get("said", "").strip():
            self.add_error("said", "写一句买家怎么说，后面的同事才知道为什么可以发。")
        again: datetime | None = values.get("again")
        if again is not None and again <= timezone.now() and values.get("outcome") != SETTLED:
            self.add_error("again", "要选一个以后的时间。")
        return values

    def call(self, now: datetime) -> Call:
        values = self.cleaned_data
        settled = values["outcome"] == SETTLED
        again = None if settled else values["again"] or now + LATER
        return Call(values["channel"], values["outcome"] != MISSED, values["said"], again)


class BlockForm(TokenForm):
    """Whom or what to block, and why."""

    kind = forms.ChoiceField(label="类型", choices=BlockKind.choices)
    text = forms.CharField(
        label="内容",
        max_length=300,
        help_text="账号、电话，或从省写起的地址（地址后面的门牌、房号不同也算）。",
    )
    why = forms.CharField(label="原因", max_length=200, min_length=2)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind, text = values.get("kind"), values.get("text", "").strip()
        if kind == BlockKind.PHONE and plausible_phone(text) is None:
            self.add_error("text", "这个号码不像能打通的电话，请核对。")
        if kind == BlockKind.ADDRESS and not _narrow(text):
            self.add_error("text", "地址要从省、市写到路名或小区，不然会拦住整个地区的订单。")
        return values

    def key(self) -> str:
        """What the rules compare."""
        text: str = self.cleaned_data["text"].strip()
        if self.cleaned_data["kind"] == BlockKind.PHONE:
            return clean_phone(text)
        if self.cleaned_data["kind"] == BlockKind.ADDRESS:
            at = split_region(text)
            return address_key(at.province, at.city, at.district, at.street)
        return text


def _narrow(text: str) -> bool:
    at = split_region(text)
    return bool(at.province and len(address_key(at.street)) >= 4)


class WhyForm(TokenForm):
    """Why it is taken off the list."""

    why = forms.CharField(label="原因", max_length=200, min_length=2)


class RemoteForm(TokenForm):
    """A carrier and a place."""

    carrier = forms.ChoiceField(
        label="快递公司", required=False, choices=[("", "所有快递"), *CARRIERS.items()]
    )
    province = forms.CharField(label="省", max_length=32)
    city = forms.CharField(label="市", max_length=64, required=False, help_text="空 = 全省。")
    district = forms.CharField(label="区县", max_length=64, required=False, help_text="空 = 全市。")
    why = forms.CharField(
        label="说明", max_length=100, min_length=2, help_text="例如：不派送；加收 15 元；多 3 天。"
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        place = [str(values.get(name, "")).strip() for name in ("province", "city", "district")]
        if place[0] and (place[1] or place[2]):
            for fault in check_region(*place):
                self.add_error("province", fault)
        elif place[0] and not split_region(place[0]).province:
            self.add_error("province", f"没有“{place[0]}”这个省份，请核对。")
        return values

    def area(self) -> RemoteArea:
        names = ("carrier", "province", "city", "district", "why")
        return RemoteArea(**{name: self.cleaned_data[name].strip() for name in names})
