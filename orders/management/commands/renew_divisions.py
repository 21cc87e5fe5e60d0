"""`manage.py renew_divisions SOURCE`: renew the table of provinces, cities and districts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.addresses.renew import BadSource, Renewal, compare, read_source, write

LARGEST = 50_000_000  # bytes
SECONDS = 30
SHOWN = 30


class Command(BaseCommand):
    help = "更新省市区表：来源是含“代码、名称”的 JSON 或 CSV，文件或 http(s) 网址。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="JSON 或 CSV 的文件路径，或 http(s) 网址")
        parser.add_argument("--check", action="store_true", help="只看会改什么，不改")
        parser.add_argument(
            "--became",
            action="append",
            default=[],
            metavar="旧代码=新代码",
            help="撤并的区划现在归哪里，例如 500105=500157；可以写多次",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = read_source(_text(options["source"]))
        except BadSource as error:
            raise CommandError(str(error)) from error
        renewal = compare(new, _became(options["became"]))
        self._tell(renewal)
        if options["check"]:
            self.stdout.write("只是预览，没有改。")
            return
        try:
            write(renewal)
        except OSError as error:
            raise CommandError(f"写不进区划表：{error}。表没有改。") from error
        self.stdout.write("省市区表已更新，重启后生效。")

    def _tell(self, renewal: Renewal) -> None:
        told = {
            "新增": renewal.added,
            "改名或并入": renewal.renamed,
            "撤销了但不知道归哪里（用 --became 说明）": renewal.lost,
        }
        for words, lines in told.items():
            self.stdout.write(f"{words}：{len(lines)} 个")
            for line in lines[:SHOWN]:
                self.stdout.write(f"  {line}")


def _became(pairs: Iterable[str]) -> dict[str, str]:
    """`500105=500157` as old → new."""
    return {old.strip(): new.strip() for old, _, new in (pair.partition("=") for pair in pairs)}


def _text(source: str) -> str:
    """The source as text; UTF-8 first, then GB18030."""
    try:
        raw = _download(source) if "://" in source else Path(source).read_bytes()[: LARGEST + 1]
    except (OSError, URLError) as error:
        raise CommandError(f"读不到 {source}：{error}。表没有改。") from error
    if len(raw) > LARGEST:
        raise CommandError("来源超过 50 MB，不像区划表。表没有改。")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _download(url: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise CommandError("网址要以 https:// 或 http:// 开头。")
    with urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 (scheme checked above)
        return bytes(answer.read(LARGEST + 1))
