"""Consent and the preferred channel: what was said, and which word counts."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle import Touchpoint
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    NEVER_US,
    PASSES,
    Action,
    ChannelPreference,
    Consent,
    Playbook,
    happened,
)
from tests.rules.readings import BEGIN, both, touchpoint

from .gym import gym, live, touch
from .policing import CALL, HINT, OFFER, RECEIPT, SURVEY, TASK, Case, judged, until

WORDS = [("yes", PASSES), ("no", NEVER_US), ("1", PASSES), ("0", NEVER_US), ("Yes", PASSES), ("maybe", NEVER_US)]


@pytest.mark.smoke
@pytest.mark.parametrize(("word", "expected"), [(None, PASSES), *WORDS])
def test_a_channel_that_is_open_until_refused(word: str | None, expected: int) -> None:
    """By mail it goes unless the last word was no; what is no clear yes is a no."""
    assert until(Consent(), Case(OFFER, facts={"consent.email": word})) == expected


@pytest.mark.parametrize(("word", "expected"), [(None, NEVER_US), *WORDS])
def test_a_channel_that_needs_a_grant(word: str | None, expected: int) -> None:
    """By text message it goes only after a yes."""
    assert until(Consent(), Case(SURVEY, facts={"consent.sms": word})) == expected


def test_which_channels_need_a_grant_is_said() -> None:
    """`opt_in` replaces the default; a word about one channel says nothing about another."""
    assert until(Consent(opt_in="email"), Case(OFFER)) == NEVER_US
    assert until(Consent(opt_in="email"), Case(SURVEY)) == PASSES
    assert until(Consent(), Case(CALL, facts={"consent.email": "no", "consent.sms": "no"})) == PASSES


def test_what_goes_by_no_channel_needs_none() -> None:
    """A task for the team is nobody's mail; a receipt by mail needs consent as everything."""
    facts = {"consent.email": "no", "consent.sms": "no", "consent.phone": "no"}
    assert until(Consent(opt_in=("email", "in_app")), Case(TASK, facts=facts)) == PASSES
    assert until(Consent(), Case(RECEIPT, facts=facts)) == NEVER_US


def test_reasons() -> None:
    """A refusal is told apart from a silence."""
    silent, refused = judged(Consent(), Case(SURVEY)), judged(Consent(), Case(OFFER, facts={"consent.email": "no"}))
    assert silent is not None
    assert refused is not None
    assert (silent.reason, refused.reason) == ("no consent to sms", "consent to email was refused")


def test_an_unknown_channel_is_refused() -> None:
    """An action by a channel that the policy does not listen for is refused, with the remedy."""
    book = Playbook("hello", on=happened("visit"), steps=[Action("write", channel="line")])
    message = "playbook 'hello' goes by 'line', which is none of its channels; add more_channels='line'"
    with pytest.raises(DefinitionError, match=message):
        gym(book, policies=[Consent()])
    assert gym(book, policies=[Consent(more_channels="line")])
    assert gym(book, policies=[Consent(opt_in="line")])


@pytest.mark.parametrize("channel", ["all", "it's", "a == b", ""])
def test_channels_are_plain_texts(channel: str) -> None:
    """'all' is no channel, and neither is what a filter could not say."""
    with pytest.raises(DefinitionError):
        Consent(opt_in=channel)


def said(*words: tuple[str, Any]) -> Any:
    """The text fact of mail consent after some words, read both ways."""
    later = [touchpoint("consent_set", day, channel=by, granted=word) for day, (by, word) in enumerate(words, 1)]
    return both(Consent().facts()["consent.email"], [touchpoint("visit"), *later])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), None),
        ((("email", "yes"),), "yes"),
        ((("email", True),), "1"),
        ((("email", False),), "0"),
        ((("all", "no"),), "no"),
        ((("email", "no"), ("all", "yes")), "yes"),
        ((("all", "yes"), ("email", "no")), "no"),
        ((("email", "yes"), ("sms", "no")), "yes"),
        ((("email", "yes"), ("email", None)), "yes"),
    ],
)
def test_the_last_word_counts(words: tuple[tuple[str, Any], ...], expected: str | None) -> None:
    """Of words about the channel and about all channels the later one counts; yes and no may be true and false."""
    assert said(*words) == expected


def test_the_channel_may_be_an_attribute() -> None:
    """A touchpoint that came through the web may name the channel it is about in its attributes."""
    word = Touchpoint("c", "consent_set", BEGIN, attributes={"channel": "email", "granted": "no"})
    assert both(Consent().facts()["consent.email"], [word]) == "no"


# --- preference -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "preferred", "avoided", "expected"),
    [
        (OFFER, None, None, PASSES),
        (OFFER, "email", None, PASSES),
        (OFFER, "phone", None, NEVER_US),
        (CALL, "phone", None, PASSES),
        (OFFER, None, "email", NEVER_US),
        (OFFER, None, "sms", PASSES),
        (OFFER, "fax", None, PASSES),
        (OFFER, "", "", PASSES),
        (HINT, "email", None, PASSES),
        (HINT, None, "in_app", NEVER_US),
        (OFFER, "email", "email", NEVER_US),
        (CALL, "email", "email", PASSES),
        (TASK, "email", "phone", PASSES),
        (RECEIPT, "phone", "email", PASSES),
    ],
)
def test_preferences(action: int, preferred: str | None, avoided: str | None, expected: int) -> None:
    """The preferred one of the channels on offer holds the others; one to avoid is held, and is never preferred."""
    facts = {"preference.preferred": preferred, "preference.avoided": avoided}
    assert until(ChannelPreference(), Case(action, facts=facts)) == expected


def test_preferences_tell_why() -> None:
    """The reasons name the channels."""
    wishes = [{"preference.preferred": "phone"}, {"preference.avoided": "email"}]
    blocks = [judged(ChannelPreference(), Case(OFFER, facts=facts)) for facts in wishes]
    assert [block and block.reason for block in blocks] == [
        "the customer prefers phone to email",
        "the customer avoids email",
    ]


def test_wishes_come_from_the_profile() -> None:
    """The last `profile_set` counts; an empty text takes the wish back."""
    fact = ChannelPreference().facts()["preference.preferred"]
    history = [touchpoint("welcomed", preferred_channel="phone"), touchpoint("profile_set", 1, name="Ada")]
    assert both(fact, history) == "phone"
    assert both(fact, [*history, touchpoint("profile_set", 2, preferred_channel="")]) == ""


def test_live() -> None:
    """A refusal holds what would be sent, for good; a later grant lets the next one pass."""
    book = Playbook("hello", on=happened("visit"), steps=[Action("write", channel="email")])
    story = live(
        gym(book, policies=[Consent(), ChannelPreference()]),
        [
            touch("01-01 09:00", "visit"),
            touch("01-02 09:00", "consent_set", channel="email", granted="no"),
            touch("01-03 09:00", "visit"),
            touch("01-04 09:00", "consent_set", channel="all", granted=True),
            touch("01-05 09:00", "visit"),
            touch("01-06 09:00", "profile_set", avoid_channel="email"),
            touch("01-07 09:00", "visit"),
        ],
        "02-01",
    )
    assert story.plays == [("01-01 09:00", "write"), ("01-05 09:00", "write")]
    assert [(held.policy, held.next_us) for held in story.of("held")] == [
        ("consent", None),
        ("channel_preference", None),
    ]
