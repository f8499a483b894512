"""Promises: kept, late, broken, open, each in the period that decides it."""

from __future__ import annotations

import numpy as np

from lifecycle.kpi import Apart, Cut, promise_kept_rate, promises
from lifecycle.tally import RatioTally

from .club import cut_of, touch

WHAT = "open and not due yet"


def _cut(period: str = "2026-03") -> Cut:
    told = [
        touch("02-01", "promise_made", promise="early", due="2026-03-10"),
        touch("03-01 08:00", "promise_kept", promise="early"),
        touch("02-02", "promise_made", promise="on the day", due="2026-03-10"),
        touch("03-10 23:59", "promise_kept", promise="on the day"),
        touch("02-03", "promise_made", promise="late", due="2026-03-10"),
        touch("03-11 00:00", "promise_kept", promise="late"),
        touch("02-04", "promise_made", promise="broken", due="2026-05-01"),
        touch("03-13", "promise_broken", promise="broken"),
        touch("02-05", "promise_made", promise="silent", due="2026-03-31"),
        touch("02-06", "promise_made", promise="ahead", due="2026-04-01"),
        touch("02-07", "promise_made", promise="some day"),
        touch("03-14", "promise_kept", promise="some day"),
        touch("02-08", "promise_made", promise="done", due="2026-02-20"),
        touch("02-09", "promise_kept", promise="done"),
        touch("04-01", "promise_kept", promise="silent"),
        touch("04-01", "promise_kept", promise="ahead"),
    ]
    return cut_of(sorted(told, key=lambda one: one.at), period)


def test_a_promise_is_decided_once() -> None:
    """March: early, on the day and some day are kept; late, broken and silent are not; ahead is due in April."""
    assert promise_kept_rate(_cut()) == Apart(RatioTally(3, 6), 1, WHAT)
    assert promise_kept_rate(_cut("2026-02")) == Apart(RatioTally(1, 1), 7, WHAT)
    assert promise_kept_rate(_cut("2026-04")) == Apart(RatioTally(1, 1), 0, WHAT)


def test_the_table_tells_how_each_stands() -> None:
    """With days late, so far for what is open; what was done before the period is left out."""
    found = promises(_cut())
    rows = {row["promise"]: (row["status"], row["days_late"]) for row in found.rows()}
    assert set(rows) == {"early", "on the day", "late", "broken", "silent", "ahead", "some day"}
    assert {name: status for name, (status, _) in rows.items()} == {
        "early": "kept", "on the day": "kept", "late": "late", "broken": "broken", "silent": "open", "ahead": "open",
        "some day": "kept",
    }  # fmt: skip
    assert rows["late"][1] == 1
    assert np.isnan([days for name, (_, days) in rows.items() if name != "late"]).all()
    by_name = {row["promise"]: row for row in found.rows()}
    assert str(by_name["late"]["due"]) == "2026-03-10"
    assert by_name["silent"]["closed"] is None
    assert by_name["some day"]["due"] is None


def test_what_is_open_past_its_day_grows_later() -> None:
    """On 1 March a promise due on 20 February is nine days late."""
    told = [touch("02-01", "promise_made", due="2026-02-20")]
    found = promises(cut_of(told, "2026-03-01"))
    assert found["days_late"].tolist() == [9]
    assert found["status"].tolist() == ["open"]


def test_what_is_due_before_it_is_promised_is_due_that_day() -> None:
    """As for the fact `Overdue`; kept on that day it is kept."""
    told = [touch("03-05", "promise_made", due="2026-02-20"), touch("03-05 10:00", "promise_kept")]
    assert promise_kept_rate(cut_of(told)).tally == RatioTally(1, 1)  # type: ignore[attr-defined]
