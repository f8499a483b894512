"""Logs from logs: select, before, in_currency, merge, pickle, and back to touchpoints."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from lifecycle.errors import BadRows, InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import Touchpoint

from .conftest import content


def at(day: int, hour: int = 0) -> datetime:
    """A time in January 2024."""
    return datetime(2024, 1, day, hour, tzinfo=UTC)


TOUCHPOINTS = [
    Touchpoint("bea", "Order Completed", at(3), amount="59.90", currency="EUR", channel="web", id="1"),
    Touchpoint("ada", "login", at(1), attributes={"plan": "pro", "seats": 3, "trial": True, "rate": Decimal("0.5")}),
    Touchpoint("ada", "login", at(1), sequence=-1),
    Touchpoint("cleo", "payment", at(9), amount=-1200, currency="JPY", id="2"),
    Touchpoint("ada", "order_completed", at(4), amount=1, currency="EUR", attributes={"plan": "free", "tags": ["a"]}),
]


@pytest.fixture
def log() -> TouchpointLog:
    """The log of all touchpoints."""
    return TouchpointLog.from_touchpoints(TOUCHPOINTS)


def test_touchpoints_come_back_in_order(log: TouchpointLog) -> None:
    """What went in comes out, sorted; lists among attributes stay behind."""
    ada = log.touchpoints(0)
    assert [t.at for t in ada] == [at(1), at(1), at(4)]
    assert [t.sequence for t in ada] == [-1, 0, 0]
    assert dict(ada[1].attributes) == {"plan": "pro", "seats": 3, "trial": 1, "rate": 0.5}
    assert dict(ada[2].attributes) == {"plan": "free"}
    bea = log.touchpoints(1)[0]
    assert (bea.kind, bea.amount, bea.currency, bea.channel, bea.id) == (
        "Order Completed",
        Decimal("59.90"),
        "EUR",
        "web",
        "1",
    )
    assert str(log.touchpoints(2)[0].money) == "-1200 JPY"


def test_a_log_made_of_its_own_touchpoints_is_the_same(log: TouchpointLog) -> None:
    """From columns to touchpoints and back nothing more is lost."""
    again = TouchpointLog.from_touchpoints([t for code in range(3) for t in log.touchpoints(code)])
    assert content(again) == content(log)


def test_only_touchpoints_are_taken() -> None:
    """Something else is told by its place."""
    with pytest.raises(InvalidArgument, match="item 1 is a str"):
        TouchpointLog.from_touchpoints([TOUCHPOINTS[0], "login"])  # type: ignore[list-item]


def test_blocks_tile_the_log(log: TouchpointLog) -> None:
    """The blocks of single customers are the pieces of the whole."""
    whole = log.block(0, 3)
    parts = [log.block(code, code + 1) for code in range(3)]
    assert np.concatenate([part.at for part in parts]).tolist() == whole.at.tolist()
    assert (
        np.concatenate([part.read_minor(np.arange(len(part)))[0] for part in parts]).tolist()
        == whole.read_minor(np.arange(len(whole)))[0].tolist()
    )
    assert whole.read_attribute("nothing") is None
    with pytest.raises(InvalidArgument, match="there are 3"):
        log.block(0, 4)


def test_select_keeps_ids_and_rows(log: TouchpointLog) -> None:
    """The log of some customers is the log of their touchpoints."""
    some = log.select(np.array([0, 2]))
    assert some.ids().tolist() == ["ada", "cleo"]
    assert [some.touchpoints(0), some.touchpoints(1)] == [log.touchpoints(0), log.touchpoints(2)]
    for codes in ([2, 0], [0, 0], [-1], [3]):
        with pytest.raises(InvalidArgument, match="ascend"):
            log.select(np.array(codes))
    assert len(log.select(np.array([], np.int64))) == 0


def test_before_is_exclusive_and_forgets_who_has_nothing_left(log: TouchpointLog) -> None:
    """The log before a moment is the log that was made when nothing later was known."""
    past = log.before(at(3))
    known_then = TouchpointLog.from_touchpoints([t for t in TOUCHPOINTS if t.at < at(3)])
    assert past.ids().tolist() == known_then.ids().tolist() == ["ada"]
    assert past.touchpoints(0)[1].attributes == known_then.touchpoints(0)[1].attributes
    assert past.last_us == known_then.last_us
    assert log.before(at(10)) is log
    assert (len(log.before(0)), log.before(0).first_us) == (0, None)
    with pytest.raises(InvalidArgument, match="time zone"):
        log.before(datetime(2024, 1, 1))


def test_another_currency_goes_to_quarantine(log: TouchpointLog) -> None:
    """Rows without amount stay; the row in yen is set aside with its values."""
    euros = log.in_currency("EUR")
    assert euros.currencies == ("EUR",)
    assert euros.ids().tolist() == ["ada", "bea"]
    assert euros.quarantine.rows == (3,)
    assert "JPY" in euros.quarantine.reasons[0]
    assert euros.quarantine.table["customer"] == ("cleo",)
    assert euros.block(0, 2).read_currency() is None
    assert euros.in_currency("EUR") is not None
    with pytest.raises(InvalidArgument, match="ISO 4217"):
        log.in_currency("euro")


def test_merge_is_the_log_of_all_touchpoints() -> None:
    """Merging parts gives what making all at once gives, whatever columns each part has."""
    whole = TouchpointLog.from_touchpoints(TOUCHPOINTS)
    for cut in range(len(TOUCHPOINTS) + 1):
        parts = (
            TouchpointLog.from_touchpoints(TOUCHPOINTS[:cut]),
            TouchpointLog.from_touchpoints(TOUCHPOINTS[cut:]),
        )
        merged = parts[0].merge(parts[1])
        assert content(merged) == content(whole)
        assert merged.kinds == whole.kinds


def test_merge_of_numbers_and_texts() -> None:
    """Whole-number ids and text ids make one order; the number 7 and the text '7' are one customer."""
    rows = {"at": ["2024-01-01"] * 2, "kind": ["k"] * 2}
    left = TouchpointLog.from_columns({**rows, "customer": np.array([7, 100])})
    right = TouchpointLog.from_columns({**rows, "customer": ["7", "ada"]})
    assert left.merge(right).ids().tolist() == ["7", "100", "ada"]
    assert left.merge(right).starts.tolist() == [0, 2, 3, 4]


def test_merge_puts_its_own_rows_first() -> None:
    """At one moment the rows of the log that is asked come first."""
    one = TouchpointLog.from_columns({"customer": [1], "at": ["2024-01-01"], "kind": ["z"]})
    two = TouchpointLog.from_columns({"customer": [1], "at": ["2024-01-01"], "kind": ["a"]})
    assert content(one.merge(two))["kind"] == ["z", "a"]


def test_merge_counts_repetitions_and_refuses_contradictions(log: TouchpointLog) -> None:
    """Ids are unique across both logs."""
    again = log.merge(TouchpointLog.from_touchpoints(TOUCHPOINTS[:1]))
    assert (len(again), again.duplicates) == (len(log), 1)
    other = Touchpoint("bea", "login", at(3), id="1")
    with pytest.raises(BadRows, match="id '1' was used before"):
        log.merge(TouchpointLog.from_touchpoints([other]))


def test_merge_keeps_the_quarantine_of_both() -> None:
    """Set aside stays set aside."""
    bad = {"customer": [None, "a"], "at": ["2024-01-01"] * 2, "kind": ["k"] * 2}
    log = TouchpointLog.from_columns(bad, on_error="quarantine")
    assert len(log.merge(log).quarantine) == 2


def test_logs_pickle_and_take_only_their_own_rows(log: TouchpointLog) -> None:
    """A log survives the way to another process, read-only; a selection leaves the rest behind."""
    again = pickle.loads(pickle.dumps(log))
    assert content(again) == content(log)
    assert not again._parts.rows.at.flags.writeable
    few: Any = pickle.loads(pickle.dumps(log.select(np.array([1]))))
    assert len(few._parts.rows) == 1
    assert few.touchpoints(0) == log.touchpoints(1)


def test_a_log_tells_its_size(log: TouchpointLog) -> None:
    """The representation names touchpoints, customers and span; nbytes counts the columns."""
    assert repr(log) == "<TouchpointLog: 5 touchpoints of 3 customers, 2024-01-01 to 2024-01-09>"
    assert repr(log.before(0)) == "<TouchpointLog: empty>"
    assert log.nbytes > 5 * 8
