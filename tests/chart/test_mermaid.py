"""Charts as pictures."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

import pytest

from lifecycle.chart import ENTRY, CustomerMachine, DateOf, State, Timer, compile_chart, mermaid, role
from lifecycle.rules import FactSet

pytestmark = pytest.mark.smoke


def test_a_chart_reads_as_a_picture(facts: FactSet) -> None:
    """Compounds are boxes, conditions and timers labels, parallel moves one arrow; touches are left out."""

    class Saas(CustomerMachine):
        trial = role.prospect("Trial", ja="お試し", initial=True)

        class active(State.Compound):
            onboarding = role.active()
            adoption = role.active("In use")
            login = onboarding.to(adoption, cond="logins >= 3 and plan != 'free'")
            refer = onboarding.to(adoption, cond="paid")
            ping = adoption.to.itself(internal=True)

        churn = role.lost()
        purchase = trial.to(active) | churn.to(active.adoption)
        quiet = active.to(churn) | trial.to(churn)
        cancel = active.to(churn, unless="tickets < 1")
        nudge = active.adoption.to(active.onboarding)
        restart = active.to.itself()

    timers = [
        Timer("quiet", 45, since="visit"),
        Timer("quiet", 90),
        Timer("nudge", 7, since=ENTRY, every_days=7),
    ]
    assert mermaid(compile_chart(Saas, facts, timers)) == (
        """stateDiagram-v2
    state "Trial" as trial
    state "Active" as active {
        state "Onboarding" as onboarding
        state "In use" as adoption
        [*] --> onboarding
        onboarding --> adoption : login [logins ≥ 3 and plan ≠ 'free']<br/>refer [paid]
        adoption --> onboarding : nudge: 7 days after entry, then every 7 days<br/>restart
    }
    state "Churn" as churn
    [*] --> trial
    trial --> active : purchase
    trial --> churn : quiet: 45 days after last visit or 90 days after last sign of life
    active --> churn : quiet: 45 days after last visit or 90 days after last sign of life"""
        """<br/>cancel [not (tickets < 1)]
    churn --> adoption : purchase
"""
    )


def test_labels_cannot_break_the_picture(facts: FactSet) -> None:
    """Signs and ids that Mermaid reads as its own are written so that it does not."""

    class Gym(CustomerMachine):
        note, state, state_ = role.prospect('a "b" #1', initial=True), role.active(), role.lost()
        joined = note.to(state, cond="plan == 'a;b#c' or tickets<logins")
        renew = state.to(state_)

    text = mermaid(compile_chart(Gym, facts, [Timer("renew", 0, DateOf("renewal"))]))
    assert 'state "a #quot;b#quot; #35;1" as note_\n' in text
    assert "note_ --> state__ : joined [plan = 'a#59;b#35;c' or tickets#lt;logins]\n" in text
    assert "state__ --> state_ : renew: on renewal\n" in text
    assert "    [*] --> note_\n" in text


def test_moves_into_an_own_compound_are_drawn_between_stages(facts: FactSet) -> None:
    """A box has no arrow to what is inside it: the arrow starts at each stage that it moves."""

    class Saas(CustomerMachine):
        class active(State.Compound):
            one, two, three = role.active(), role.active(), role.active()
            up = one.to(two) | two.to(three)

        reset = active.to(active.one)
        leap = active.two.to(active)

    text = mermaid(compile_chart(Saas, facts, ()))
    assert [line.strip() for line in text.splitlines() if "--> one" in line] == [
        "[*] --> one",
        "two --> one : leap<br/>reset",
        "three --> one : reset",
    ]
    assert "active -->" not in text


@pytest.mark.parametrize("label", ["a <b>c</b>", "x;y", "50 % & more", "#1"])
def test_labels_are_written_as_codes(label: str, facts: FactSet) -> None:
    """No label of a stage ends its line or is read as markup."""

    class Gym(CustomerMachine):
        trial, member = role.prospect(label, initial=True), role.active()
        joined = trial.to(member)

    line = mermaid(compile_chart(Gym, facts, ())).splitlines()[1]
    assert line.removeprefix('    state "').removesuffix('" as trial') == (
        label.replace("#", "#35;").replace("x;y", "x#59;y").replace("<", "#lt;")
    )
