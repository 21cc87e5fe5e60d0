"""Users, notices, the reveal log, saved views, presence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from core.acts import History
from core.fields import KeyField
from staff.roles import Role, Scope


class User(AbstractUser):
    """A colleague. One role; may be limited to shops (by their codes; empty = all)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField("姓名", max_length=64)
    role = models.CharField("角色", max_length=16, choices=Role.choices, default=Role.AGENT)
    shop_codes: Any = models.JSONField("限定店铺", default=list, blank=True)
    shortcuts = models.BooleanField("单键快捷键", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    @property
    def display_name(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Notice(models.Model):
    """What somebody was told: to a person, or to everybody of a role."""

    to = models.ForeignKey(User, models.CASCADE, null=True, related_name="notices")
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    text = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=100, null=True, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    read_by = models.ManyToManyField(User, related_name="+", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        indexes = [
            models.Index(fields=["to", "-at"], name="notice_to"),
            models.Index(fields=["role", "-at"], condition=~Q(role=""), name="notice_role"),
        ]

    def __str__(self) -> str:
        return self.text


class Reveal(models.Model):
    """Personal data of one subject shown to one person, with the reason; good for a shift."""

    user = models.ForeignKey(User, models.PROTECT, related_name="reveals")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField("订单号", max_length=32, blank=True)
    reason = models.CharField("原因", max_length=100)
    at = models.DateTimeField("时间")
    until = models.DateTimeField("有效到")

    class Meta:
        verbose_name = verbose_name_plural = "查看隐私记录"
        indexes = [
            models.Index(fields=["user", "subject_kind", "subject_id", "-until"], name="reveal_of"),
            models.Index(fields=["-at", "-id"], name="reveal_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.subject_no}"


class SavedView(models.Model):
    """A list with its filters under a name, private or shared. `place`: the list's address name."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField("名称", max_length=40)
    place = models.CharField("清单", max_length=16, default="search", db_default="search")
    query = models.CharField("条件", max_length=1000)
    shared = models.BooleanField("共享", default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "保存的视图"
        constraints = [models.UniqueConstraint(fields=["owner", "place", "name"], name="view_name")]

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """Who has which page open, told by `/live`; older than half a minute means gone.

    It also says which orders a person had open last.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "user"], name="presence_one")]
        indexes = [models.Index(fields=["user", "-seen_at"], name="presence_last")]

    def __str__(self) -> str:
        return f"{self.user} {self.subject}"


class ApiToken(models.Model):
    """What another system of a shop signs in with; only a digest of it is kept (SOP 5.a)."""

    lock_rank = 80

    name = models.CharField("名称", max_length=40)
    shop_code = KeyField("店铺代码", max_length=32)
    prefix = KeyField("开头", max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes: Any = models.JSONField("权限", default=list)
    expires_at = models.DateTimeField("有效到")
    made_at = models.DateTimeField("建立时间")
    last_used_at = models.DateTimeField("上次使用", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)
    history = History(excluded_fields=["digest", "last_used_at"])

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        indexes = [models.Index(fields=["shop_code", "-id"], name="token_shop")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> str:
        return "、".join(Scope(scope).label for scope in self.scopes)


class CalendarDay(models.Model):
    """A single day that the owner says is worked, or is not (SOP 1.5)."""

    day: models.DateField[date, date] = models.DateField("日期", unique=True)
    works = models.BooleanField("上班")
    why = models.CharField("原因", max_length=100, blank=True)
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.works else '休息'}"


class OfficeHours(models.Model):
    """When the office is open on a weekday (Monday is 0), with a break or without."""

    weekday: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(
        "星期", primary_key=True
    )
    opens = models.TimeField("上班")
    break_from = models.TimeField("午休开始", null=True, blank=True)
    break_to = models.TimeField("午休结束", null=True, blank=True)
    closes = models.TimeField("下班")
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "上班时间"
        constraints = [
            models.CheckConstraint(
                condition=Q(break_from__isnull=True, break_to__isnull=True, opens__lt=F("closes"))
                | Q(
                    opens__lt=F("break_from"),
                    break_from__lt=F("break_to"),
                    break_to__lt=F("closes"),
                ),
                name="office_hours",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="office_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens:%H:%M}–{self.closes:%H:%M}"


class Badge(models.Model):
    """A person's badge: its barcode (`U:` and the code) and a PIN, hashed; for the stations."""

    user = models.OneToOneField(User, models.CASCADE, related_name="badge")
    code = KeyField("工牌号", max_length=32, unique=True)
    pin = models.CharField(max_length=128)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工牌"

    def __str__(self) -> str:
        return self.code
