"""Each law of the kit can be broken, and says so; what keeps them all passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Definition
from lifecycle.engine import Step
from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer, Play, RunChange
from lifecycle.playbooks import Action, Block, Cap, Playbook, QuietHours, happened
from lifecycle.testing import History, definitions, histories, playbook_laws, sampled_histories

from .club import GREET, MISS, PLAYBOOKS, club

Change = Callable[[Customer | None, Step], Step]


def complaints(
    definition: Definition, n: int = 60, *, law: str | None = None, told: Iterable[History] | None = None
) -> dict[str, str]:
    """What the laws say of some histories: the first complaint of each law."""
    found: dict[str, str] = {}
    checks = [check for playbook in definition.playbooks for check in playbook_laws(playbook, definition)]
    for history in sampled_histories(definition, n) if told is None else told:
        for name, check in checks:
            if name not in found and law in (None, name):
                try:
                    check(history)
                except AssertionError as error:
                    found[name] = str(error)
    return found


def patched(monkeypatch: pytest.MonkeyPatch, change: Change, *names: str) -> None:
    """Let a definition give other steps than it should."""
    for name in names or ("begin", "advance", "pass_time"):
        original = getattr(Definition, name)

        def faulty(self: Definition, first: Any, *rest: Any, _original: Any = original) -> Step:
            customer = first if isinstance(first, Customer) else None
            return change(customer, _original(self, first, *rest))

        monkeypatch.setattr(Definition, name, faulty)


def with_plays(step: Step, **changes: Callable[[Play], Any]) -> Step:
    """A step whose plays have other fields."""
    plays = (attrs.evolve(play, **{name: make(play) for name, make in changes.items()}) for play in step.plays)
    return attrs.evolve(step, plays=tuple(plays))


@attrs.frozen(eq=False)
class HostPolicy:
    """A policy of a host: whatever its function says."""

    function: Callable[[Any], Block | None]
    name: str = "of_the_host"
    keeps_us: int = 0

    def facts(self) -> Mapping[str, Any]:
        return {}

    def bind(self, setup: object) -> HostPolicy:
        return self

    def judge(self, attempt: Any) -> Block | None:
        return self.function(attempt)

    def judge_all(self, attempts: Any) -> None:
        return None


def test_playbooks_that_do_nothing_wrong_keep_all_laws() -> None:
    """The club keeps every law, with policies around it."""
    assert complaints(club(policies=[QuietHours(), Cap(3, 7)]), 150) == {}


@given(st.data())
@settings(max_examples=60)
def test_playbooks_of_random_definitions_keep_all_laws(data: st.DataObject) -> None:
    """Whatever lifecycle and playbooks are drawn, their histories break no law."""
    definition = data.draw(definitions().filter(lambda one: bool(one.playbooks)))
    history = data.draw(histories(definition))
    for playbook in definition.playbooks:
        for _, check in playbook_laws(playbook, definition):
            check(history)


def test_an_error_is_reported_by_one_law_only() -> None:
    """What raises breaks 'never_raises'; the other laws have nothing to look at."""

    def raises(_: object) -> Block | None:
        raise ZeroDivisionError("of the host")

    found = complaints(club(policies=[HostPolicy(raises)]))
    assert list(found) == ["never_raises"]
    assert "ZeroDivisionError('of the host')" in found["never_raises"]


def test_a_policy_with_a_memory_is_found() -> None:
    """Who remembers what it was asked before decides otherwise the second time."""
    asked: list[object] = []

    def every_third(attempt: object) -> Block | None:
        asked.append(attempt)
        return Block("every third", None) if len(asked) % 3 == 0 else None

    found = complaints(club(policies=[HostPolicy(every_third)]), law="same_input_same_plays")
    assert "the second time" in found["same_input_same_plays"]


def test_a_policy_that_looks_at_the_order_is_found() -> None:
    """What depends on the place among the playbooks is found by 'order_does_not_matter', and by no other law."""
    first = HostPolicy(lambda attempt: Block("the first", None) if attempt.action.number < 3 else None)
    found = complaints(club(policies=[first]))
    assert list(found) == ["order_does_not_matter"]
    assert "  - " in found["order_does_not_matter"] or "  + " in found["order_does_not_matter"]


def test_plays_that_depend_on_the_clock_of_the_host_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays dated by when time happened to pass are found."""

    def dated(_: Customer | None, step: Step) -> Step:
        return with_plays(step, cost=lambda play: float(step.customer.head_us % 7 + len(step.plays)))

    patched(monkeypatch, dated, "pass_time")
    found = complaints(club(), law="time_passes_how_it_may")
    assert "where time passes more often" in found["time_passes_how_it_may"]


def test_a_changed_input_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes into the customer that it was given is found."""

    def writes(customer: Customer | None, step: Step) -> Step:
        if customer is not None:
            object.__setattr__(customer, "n_unanswered", customer.n_unanswered + 1)
        return step

    patched(monkeypatch, writes, "advance")
    assert "advance has changed the customer" in complaints(club(), 5)["input_is_untouched"]


def test_an_input_that_can_be_changed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer that holds a list is no value."""
    definition = club(playbooks=[GREET])
    told = list(sampled_histories(definition, 5))

    def listed(_: Customer | None, step: Step) -> Step:
        return attrs.evolve(step, customer=attrs.evolve(step.customer, clocks=list(step.customer.clocks)))

    patched(monkeypatch, listed)
    assert "holds something that can be changed" in complaints(definition, told=told)["input_is_untouched"]


