"""Plays compared with what was expected."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.testing import Walk, assert_plays

from .club import GREET, club

CLUB = club(playbooks=[GREET])


def greeted() -> Walk:
    """Who joined, and got two mails."""
    return Walk(CLUB, "ada", "2026-01-05 10:00").happens("joined").later(days=1)


@pytest.mark.parametrize(
    "second",
    ["send_mail", "send_mail 2026-01-06", ("send_mail", "2026-01-06"), ("send_mail", date(2026, 1, 6)),
     "send_mail 2026-01-06 06:00", ("send_mail", datetime(2026, 1, 6, 6))],
    ids=["action", "day", "tuple", "date", "minute", "datetime"],
)  # fmt: skip
def test_plays_are_as_expected(second: str) -> None:
    """As exactly as it is said: the action, the day, the minute."""
    assert_plays(greeted(), ["send_mail 2026-01-05", second])


def test_the_difference_is_shown_line_by_line() -> None:
    """What was expected and not decided, what was decided and not expected, and each play with its reason."""
    with pytest.raises(AssertionError) as caught:
        assert_plays(greeted(), ["send_mail 2026-01-05", "call 2026-01-10"])
    assert str(caught.value) == (
        "2 plays were decided, 2 were expected (- expected, + decided)\n"
        "  send_mail 2026-01-05\n"
        "- call 2026-01-10\n"
        "+ send_mail 2026-01-06\n"
        "2026-01-05 10:00 send_mail by email for ada: greet, stage 'member' entered\n"
        "2026-01-06 06:00 send_mail by email for ada: greet, stage 'member' entered"
    )


def test_a_history_needs_a_definition() -> None:
    """A history alone decides nothing."""
    told = greeted().history()
    assert_plays(told, ["send_mail", "send_mail"], definition=CLUB)
    with pytest.raises(InvalidArgument, match="pass definition="):
        assert_plays(told, [])


def test_the_plays_of_one_playbook() -> None:
    """The others are passed over."""
    ada = Walk(club(), "ada", "2026-01-05 10:00").happens("joined").later(days=12)
    assert_plays(ada, ["send_mail 2026-01-16"], playbook="miss")
