"""What playbooks refuse when they are declared, and when a definition is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lifecycle import Definition, Signal
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    Action,
    Goal,
    Holdout,
    Playbook,
    Stop,
    Tier,
    Wait,
    became,
    entered,
    happened,
    on_date,
    overdue,
    raised,
    reached,
    silent,
)

from .gym import Gym, gym

MAIL = Action("mail")
VISIT = happened("visit")


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Action("send mail"), "Action 'send mail': a name is letters, digits and underscores"),
        (lambda: Action("mail", at="9:00"), "time of day: '9:00' is not a local time such as '09:00'"),
        (lambda: Action("mail", at="24:00"), "time of day: '24:00' is not"),
        (lambda: Action("mail", after_days=-1), "after_days: -1 is not a whole number from 0 to 3,660"),
        (lambda: Action("mail", after_days=True), "after_days: True is not a whole number"),
        (lambda: Action("mail", expires_days=0), "expires_days: 0 is not"),
        (lambda: Action("mail", discount_percent=101), "discount_percent: 101 is not a number from 0 to 100"),
        (lambda: Action("mail", only_if=3), "only_if=3 is no text"),
        (lambda: Wait(()), "Wait: it waits for no kind"),
        (lambda: Wait("reply", days=0), "days: 0 is not"),
        (lambda: Wait("reply", then="mail"), "is not an Action, a Wait or a Stop"),
        (lambda: Goal(), "give a condition or touchpoint=kinds, one of the two"),
        (lambda: Goal("visits >= 1", touchpoint="visit"), "one of the two"),
        (lambda: Goal("visits >= 1", within_days=0), "within_days: 0 is not"),
        (lambda: Tier("t", [MAIL], severity="loud"), "severity: 'loud' is not one of info, watch, warning, critical"),
        (lambda: Playbook("p", on=VISIT), "give steps or tiers, one of the two"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, tiers=Tier("t", MAIL)), "give steps or tiers, one of the two"),
        (lambda: Playbook("p", on=(), steps=MAIL), "nothing starts it"),
        (lambda: Playbook("p", on="visit", steps=MAIL), "is not a trigger such as raised"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, purpose="sell"), "purpose: 'sell' is not one of onboard, adopt"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, reentry="often"), "reentry: 'often' is not 'never'"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, reentry="per_key"), "runs are told apart by a key"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, concurrent=2), "runs are told apart by a key"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, holdout=1.5), "holdout: 1.5 is not a number from 0 to 1"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, goal="visits > 1"), "goal: 'visits > 1' is not a Goal"),
        (lambda: Playbook("p", on=VISIT, steps=MAIL, max_days=0), "max_days: 0 is not"),
        (lambda: Playbook("p", on=VISIT, tiers=[Tier("t", MAIL), Tier("t", MAIL)]), "two tiers have one name: t, t"),
        (lambda: Playbook("p", on=VISIT, tiers=[MAIL]), "is not a Tier"),
        (lambda: raised(), "is not one or several names"),
        (lambda: happened(3), "is not one or several names"),
        (lambda: silent(0), "silent: days=0 is not a whole number, 1 to 3,660"),
        (lambda: on_date("birthday", days=9_999), "days=9999 is not a whole number"),
        (lambda: became(" "), "is not a condition such as"),
    ],
)
def test_a_bad_declaration_says_what_was_wrong(make: Callable[[], object], message: str) -> None:
    """Where, the value, and what to give instead."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("playbook", "message"),
    [
        (
            {"on": raised("fadin")},
            "raised('fadin') names nothing that the definition has; did you mean 'fading'?",
        ),
        ({"on": entered("membr")}, "did you mean 'member'?"),
        ({"on": reached("first_vist")}, "did you mean 'first_visit'?"),
        ({"on": overdue("start.first_vist")}, "did you mean 'start.first_visit'?"),
        ({"on": on_date("visits")}, "on_date('visits') names nothing that the definition has; known: birthday"),
        ({"on": became("visit > 1")}, "reads 'visit', which is not a fact; did you mean 'visits'?"),
        ({"on": happened("visit", where="room ==")}, "playbook 'p', on:"),
        ({"audience": "visit > 1"}, "playbook 'p', audience:"),
        ({"exit": "stage == 'membr'"}, "'stage' is never 'membr'; did you mean 'member'?"),
        ({"goal": Goal("health > 5")}, "reads 'health', which is not declared"),
        ({"steps": Action("mail", only_if="visit > 1")}, "playbook 'p', step 0, only_if:"),
        ({"steps": Action("mail", params=["visit"])}, "params names 'visit', which is no fact; did you mean 'visits'?"),
        ({"steps": Wait("x", then=[Wait("y", where="(")])}, "playbook 'p', step 0.then.0:"),
        ({"steps": Wait("x", match="order")}, "a wait matches 'order', but runs have no key"),
        ({"steps": (), "tiers": Tier("t", MAIL), "topic": "money"}, "signals of the topic money, and no signal has it"),
    ],
)
def test_what_a_definition_does_not_have_is_refused_when_it_is_built(playbook: dict[str, Any], message: str) -> None:
    """With the place and the nearest known name."""
    with pytest.raises(DefinitionError) as caught:
        gym(Playbook("p", **{"on": VISIT, "steps": MAIL, **playbook}))
    assert message in str(caught.value)