def test_a_play_without_a_reason_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every play says why."""
    patched(monkeypatch, lambda _, step: with_plays(step, why=lambda play: ""))
    assert "does not say why" in complaints(club())["no_play_without_evidence"]


def test_a_play_of_no_run_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every play belongs to a run."""
    patched(monkeypatch, lambda _, step: with_plays(step, entered_us=lambda play: play.entered_us - 1))
    assert "belongs to no run" in complaints(club())["no_play_without_evidence"]


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.name)
def test_an_entry_for_no_reason_is_found(playbook: Playbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that begins an hour too late, when nothing happened, is found for every sort of trigger."""

    def late(_: Customer | None, step: Step) -> Step:
        runs = (attrs.evolve(one, at_us=one.at_us + 3_600_000_001) for one in step.runs)
        return attrs.evolve(step, runs=tuple(runs))

    patched(monkeypatch, late)
    found = complaints(club(playbooks=[playbook]), 150)
    assert "nothing that could start it" in found["no_play_without_evidence"]


@pytest.mark.parametrize(
    "change",
    [
        {"at_us": lambda play: play.expires_us},
        {"at_us": lambda play: play.due_us - 1},
        {"due_us": lambda play: play.entered_us + 400 * 86_400_000_000, "at_us": lambda play: play.expires_us - 1},
    ],
    ids=["expired", "not due", "after its days"],
)
def test_a_play_at_the_wrong_time_is_found(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A play is decided from when it is due until it expires."""
    patched(monkeypatch, lambda _, step: with_plays(step, **change))
    assert "decided_in_time" in complaints(club())


def test_a_key_given_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plays never have one key."""
    patched(monkeypatch, lambda _, step: with_plays(step, key=lambda play: play.playbook))
    assert "two plays have the key 'greet'" in complaints(club(playbooks=[GREET]))["key_is_unique"]


def test_a_step_decided_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of a run is decided once, whatever its key."""

    def twice(_: Customer | None, step: Step) -> Step:
        again = tuple(attrs.evolve(play, key=play.key + "/again") for play in step.plays)
        return attrs.evolve(step, plays=(*step.plays, *again))

    patched(monkeypatch, twice)
    assert "is decided twice" in complaints(club())["key_is_unique"]


def test_a_play_for_the_holdout_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is in the holdout gets nothing."""

    def all_in(_: Customer | None, step: Step) -> Step:
        return attrs.evolve(step, runs=tuple(attrs.evolve(one, is_holdout=True) for one in step.runs))

    patched(monkeypatch, all_in)
    assert "for a run in the holdout" in complaints(club())["holdout_gets_nothing"]


def test_a_holdout_that_is_not_looked_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that the engine forgets is found, also of a playbook that has none of its own."""
    monkeypatch.setattr("lifecycle.playbooks._entering.is_holdout", lambda *_: False)
    assert "with everybody in the holdout there is a play" in complaints(club())["holdout_gets_nothing"]


def test_a_play_after_the_exit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine calls over is over."""

    def over(_: Customer | None, step: Step) -> Step:
        made = tuple(
            RunChange(one.customer, one.playbook, "exited", one.at_us, one.entered_us, "for a test", one.occasion)
            for one in step.runs
            if one.event == "entered"
        )
        return attrs.evolve(step, runs=(*step.runs, *made))

    patched(monkeypatch, over)
    assert "a run was over (for a test)" in complaints(club())["exit_stops_everything"]


@pytest.mark.parametrize(
    ("playbook", "why"),
    [(GREET, "touchpoint"), (attrs.evolve(GREET, exit="complaints >= 1", exit_on=()), "exit complaints >= 1")],
    ids=["by a touchpoint", "by a condition"],
)
def test_an_exit_that_is_overlooked_is_found(playbook: Playbook, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that never looks at exits is found by the history alone."""
    monkeypatch.setattr("lifecycle.playbooks._running.Running.leave_exits", lambda *_: None)
    found = complaints(club(playbooks=[playbook]), 400, law="exit_stops_everything")
    assert f"a run was over ({why}" in found["exit_stops_everything"]


def test_a_run_without_an_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry ends."""

    def endless(_: Customer | None, step: Step) -> Step:
        return attrs.evolve(step, runs=tuple(one for one in step.runs if one.event == "entered"))

    patched(monkeypatch, endless)
    assert "a run has not ended after 365 days" in complaints(club(playbooks=[MISS]))["every_entry_ends"]


def test_the_reference_lists_every_law() -> None:
    """The table of the reference page has the laws that there are, in order."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
    table = page.partition("| law | holds when |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [name for name, _ in playbook_laws(GREET, club())]


def test_laws_of_a_playbook_by_name_or_beside_the_others() -> None:
    """A playbook is named, given as it is declared, or tried beside those that there are."""
    definition, other = club(), Playbook("other", on=happened("visit"), steps=[Action("wave")])
    assert [name for name, _ in playbook_laws("greet", definition)] == [n for n, _ in playbook_laws(GREET, definition)]
    history = History.told("ada", [("2026-01-05", "visit")], until="2026-01-06")
    for _, check in playbook_laws(other, definition):
        check(history)
    changed = attrs.evolve(GREET, name="greet", priority=9)
    assert len(playbook_laws(changed, definition)) == 12


def test_an_unknown_playbook_is_refused() -> None:
    """A name that the definition does not have is refused, with those that it has."""
    with pytest.raises(InvalidArgument, match="no playbook 'great'; it has: greet, miss"):
        playbook_laws("great", club())
