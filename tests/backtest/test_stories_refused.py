"""What a back-test of a story refuses, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle import Absence, Happens, Question, Segment, TouchpointLog, replay
from lifecycle.errors import InvalidArgument

from .gym import GYM, TWO_WEEKS, evolved, story


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        ("quite", "there is no signal, segment, health band or flag 'quite'; did you mean 'quiet'"),
        ("xyzzy", "there are: quiet, new, regular, poor, fair, good"),
        ("since_vist > 3", "did you mean 'since_visit'"),
        ("signal_quite and health < 40", "did you mean 'signal_quiet'"),
        ("stage == 'gome'", "'stage' is never 'gome'; did you mean 'gone'"),
        ("since_visit >", "'since_visit >' is neither a sign nor a condition"),
        ("since_visit", "the bare name 'since_visit' is no Flag"),
        ("", "is no sign; name a signal"),
        (None, "None is no sign"),
    ],
)
def test_an_unknown_sign_is_refused(sign: Any, said: str) -> None:
    """The message names what was asked for and the nearest that is known."""
    with pytest.raises(InvalidArgument, match=said):
        story().backtest(sign, TWO_WEEKS)


def test_a_name_that_stands_for_two_is_refused() -> None:
    """A segment called as a signal is ambiguous; `signal_…` is the signal."""
    twins = story(evolved(segments=[Segment("quiet", "visits_7d >= 1"), Segment("fair", "visits_7d >= 1")]))
    with pytest.raises(InvalidArgument, match="'quiet' is a signal and a segment; write 'signal_quiet'"):
        twins.backtest("quiet", TWO_WEEKS)
    with pytest.raises(InvalidArgument, match="'fair' is a segment and a band"):
        twins.backtest("fair", TWO_WEEKS)
    assert twins.backtest("signal_quiet", TWO_WEEKS).n_episodes == 2


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question("gome"), "Question: outcome='gome'.*did you mean 'gone'\\?; for a touchpoint write Happens"),
        (Question("returning"), "Question: outcome='returning': no stage has this role; stages: guest, member, gone"),
        (Question("gone", stages=("members",)), "Question: stages='members'.*did you mean 'member'"),
        (Question(Happens("visits")), "no touchpoint has the kind 'visits'; did you mean 'visit'"),
        (Question(Happens("silence")), "no touchpoint has the kind 'silence'"),
        (Question(Absence("zzz")), "no touchpoint has the kind 'zzz'; kinds of the log: "),
        (Question(Happens("visit", where="a >")), "Question: outcome where='a >'"),
        (Question("gone", among="since_vist > 3"), "Question: among='since_vist > 3'.*did you mean 'since_visit'"),
        (Question("gone", since="2026-02-24"), "no moment lies from 2026-02-24 00:00 to before 2026-03-02 00:00 UTC"),
        (Question("gone", since="2026-02-10", until="2026-02-01"), "no moment lies"),
        (Question("gone", since="yesterday"), "'yesterday' is not an ISO date"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(question: Question, said: str) -> None:
    """The message names the field, the value and the nearest that is known."""
    for call in (lambda: story().backtest("quiet", question), lambda: story().sweep("since_visit", question)):
        with pytest.raises(InvalidArgument, match=said):
            call()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Question(3), "Question: outcome=3; give a stage"),
        (lambda: Question(horizon_days=0), "horizon_days=0 is no number of days above 0"),
        (lambda: Question(horizon_days=True), "horizon_days=True"),
        (lambda: Question(every_days=0), "every_days=0 is no whole number of days from 1"),
        (lambda: Question(every_days=7.0), "every_days=7.0"),
        (lambda: Happens(()), "Happens: no kind of touchpoint"),
        (lambda: Absence(("visit", 3)), "3 is no kind of touchpoint"),
        (lambda: story().backtest("quiet", by="weeks"), "by='weeks' is neither 'moments' nor 'episodes'"),
        (lambda: story().backtest("quiet", confidence=95), "confidence=95 is not between 0 and 1"),
        (lambda: story().sweep("since_vist", TWO_WEEKS), "there is no fact 'since_vist' to sweep; did you mean"),
        (lambda: story().sweep("quux", TWO_WEEKS), "facts: since_visit, visits_7d, locker, health"),
        (lambda: story().sweep("locker", TWO_WEEKS), "fact 'locker' is a text, which has no threshold"),
        (lambda: story().suggest_threshold("since_visit", TWO_WEEKS), "give one of the two"),
        (
            lambda: story().suggest_threshold("since_visit", TWO_WEEKS, precision=0.3, split="2026-01-13"),
            "leaves 0 pairs to choose from",
        ),
        (
            lambda: story().suggest_threshold("since_visit", Question("gone", horizon_days=400), precision=0.3),
            "and 0 to judge",
        ),
    ],
)
def test_an_argument_that_cannot_be_meant_is_refused(call: Any, said: str) -> None:
    """The message says what was wrong, the value, and what to give instead."""
    with pytest.raises(InvalidArgument, match=said):
        call()


def test_a_story_of_nobody_is_refused() -> None:
    """There is nothing to be true of nobody."""
    nobody = replay(GYM, TouchpointLog.from_touchpoints([]), until="2026-03-02")
    with pytest.raises(InvalidArgument, match="the story has no customers"):
        nobody.backtest("quiet", TWO_WEEKS)
