"""`manage.py renew_divisions` renews the table of facts, or refuses and changes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from orders.addresses import divisions, renew, split_region
from orders.management.commands import renew_divisions


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The table in a folder of its own; the package's files are only read."""
    for path in (divisions.CURRENT, divisions.FORMER):
        shutil.copy(path, tmp_path)
    for module in (divisions, renew):
        monkeypatch.setattr(module, "CURRENT", tmp_path / "divisions.csv")
        monkeypatch.setattr(module, "FORMER", tmp_path / "former.csv")
    monkeypatch.setattr(renew_divisions, "write", lambda renewal: renew.write(renewal, tmp_path))
    divisions.table.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    divisions.table.cache_clear()


@pytest.fixture
def codes() -> dict[str, str]:
    return {code: division.name for code, division in divisions.table().by_code.items()}


def run(source: Path | str, *options: str) -> str:
    out = StringIO()
    call_command("renew_divisions", str(source), *options, stdout=out)
    return out.getvalue()


def saved(folder: Path, data: object) -> Path:
    path = folder / "source.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def bytes_of(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("divisions.csv", "former.csv")]


def test_the_same_table_changes_nothing(folder: Path, codes: dict[str, str]) -> None:
    before = bytes_of(folder)
    run(saved(folder, codes))
    assert bytes_of(folder) == before


def test_renamed_district_is_read_by_both_names(folder: Path, codes: dict[str, str]) -> None:
    said = run(saved(folder, codes | {"440304": "新福田区"}))
    assert "福田区 → 新福田区" in said
    assert split_region("深圳市新福田区农园路1号").district == "新福田区"
    old = split_region("深圳市福田区农园路1号")
    assert old.district == "福田区"
    assert old.doubts == ("福田区是旧名，现在是深圳市的新福田区，请核对。",)


def test_county_that_became_a_city_under_a_new_code(folder: Path, codes: dict[str, str]) -> None:
    del codes["440304"]
    run(saved(folder, codes | {"440399": "福田市"}))
    assert split_region("深圳市福田区农园路1号").code == "440399"


def test_merged_district_is_told_by_hand(folder: Path, codes: dict[str, str]) -> None:
    del codes["440304"]
    source = saved(folder, codes)
    assert "440304 福田区" in run(source, "--check")
    run(source, "--became", "440304=440303")
    assert split_region("深圳市福田区农园路1号").doubts == (
        "福田区是旧名，现在是深圳市的罗湖区，请核对。",
    )


def test_check_only_tells(folder: Path, codes: dict[str, str]) -> None:
    before = bytes_of(folder)
    assert "新增：1 个\n  440398 新区县" in run(
        saved(folder, codes | {"440398": "新区县"}), "--check"
    )
    assert bytes_of(folder) == before


@pytest.mark.parametrize("width", [2, 12])
def test_other_widths_of_codes_and_nested_rows(
    folder: Path, codes: dict[str, str], width: int
) -> None:
    def code(full: str) -> str:
        short = full.rstrip("0").ljust(2, "0")
        return short + "0" * (len(short) % 2) if width == 2 else full.ljust(12, "0")

    rows = [{"code": code(c), "name": name, "children": []} for c, name in codes.items()]
    rows.append({"code": "440304008", "name": "香蜜湖街道", "children": []})
    before = bytes_of(folder)
    run(saved(folder, {"data": rows}))
    assert bytes_of(folder) == before


def test_csv_in_gbk(folder: Path, codes: dict[str, str]) -> None:
    source = folder / "source.csv"
    lines = ["行政区划代码,单位名称", *(f"{code},{name}" for code, name in codes.items())]
    source.write_bytes("\n".join(lines).encode("gb18030"))
    before = bytes_of(folder)
    run(source)
    assert bytes_of(folder) == before


@pytest.mark.parametrize(
    "data", [{}, [], {"110000": "北京市"}, [{"code": "110000", "name": "北京市"}], 7]
)
def test_what_is_no_whole_table_is_refused(folder: Path, data: object) -> None:
    before = bytes_of(folder)
    with pytest.raises(CommandError, match="表没有改"):
        run(saved(folder, data))
    assert bytes_of(folder) == before


def test_broken_json_missing_file_and_odd_address_get_one_line(folder: Path) -> None:
    broken = folder / "broken.json"
    broken.write_text('{"110000": ', encoding="utf-8")
    for source in (broken, folder / "none.json", "ftp://example.org/list.json"):
        with pytest.raises(CommandError):
            run(source)


def test_from_an_address(folder: Path, codes: dict[str, str]) -> None:
    body = json.dumps(codes).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        said = run(f"http://127.0.0.1:{server.server_port}/list.json")
        server.shutdown()
    assert "新增：0 个" in said
