"""The field of a form that takes several files of evidence."""

from __future__ import annotations

from typing import Any

from django import forms

from core.evidence.keeping import LARGEST, MOST, Unfit, look


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; a list, maybe empty."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        many = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(FilesField, self).clean(one, initial) for one in many]
        try:
            look(files)
        except Unfit as error:
            raise forms.ValidationError(str(error)) from error
        return files


def files_field(label: str = "凭证") -> FilesField:
    """Pictures and documents, as many as there are."""
    return FilesField(
        label=label,
        required=False,
        help_text=f"图片（JPG、PNG、WebP）或 PDF，每个 {LARGEST // 2**20} MB 以内，最多 {MOST} 个",
    )