def test_all_problems_are_told_together() -> None:
    """Two playbooks of one name, an unknown signal and an unknown fact in one message."""
    books = [Playbook("p", on=raised("x"), steps=MAIL), Playbook("p", on=VISIT, steps=MAIL, audience="y > 1")]
    with pytest.raises(DefinitionError) as caught:
        gym(*books)
    for part in ("'p' is declared twice", "raised('x')", "reads 'y'"):
        assert part in str(caught.value)


def test_what_is_no_playbook_or_policy_is_refused() -> None:
    """Each with what to pass instead; a second holdout too."""
    for changes, message in (
        ({"playbooks": ["mail"]}, "playbooks: 'mail' is not a Playbook"),
        ({"policies": ["cap"]}, "policies: 'cap' is not a policy such as"),
        ({"policies": [Holdout(0.1), Holdout(0.2)]}, "more than one Holdout"),
    ):
        with pytest.raises(DefinitionError) as caught:
            Definition(Gym, name="g", **{"playbooks": [Playbook("p", on=VISIT, steps=MAIL)], **changes})  # type: ignore[arg-type]
        assert message in str(caught.value)


def test_a_playbook_is_a_value_with_ways_and_actions() -> None:
    """Branches and tiers in order."""
    wait = Wait("reply", then=[Action("thank"), Stop()], otherwise=Action("nudge"))
    book = Playbook("p", on=VISIT, tiers=[Tier("low", [MAIL, wait]), Tier("high", Action("call"))])
    assert [action.name for action in book.actions] == ["mail", "thank", "nudge", "call"]
    assert [name for name, _ in book.ways] == ["low", "high"]
    same = Playbook("p", on=VISIT, tiers=[Tier("low", [MAIL, wait]), Tier("high", Action("call"))])
    assert (same, hash(same)) == (book, hash(book))


def test_playbooks_and_policies_are_part_of_the_identity() -> None:
    """Another playbook, another digest; without playbooks nothing is compiled."""
    first, second = (gym(Playbook("p", on=VISIT, steps=Action("mail", after_days=days))) for days in (1, 2))
    assert len({first.digest, second.digest, gym().digest}) == 3
    assert gym().plan is None
    plain = Definition(Gym, name="g", playbooks=[Playbook("p", on=VISIT, steps=MAIL)])
    assert plain.signs is not None


def test_a_signal_that_a_playbook_answers_needs_no_text() -> None:
    """It reaches somebody who is told what to do."""
    signals = [Signal("low", "visits >= 1", severity="critical")]
    mute = gym(signals=signals)
    answered = gym(Playbook("p", on=raised("low"), steps=MAIL), signals=signals)
    assert "mute_signal" in {finding.code for finding in mute.check()}
    assert "mute_signal" not in {finding.code for finding in answered.check()}


def test_a_signal_that_reads_nothing_still_counts_for_tiers() -> None:
    """Tiers count signals of their topics only."""
    signals = [Signal("low", "visits >= 1", topic="churn"), Signal("other", "visits >= 1", topic="voice")]
    definition = gym(Playbook("p", on=VISIT, tiers=Tier("t", MAIL)), signals=signals)
    assert definition.plan is not None
    assert len(definition.plan.playbooks[0].signals) == 1
