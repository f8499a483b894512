"""Findings about two playbooks that speak to the same customers, by the same channel, on the same day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lifecycle.model import DAY_US
from lifecycle.playbooks import Act, BoundPlaybook, Cadence, Cap, OnePerDay
from lifecycle.rules import BoundCondition, Contradiction, denied

from ._check_entries import place_of
from ._finding import Finding
from ._playbook_setup import Entry, View


def review_overlaps(view: View) -> Iterator[Finding]:
    """Every two playbooks that can say two things at once."""
    for first, second in combinations(view.program.playbooks, 2):
        channels = _together(view, first, second)
        if channels:
            yield from _overlap(view, (first, second), channels)


def _overlap(view: View, pair: tuple[BoundPlaybook, BoundPlaybook], channels: tuple[str, ...]) -> Iterator[Finding]:
    first, second = pair
    for one in view.entries[first.name]:
        for other in view.entries[second.name]:
            if not _is_same(one, other):
                continue
            seen = _both(view, pair, (one, other))
            if seen.certainty == "proved":
                continue
            how = f", for example with {view.shown(seen.witness)}" if seen.witness else ""
            text = f"on {one.name} both it and {second.name!r} speak by {' and '.join(channels)}{how}"
            remedy = "let their audiences exclude each other, or pass a policy such as OnePerDay()"
            yield Finding(
                place_of(first), text, remedy, severity="note" if _is_capped(view, channels) else "warning",
                certainty=seen.certainty, code="playbooks_overlap",
            )  # fmt: skip
            return


def _is_same(one: Entry, other: Entry) -> bool:
    """Whether two playbooks can be started by one and the same thing."""
    first, second = one.trigger, other.trigger
    if first.trigger.sort != second.trigger.sort:
        return False
    if first.trigger.sort == "happened":
        return bool(first.kinds & second.kinds)
    if first.trigger.sort == "on_date":
        return first.trigger == second.trigger
    return bool(first.numbers & second.numbers) and one.name == other.name


def _both(view: View, pair: tuple[BoundPlaybook, BoundPlaybook], entries: tuple[Entry, Entry]) -> Contradiction:
    """Whether one customer can enter both."""
    asked: list[BoundCondition] = [premise.condition for entry in entries for premise in entry.premises]
    for book in pair:
        condition = view.exit_of(book)
        asked += [] if condition is None else [denied(condition)]
    return view.weigh(asked)


def _together(view: View, first: BoundPlaybook, second: BoundPlaybook) -> tuple[str, ...]:
    """The channels by which both speak within 24 hours of each other, if both are entered at one moment."""
    found = {
        channel
        for channel, delay_us in _spoken(view, first)
        for other, other_us in _spoken(view, second)
        if channel == other and abs(delay_us - other_us) < DAY_US
    }
    return tuple(sorted(found))


def _spoken(view: View, book: BoundPlaybook) -> Iterator[tuple[str, int]]:
    """The channels of a playbook with their delays, up to where it waits for something; what is awaited is left out."""
    for tier in book.tiers:
        delay_us = 0
        for op in tier.ops:
            if not isinstance(op, Act):
                break
            action = view.program.actions[op.action].action
            delay_us += action.delay_us
            if action.channel and not action.transactional:
                yield action.channel, delay_us


def _is_capped(view: View, channels: tuple[str, ...]) -> bool:
    """Whether a policy spaces the plays of all playbooks by these channels."""
    return any(
        isinstance(policy, Cadence)
        or (isinstance(policy, OnePerDay) and _covers(policy.channel, channels))
        or (
            isinstance(policy, Cap)
            and not (policy.purpose or policy.playbook or policy.action or policy.discounts_only)
            and _covers(policy.channel, channels)
        )
        for policy in view.setup.policies
    )


def _covers(named: tuple[str, ...], channels: tuple[str, ...]) -> bool:
    return not named or set(channels) <= set(named)
