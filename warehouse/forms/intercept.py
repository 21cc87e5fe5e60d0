"""The warehouse's two answers to a request for a stop."""

from __future__ import annotations

from django import forms

from core.once import TokenForm
from core.scanning import ScanInput
from warehouse import codes


class StoppedForm(TokenForm):
    """The goods are back: on which shelf. Empty: each on its own."""

    shelf = forms.CharField(
        label="货放回哪里",
        max_length=64,
        required=False,
        widget=ScanInput,
        help_text="扫货位条码；各回原货位就留空，直接回车，或扫 CMD:OK。来不及扫 CMD:OUT。",
    )

    def clean_shelf(self) -> str:
        """A shelf, or one of the two commands: the next parcel scanned here is no place."""
        text: str = self.cleaned_data["shelf"].strip()
        kind = codes.read(text).kind
        if kind not in (codes.Kind.OTHER, codes.Kind.COMMAND) or (
            kind is codes.Kind.COMMAND and text.upper().removeprefix("CMD:") not in ("OK", "OUT")
        ):
            raise forms.ValidationError(f"{text} 是{kind.label}，不是货位。先答完这一单。")
        return text

    @property
    def command(self) -> str:
        """What was scanned instead of a shelf: OK, OUT, or ''."""
        text = self.cleaned_data["shelf"].strip().upper().removeprefix("CMD:")
        return text if text in ("OK", "OUT") else ""

    @property
    def place(self) -> str:
        return "" if self.command else self.cleaned_data["shelf"].strip()


class TooLateForm(TokenForm):
    """Why it could not be stopped."""

    why = forms.ChoiceField(
        label="为什么来不及",
        choices=[(w, w) for w in ("已经交给快递", "已经装车", "找不到包裹", "买家已经提走")],
        required=False,
    )
