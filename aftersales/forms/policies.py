"""Forms of the policy: the whole of a version, drafted from the newest (SOP 7.a)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from aftersales.changing import may_begin
from aftersales.changing.checks import wrong
from aftersales.changing.laid import BACK, WARRANTY, Differs, differences
from aftersales.models import PolicyVersion
from aftersales.rules import Cost, Patience, Period, Reason, Rules
from aftersales.services.changes import When
from aftersales.words import CaseKind, WaitsFor
from core.once import RowForm, TokenForm
from core.sentences import check, defaults
from refunds.words import Fault, FreightPayer, TrueReason

FREE = f"days-{WARRANTY[0]}-{WARRANTY[1]}"
NEW = ("new-1", "new-2", "new-3")  # rows for reasons that there are not yet
ASKED = (*BACK, *(CaseKind.SWAP, CaseKind.RESHIP, CaseKind.PARTIAL, CaseKind.REPAIR))
WITH_REASON = [
    (kind.value, kind.label) for kind in (*ASKED, CaseKind.UNDELIVERABLE, CaseKind.COMPLAINT)
]
MOST = 366


class WhenForm(TokenForm):
    """Since when a change counts, and why it is made."""

    from_at = forms.DateTimeField(
        label="何时生效",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="不填 = 有人通过就马上生效。只能是以后的时间；那以前付款的订单不变。",
    )
    why = forms.CharField(label="为什么改", max_length=300)

    def when(self) -> When:
        return When(self.cleaned_data["from_at"], self.cleaned_data["why"])


def _named(of: str, label: str) -> dict[str, str]:
    """In a table the row and the column name a field; who hears the page hears both."""
    return {"aria-label": f"{of}：{label}"}


class _Days(forms.IntegerField):
    """A number of days; some may stay empty."""

    def __init__(self, of: str, label: str, first: int | None, *, required: bool = True) -> None:
        attrs = {"inputmode": "numeric", **_named(of, label)}
        super().__init__(
            label=label,
            initial=first,
            required=required,
            min_value=1,
            max_value=MOST,
            widget=forms.NumberInput(attrs=attrs),
        )


@dataclass(frozen=True)
class Cells:
    """A row of a table: what it is of, and its fields."""

    label: str
    fields: list[forms.BoundField]

    @property
    def faulty(self) -> bool:
        """Is something wrong in it? Then it stands open."""
        return any(field.errors for field in self.fields)


class PolicyForm(WhenForm):
    """Every period, cost, reason and wait, as the newest version has them."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    excluded = forms.CharField(
        label="不是质量问题不退换的商品",
        max_length=500,
        required=False,
        help_text="商品名里有这些词的；用逗号或顿号隔开，例如 内衣、袜。",
    )
    carriers = forms.CharField(
        label="请买家用的快递", max_length=200, required=False, help_text="用逗号或顿号隔开。"
    )
    freight = forms.DecimalField(
        label="买家承担时，寄出收多少（元）", min_value=Decimal(0), max_digits=5, decimal_places=2
    )

    def __init__(self, data: Any = None, *, newest: PolicyVersion, **kwargs: Any) -> None:
        self.newest, self.old = newest, newest.rules
        first = {
            "base": newest.number,
            "excluded": "、".join(self.old.excluded),
            "carriers": "、".join(self.old.carriers),
            "freight": self.old.freight,
        }
        super().__init__(data, initial=first, **kwargs)
        self._add_periods()
        self._add_costs()
        self._add_reasons()
        self._add_times()

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    # -- fields -----------------------------------------------------------------------------------

    def _add_periods(self) -> None:
        for kind in BACK:
            for fault in Fault:
                one = self.old.period(kind, fault)
                label = f"{kind.label}，{fault.label}"
                self.fields[f"days-{kind}-{fault}"] = _Days(
                    label, "几天内", one.days if one else None, required=False
                )
                self.fields[f"intact-{kind}-{fault}"] = forms.BooleanField(
                    label="要完好",
                    required=False,
                    initial=bool(one and one.intact),
                    widget=forms.CheckboxInput(attrs=_named(label, "吊牌、包装要完好")),
                )
        free = self.old.period(*WARRANTY)
        days = free.days if free else None
        self.fields[FREE] = _Days("保修期", "几天内免费修", days, required=False)
        self.fields[FREE].label = "保修期（天）"
        self.fields[
            FREE
        ].help_text = "从签收第二天算起，这段时间里不是人为损坏的免费修；不填 = 一直保修。"

    def _add_costs(self) -> None:
        for fault in Fault:
            cost = self.old.cost(fault)
            for name, label, first in (("back", "寄回", cost.back), ("out", "寄出", cost.out)):
                self.fields[f"{name}-{fault}"] = forms.ChoiceField(
                    label=label,
                    choices=FreightPayer.choices,
                    initial=first,
                    widget=forms.Select(attrs=_named(fault.label, label)),
                )

    def _add_reasons(self) -> None:
        known = {one.code: one for one in self.old.reasons}
        for code in (*known, *NEW):
            one = known.get(code)
            self.fields[f"label-{code}"] = forms.CharField(
                label="名字", max_length=60, required=False, initial=one and one.label
            )
            self.fields[f"group-{code}"] = forms.CharField(
                label="归在哪一组",
                max_length=20,
                required=False,
                initial=one and one.group,
                widget=forms.TextInput(attrs={"list": "groups"}),
            )
            self.fields[f"fault-{code}"] = forms.ChoiceField(
                label="谁的责任",
                choices=Fault.choices,
                initial=one.fault if one else Fault.BUYER,
            )
            self.fields[f"true-{code}"] = forms.ChoiceField(
                label="退款记什么",
                choices=TrueReason.choices,
                initial=one.true if one else TrueReason.OTHER,
            )
            self.fields[f"kinds-{code}"] = forms.MultipleChoiceField(
                label="用于",
                choices=WITH_REASON,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[kind.value for kind in one.kinds] if one else [],
            )
            if one:
                self.fields[f"drop-{code}"] = forms.BooleanField(label="去掉", required=False)

    def _add_times(self) -> None:
        for kind in CaseKind:
            first = self.old.promise_days(kind)
            self.fields[f"promise-{kind}"] = _Days(kind.label, "几个工作日办完", first)
        for what in WaitsFor:
            one = self.old.patience_for(what)
            self.fields[f"wait-{what}"] = _Days(what.label, "几天", one.days)
            self.fields[f"unit-{what}"] = forms.ChoiceField(
                label="怎么数",
                choices=[("working", "工作日"), ("calendar", "天（含休息日）")],
                initial="working" if one.working else "calendar",
                widget=forms.Select(attrs=_named(what.label, "怎么数")),
            )
            self.fields[f"closes-{what}"] = _Days(
                what.label, "再过几天关闭", one.closes, required=False
            )

    # -- as the page shows them -------------------------------------------------------------------

    @property
    def periods(self) -> list[Cells]:
        return [
            Cells(
                f"{kind.label} · {fault.label}",
                [self[f"days-{kind}-{fault}"], self[f"intact-{kind}-{fault}"]],
            )
            for kind in BACK
            for fault in Fault
        ]

    @property
    def warranty(self) -> forms.BoundField:
        return self[FREE]

    @property
    def costs(self) -> list[Cells]:
        return [Cells(one.label, [self[f"back-{one}"], self[f"out-{one}"]]) for one in Fault]

    @property
    def reasons(self) -> list[Cells]:
        known = [one.code for one in self.old.reasons]
        names_of = {one.code: f"{one.group} › {one.label}" for one in self.old.reasons}
        names = ("label", "group", "fault", "true", "kinds", "drop")
        return [
            Cells(
                names_of.get(code, ""),
                [self[f"{name}-{code}"] for name in names if f"{name}-{code}" in self.fields],
            )
            for code in (*known, *NEW)
        ]

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(one.group for one in self.old.reasons))

    @property
    def promises(self) -> list[Cells]:
        return [Cells(kind.label, [self[f"promise-{kind}"]]) for kind in CaseKind]

    @property
    def waits(self) -> list[Cells]:
        names = ("wait", "unit", "closes")
        return [Cells(one.label, [self[f"{n}-{one}"] for n in names]) for one in WaitsFor]

    # -- what was typed ---------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("base") != self.newest.number:
            self.add_error(None, f"您打开以后，{self.newest.said}已经通过了。请重新打开，照它改。")
        if self.errors:
            return values
        for name, words in wrong(self.rules()).items():
            self.add_error(name if name in self.fields else None, words)
        verdict = may_begin(values["from_at"], self.newest.from_at, timezone.now())
        if not verdict.allowed:
            self.add_error("from_at", f"{verdict.reason}{verdict.instead}")
        return values

    def rules(self) -> Rules:
        """The version as it was typed."""
        values = self.cleaned_data
        return replace(
            self.old,
            periods=tuple(self._periods()),
            costs=tuple(
                Cost(f, FreightPayer(values[f"back-{f}"]), FreightPayer(values[f"out-{f}"]))
                for f in Fault
            ),
            reasons=tuple(one for one in map(self._reason, self._codes()) if one),
            patience=tuple(map(self._patience, WaitsFor)),
            promise={kind: values[f"promise-{kind}"] for kind in CaseKind},
            freight=values["freight"],
            excluded=_parts(values["excluded"]),
            carriers=_parts(values["carriers"]),
        )

    def _periods(self) -> list[Period]:
        typed = self.cleaned_data
        shown = [*((kind, fault) for kind in BACK for fault in Fault), WARRANTY]
        return [
            Period(kind, fault, days, typed.get(f"intact-{kind}-{fault}", False))
            for kind, fault in shown
            if (days := typed[f"days-{kind}-{fault}"]) is not None
        ]

    def _codes(self) -> list[str]:
        return [*(one.code for one in self.old.reasons), *NEW]

    def _reason(self, code: str) -> Reason | None:
        """None: taken away, or a row for a new one that was left empty."""
        typed = self.cleaned_data
        label, group, kinds = (typed[f"{name}-{code}"] for name in ("label", "group", "kinds"))
        if typed.get(f"drop-{code}") or (code in NEW and not (label or group or kinds)):
            return None
        fault, true = Fault(typed[f"fault-{code}"]), TrueReason(typed[f"true-{code}"])
        return Reason(code, group, label, fault, true, tuple(CaseKind(kind) for kind in kinds))

    def _patience(self, what: WaitsFor) -> Patience:
        typed = self.cleaned_data
        working = typed[f"unit-{what}"] == "working"
        return Patience(what, typed[f"wait-{what}"], working, typed[f"closes-{what}"])

    def proposed(self) -> Rules:
        """The same with a code for each new reason that none ever had."""
        rules = self.rules()
        named = (
            replace(one, code=f"r{uuid.uuid4().hex[:8]}") if one.code in NEW else one
            for one in rules.reasons
        )
        return replace(rules, reasons=tuple(named))

    def differs(self) -> list[Differs]:
        return differences(self.old, self.rules())


def _parts(text: str) -> tuple[str, ...]:
    """What was typed with commas between, Chinese ones, too."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


class YesForm(RowForm):
    """A yes."""


class NoForm(RowForm):
    """Why it is not put in force."""

    why = forms.CharField(label="为什么不同意", min_length=2, max_length=300)


class BackForm(RowForm):
    """Why it is taken back."""

    why = forms.CharField(label="为什么撤回", required=False, max_length=300)


class SentenceForm(WhenForm):
    """Another wording of one sentence, for all shops or for one."""

    key = forms.ChoiceField(widget=forms.HiddenInput)
    scope = forms.ChoiceField(label="用于", required=False)
    text = forms.CharField(label="新说法", widget=forms.Textarea, max_length=1000)

    def __init__(self, data: Any = None, *, shops: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["key"].choices = [(key, key) for key in defaults()]  # type: ignore[attr-defined]
        self.fields["scope"].choices = [("", "全部店铺"), *shops]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "key" in values and "text" in values and (fault := check(values["key"], values["text"])):
            self.add_error("text", fault)
        at = values.get("from_at")
        if at is not None and at <= timezone.now():
            self.add_error("from_at", "生效时间已经过了；通过以后马上生效就不填。")
        return values
