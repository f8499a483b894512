"""A customer walked through time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lifecycle import presets
from lifecycle.errors import InvalidArgument
from lifecycle.testing import History, Walk, assert_plays, walk, walk_through

from .club import club

__all__ = ["walk"]


def test_a_walk_reads_like_a_story() -> None:
    """Touchpoints, waiting, and where the customer stands then."""
    ada = Walk(club(), "ada", "2026-01-05 10:00").happens("joined")
    assert ada.stage == "member"
    assert_plays(ada, ["send_mail 2026-01-05"])
    ada.later(days=2).happens("visit").later(days=12)
    assert ada.signals == ("fading",)
    assert ada.facts["visits_30d"] == 1
    assert_plays(
        ada,
        ["send_mail", "send_mail 2026-01-06 06:00", "send_mail 2026-01-10", "ask 2026-01-12", "send_mail 2026-01-18"],
    )
    assert ada.until("2026-03-01").stage == "gone"
    assert [change.event for change in ada.runs if change.playbook == "greet"] == ["entered", "ended"]


def test_a_walk_is_the_history_lived_through() -> None:
    """The walk gives its history, and that gives the same plays."""
    ada = Walk(club(), "ada", "2026-01-05 10:00").happens("joined").later(days=40)
    assert isinstance(ada.history(), History)
    assert walk_through(club(), ada.history()).plays == ada.plays
    assert ada.walked().plays == ada.plays


def test_days_are_those_of_the_calendar() -> None:
    """A day later it is the same time of day, also where clocks change."""
    ada = Walk(club(zone="Europe/London"), "ada", "2026-03-28 10:00")
    assert ada.later(days=1).now.isoformat() == "2026-03-29T10:00:00+01:00"
    assert ada.later(hours=24).now.isoformat() == "2026-03-30T10:00:00+01:00"


def test_money_has_the_currency_of_the_definition() -> None:
    """An amount needs no currency where the definition has one."""
    ada = Walk(presets.saas(currency="JPY"), "ada", "2026-01-05").happens("payment", amount=500)
    ada.happens("subscription_started", {"plan": "team"})
    assert str(ada.history().touchpoints[1].money) == "500 JPY"
    assert ada.facts["plan"] == "team"


def test_the_diary_says_what_happened_and_why() -> None:
    """Every touchpoint with what followed."""
    diary = Walk(club(), "ada", "2026-01-05 10:00").happens("joined").later(days=12).why()
    assert diary.startswith("2026-01-05 10:00 welcomed\n2026-01-05 10:00 joined\n")
    assert "guest → member" in diary
    assert "greet: entered" in diary
    assert "fading (warning) raised" in diary


def test_a_walk_does_not_go_back() -> None:
    """Time passes one way."""
    ada = Walk(club(), "ada", datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(InvalidArgument, match="does not go back"):
        ada.until("2026-01-04")


def test_a_definition_without_signs_has_no_signals() -> None:
    """Nothing can be up."""
    from lifecycle import Count, Definition

    from .club import Club

    bare = Definition(Club, name="bare", facts={"visits_30d": Count("visit").within(30)}, timers=club().timers)
    assert Walk(bare, "ada", "2026-01-05").signals == ()


def test_the_fixture_begins_walks(walk) -> None:  # type: ignore[no-untyped-def]
    """The fixture gives walks; their diaries are shown where a test fails."""
    ada = walk(club(), "ada", "2026-01-05", attributes={"source": "ads"})
    assert ada.happens("joined").stage == "member"
    assert repr(ada) == "Walk('club', 'ada', now=2026-01-05 00:00, stage='member')"


def test_a_failed_test_shows_the_diary(tmp_path: Path) -> None:
    """What happened in a walk stands below the failure."""
    (tmp_path / "conftest.py").write_text("from lifecycle.testing import walk\n", encoding="utf-8")
    (tmp_path / "test_ada.py").write_text(
        "from lifecycle import presets\n"
        "def test_ada(walk):\n"
        "    ada = walk(presets.saas(), 'ada', '2026-01-05 10:00').happens('payment')\n"
        "    assert ada.stage == 'churn'\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert "walk of ada" in found.stdout
    assert "acquisition → onboarding on 2026-01-05 10:00" in found.stdout
