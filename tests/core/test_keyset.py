"""Keyset pages: every row once, in both directions, whatever comes in (architecture §8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q, QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.keyset import BadCursor, Page, page, seal_cursor
from core.keyset import Cursor as At
from core.sealed import seal
from staff.models import Notice

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, tzinfo=UTC)
ORDER = ("-at", "-id")
TEXTS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("甲乙丙")), max_size=25)
same_rows = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(rows: Sequence[tuple[int, str]]) -> list[Notice]:
    """Notices at a few moments, so that many stand at the same."""
    made = Notice.objects.bulk_create(Notice(text=text) for _, text in rows)
    for notice, (minute, _) in zip(made, rows, strict=True):
        notice.at = START + timedelta(minutes=minute)
    Notice.objects.bulk_update(made, ["at"])
    return made


def newest_first(rows: Sequence[Notice]) -> list[int]:
    return [row.pk for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)]


def walk(
    rows: Sequence[QuerySet[Notice]],
    cursor: str = "",
    *,
    back: bool = False,
    size: int = 3,
    where: Q | None = None,
    reach: int = 5000,
) -> tuple[list[int], Page[Notice]]:
    """All rows from a cursor on, page by page, and the last page."""
    seen: list[int] = []
    for _ in range(200):
        found = page(rows, ORDER, cursor, size, where=where, reach=reach)
        keys = [row.pk for row in found.rows]
        seen = keys + seen if back else seen + keys
        cursor = found.newer if back else found.older
        if not cursor:
            return seen, found
    raise AssertionError("a walk that does not end")


@same_rows
@given(TEXTS, st.integers(1, 6))
def test_every_row_once_in_both_directions(rows: list[tuple[int, str]], size: int) -> None:
    Notice.objects.all().delete()
    made = write(rows)
    forth, last = walk([Notice.objects.all()], size=size)
    assert forth == newest_first(made)
    if last.newer:
        back, first = walk([Notice.objects.all()], last.newer, back=True, size=size)
        assert back + [row.pk for row in last.rows] == forth
        assert first.newer == ""


@same_rows
@given(TEXTS.filter(lambda rows: len(rows) > 3), TEXTS)
def test_rows_that_come_in_between_move_nothing(
    rows: list[tuple[int, str]], later: list[tuple[int, str]]
) -> None:
    """What stood there from the beginning is seen once; what came in behind is seen, too."""
    Notice.objects.all().delete()
    before = {notice.pk for notice in write(rows)}
    first = page(Notice.objects.all(), ORDER, size=3)
    border = (first.rows[-1].at, first.rows[-1].pk)
    came = write(later)
    rest, last = walk([Notice.objects.all()], first.older)
    seen = [row.pk for row in first.rows] + rest
    assert [pk for pk in seen if pk in before] == newest_first(
        list(Notice.objects.filter(pk__in=before))
    )
    assert set(rest) >= {n.pk for n in came if (n.at, n.pk) < border}
    if last.newer:
        back, _ = walk([Notice.objects.all()], last.newer, back=True)
        assert back + [row.pk for row in last.rows] == newest_first(list(Notice.objects.all()))


@same_rows
@given(TEXTS, st.integers(1, 4))
def test_several_ranges_are_one_list(rows: list[tuple[int, str]], size: int) -> None:
    """A row that stands in two ranges comes once."""
    Notice.objects.all().delete()
    made = write(rows)
    ranges = [Notice.objects.filter(text__in=texts) for texts in ("甲", "甲乙", "丙")]
    forth, last = walk(ranges, size=size)
    assert forth == newest_first(made)
    if last.newer:
        back, _ = walk(ranges, last.newer, back=True, size=size)
        assert back + [row.pk for row in last.rows] == forth


@same_rows
@given(TEXTS, st.integers(3, 9), st.booleans())
def test_what_no_index_serves_is_looked_for_in_bounds(
    rows: list[tuple[int, str]], reach: int, merged: bool
) -> None:
    """Pages may be short or empty, but the cursors lead on, and nothing is missed."""
    Notice.objects.all().delete()
    made = write(rows)
    ranges = [Notice.objects.filter(text__in="甲丙"), Notice.objects.filter(text="乙")]
    parts = ranges if merged else [Notice.objects.all()]
    where = Q(text="甲")
    wanted = newest_first([notice for notice in made if notice.text == "甲"])
    forth, last = walk(parts, size=2, where=where, reach=reach)
    assert forth == wanted
    if last.newer:
        back, _ = walk(parts, last.newer, back=True, size=2, where=where, reach=reach)
        assert back + [row.pk for row in last.rows] == wanted


def test_page_that_looked_no_further_says_so() -> None:
    write([(minute, "乙") for minute in range(10)])
    found = page(Notice.objects.all(), ORDER, where=Q(text="甲"), reach=4)
    assert (found.rows, found.looked_at) == ([], 4)
    assert found.older
    _, last = walk([Notice.objects.all()], found.older, where=Q(text="甲"), reach=4)
    assert last.looked_at == 0


def test_page_says_how_many_without_counting() -> None:
    write([(minute, "甲") for minute in range(5)])
    assert page(Notice.objects.all(), ORDER, size=5).said == "5"
    assert page(Notice.objects.all(), ORDER, size=4).said == "4+"


@pytest.mark.parametrize("text", ["abc", "[]", "3", '["", false]'])
def test_altered_page_address_is_refused_with_a_sentence(text: str) -> None:
    for cursor in (text, seal(text)):
        with pytest.raises(BadCursor, match="第一页"):
            page(Notice.objects.all(), ORDER, cursor)


def test_page_address_of_another_list_is_refused() -> None:
    for other in (At("", key=(1,)), At("name-0", key=(START, 1))):
        with pytest.raises(BadCursor, match="第一页"):
            page(Notice.objects.all(), ORDER, seal_cursor(other))
