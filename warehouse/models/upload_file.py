"""Files for a platform's bulk shipping page (批量发货, SOP 2.h)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.acts import History
from orders.models import Shop


class UploadTemplate(models.Model):
    """The platform's own empty file, and what each of its columns holds."""

    shop = models.OneToOneField(Shop, models.PROTECT, related_name="+", primary_key=True)
    file = models.BinaryField("空模板")
    file_name = models.CharField("文件名", max_length=100)
    kind = models.CharField(max_length=4)
    line = models.PositiveSmallIntegerField("表头在第几行")
    header: Any = models.JSONField("表头")
    columns: Any = models.JSONField("各列是什么", default=list)
    # What the platform calls a carrier, by our code, where it is not our name of it.
    carriers: Any = models.JSONField("快递公司的叫法", default=dict)
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    history = History(excluded_fields=["file"])

    class Meta:
        verbose_name = verbose_name_plural = "发货模板"

    def __str__(self) -> str:
        return self.file_name


class UploadFile(models.Model):
    """One filled file: which hand tasks are in it. A shop has at most one that is open."""

    lock_rank: ClassVar[int] = 17

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", db_index=False)
    # [hand task, platform number, carrier, waybill] of each row
    rows: Any = models.JSONField("内容", default=list)
    made_at = models.DateTimeField("生成时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=64)
    done_at = models.DateTimeField("完成时间", null=True)
    done_by_name = models.CharField("完成人", max_length=64, blank=True)
    refused: Any = models.JSONField("平台没有收下的", default=list)
    dropped = models.BooleanField("作废", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "发货文件"
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(done_at__isnull=True), name="upload_file_open"
            ),
        ]
        indexes = [models.Index(fields=["shop", "-made_at"], name="upload_file_shop")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {len(self.rows)}"

    @property
    def open(self) -> bool:
        return self.done_at is None
