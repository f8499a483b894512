"""Topics: how often, by whom, worth how much, and whether it grows."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle import replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Cut, TopicRank, voice_topics

from .club import club, cut_of, touch


def _march() -> Cut:
    told = [
        # Revenue: Ann 100 (more than a year ago) + 40 + 0.50, Bob 200 less what flowed back, Cay none.
        touch("2025-03-31", "purchase", who="ann", amount="100"),
        touch("2025-04-01", "purchase", who="ann", amount="40"),
        touch("03-31", "payment", who="ann", amount="0.50"),
        touch("03-01", "purchase", who="bob", amount="200"),
        touch("03-02", "purchase", who="bob", amount="-50"),
        touch("04-01", "purchase", who="cay", amount="999"),
        touch("02-01", "complaint", who="ann", topic="speed"),
        touch("02-02", "complaint", who="ann", topic="speed"),
        touch("02-02", "voice", who="ann", topic="colour"),
        touch("01-31", "voice", who="ann", topic="price"),
        *(touch(f"03-0{day}", "voice", who="ann", topic="price", sentiment=-1 + day / 4) for day in (1, 2)),
        touch("03-05", "voice_answered", who="ann"),
        touch("03-06", "voice", who="ann", topic="price"),
        touch("03-06", "voice", who="ann", topic="speed"),
        touch("03-06", "complaint", who="bob", topic="speed"),
        touch("03-06", "complaint", who="cay"),
        touch("04-01", "complaint", who="cay", topic="price"),
    ]
    return cut_of(told, "2026-03")


def test_the_table_tells_what_is_spoken_of() -> None:
    """Counts, customers, what they paid in 365 days, the month before, how they speak, and what is open."""
    found = {row.pop("topic"): row for row in voice_topics(_march()).rows()}
    assert list(found) == ["price", "speed", "(unknown)", "colour"]
    names = ("count", "customers", "revenue_at_risk", "before", "change", "open")
    assert [tuple(row[name] for name in names) for row in found.values()] == [
        (3, 1, 40.5, 0, 3, 1),
        (2, 2, 240.5, 2, 0, 2),
        (1, 1, 0.0, 0, 1, 1),
        (0, 0, 0.0, 1, -1, 0),
    ]
    assert found["price"]["sentiment"] == -0.625
    assert found["speed"]["sentiment"] != found["speed"]["sentiment"]


@pytest.mark.parametrize(
    ("rank", "first"),
    [("count", "price"), ("customers", "speed"), ("revenue_at_risk", "speed"), ("change", "price")],
)
def test_topics_are_ranked_as_asked(rank: TopicRank, first: str) -> None:
    """The column asked for comes first, then the others, then the name."""
    found = voice_topics(_march(), rank=rank)
    assert found["topic"][0] == first
    assert (found[rank][:-1] >= found[rank][1:]).all()


def test_another_column_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(InvalidArgument, match="rank='size' is none of count, customers, revenue_at_risk, change"):
        voice_topics(_march(), rank="size")  # type: ignore[arg-type]


def test_where_nobody_spoke_the_table_is_empty() -> None:
    """All columns, no row."""
    assert len(voice_topics(cut_of([touch("03-01", "visit")]))) == 0


def test_what_is_said_later_changes_nothing() -> None:
    """The log that ends with March gives the same table, though April's complaint and purchase are missing."""
    march = _march()
    log = march.record.log.before(march.period.window.end)
    earlier = Cut(replay(club(), log, until="2026-04-01"), march.period)
    assert len(log) == len(march.record.log) - 2
    for name, values in voice_topics(march).columns.items():
        np.testing.assert_array_equal(voice_topics(earlier)[name], values)
