"""What a row of evidence has, whichever matter it belongs to."""

from __future__ import annotations

from pathlib import Path

from django.db import models

from core.evidence.keeping import Kept


class EvidenceRow(models.Model):
    """One file. `name` is what it was called; where it lies is ours alone (`place`)."""

    name = models.CharField("文件名", max_length=100)
    kind = models.CharField("类型", max_length=40)
    size = models.PositiveIntegerField("字节")
    place = models.CharField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def kept(self) -> Kept:
        """The file, to stand with another matter, too."""
        return Kept(self.name, self.kind, self.size, self.place)

    @property
    def path(self) -> Path:
        return self.kept.path
