"""A host that only writes down, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.playbooks import Outcome, Retry
from lifecycle.testing import FrozenClock, RecordingHost, Walk

from .club import GREET, club

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)


def plays() -> tuple[object, ...]:
    """Two plays of the greeting."""
    return Walk(club(playbooks=[GREET]), "ada", "2026-01-05 10:00").happens("joined").later(days=1).plays


def test_a_host_records_what_it_is_asked_to_do() -> None:
    """Every action has a hook, and every play is written down."""
    host = RecordingHost(club())
    assert host.hooks.check(club()).is_complete
    records = host.carry_out(plays(), now=NOW)  # type: ignore[arg-type]
    assert host.plays == host.tries == host.of("send_mail") == plays()
    assert [record.state for record in records] == ["done", "done"]
    assert host.of("call") == ()


def test_a_hook_fails_as_often_as_it_is_told() -> None:
    """A number of failures, then it works: the retries of the dispatch are seen."""
    host = RecordingHost(GREET, fails={"send_mail": 2}, retry=Retry(attempts=3))
    records = host.carry_out(plays(), now=NOW)  # type: ignore[arg-type]
    assert [record.state for record in records] == ["done", "done"]
    assert len(host.tries) == 4


def test_a_hook_that_always_fails() -> None:
    """True is always; the record says what came out of the hook."""
    host = RecordingHost([GREET], fails={"send_mail": True}, retry=Retry(attempts=2))
    records = host.carry_out(plays(), now=NOW)  # type: ignore[arg-type]
    assert [record.state for record in records] == ["failed", "failed"]
    assert "send_mail was told to fail" in records[0].reason
    assert host.plays == ()


def test_a_hook_answers() -> None:
    """What a hook returns can be said beforehand."""
    host = RecordingHost(GREET, answers={"send_mail": Outcome("failed", note="no such address")})
    assert [record.state for record in host.carry_out(plays(), now=NOW)] == ["failed", "failed"]  # type: ignore[arg-type]


def test_a_host_refuses_an_action_that_there_is_not() -> None:
    """A misspelt action would never fail."""
    with pytest.raises(InvalidArgument, match="no playbook has the action 'send_male'"):
        RecordingHost(GREET, fails={"send_male": 1})


def test_a_clock_shows_what_it_was_told() -> None:
    """It is called as `datetime.now` is, and goes on when it is told to."""
    clock = FrozenClock("2026-01-05 10:00", zone="Asia/Tokyo")
    assert clock() == clock() == datetime(2026, 1, 5, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert clock(UTC) == clock()  # type: ignore[arg-type]
    assert clock.later(days=1, minutes=1)().isoformat() == "2026-01-06T10:01:00+09:00"
    assert clock.until(NOW)() == NOW
    assert repr(clock) == "FrozenClock(2026-01-06 21:00:00+09:00)"


def test_a_clock_does_not_go_back() -> None:
    """Time passes one way."""
    with pytest.raises(InvalidArgument, match="does not go back"):
        FrozenClock("2026-01-05").until("2026-01-04")


def test_a_clock_refuses_a_naive_time() -> None:
    """A datetime says its zone."""
    with pytest.raises(InvalidArgument, match="has no time zone"):
        FrozenClock(datetime(2026, 1, 5))
