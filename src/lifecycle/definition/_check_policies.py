"""Findings about policies: what can never pass them, and what they promise and nobody keeps.

Policies are known by their class; what a host's own policy holds cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from lifecycle.model import DAY_US
from lifecycle.playbooks import (
    WEEKDAYS,
    Act,
    BoundAction,
    BoundPlaybook,
    BoundTier,
    Cadence,
    Cap,
    Consent,
    DiscountLimit,
    HoldWhile,
    NoSelling,
    Policy,
    QuietHours,
    SurveyFatigue,
    minute_of,
)
from lifecycle.rules import BoundCondition, denied
from lifecycle.signs import stages_named

from ._check_entries import place_of
from ._finding import Finding
from ._playbook_setup import View, claimed

_DAY_MINUTES: Final = 1_440
_CLOCK_US: Final = 25 * 3_600_000_000
"""A time of day lets a step come later by a day at most, one hour more where clocks are put back."""
Span: TypeAlias = tuple[str, int, int]
"""The name of a policy, how many plays it lets pass, and in how many microseconds."""
_CODE: Final = "policy_never_passes"


def review_policies(view: View) -> Iterator[Finding]:
    """What policies never let pass, and the cadence that nothing keeps."""
    yield from _always_quiet(view)
    for book in view.program.playbooks:
        for action in view.actions_of(book):
            yield from _too_deep(view, book, action)
            yield from _always_held(view, book, action)
        for tier in book.tiers:
            yield from _expires(view, book, tier)
    yield from _no_grant(view)
    yield from _holds_nothing(view)
    yield from _forgotten(view)


def holds_of(view: View, action: BoundAction) -> tuple[tuple[str, BoundCondition], ...]:
    """The policies that hold an action while a condition holds, with that condition."""
    found = []
    for policy in view.setup.policies:
        if isinstance(policy, HoldWhile):
            if (
                (not policy.purposes or action.purpose in policy.purposes)
                and (not policy.playbooks or action.playbook.name in policy.playbooks)
                and (not policy.channels or action.action.channel in policy.channels)
            ):
                found.append((policy.name, view.bound(policy.condition)))
        elif isinstance(policy, NoSelling) and action.purpose in policy.purposes:
            stages = _stages(view, policy)
            if stages:
                found.append((policy.name, view.bound(" or ".join(f"stage == {stage!r}" for stage in stages))))
    return tuple(found)


def _stages(view: View, policy: NoSelling) -> list[str]:
    flags = stages_named(view.program.signs.program, policy.stages)
    return [stage.id for stage, is_held in zip(view.chart.stages, flags, strict=True) if is_held]


def is_stock(policy: Policy) -> bool:
    """Whether a policy is one of the library's, so that what it holds is known."""
    return type(policy).__module__.startswith("lifecycle.")


# --- one action -------------------------------------------------------------------------------------------------------


def _always_quiet(view: View) -> Iterator[Finding]:
    """Several policies with quiet hours that leave no minute of the week."""
    policies = [policy for policy in view.setup.policies if isinstance(policy, QuietHours)]
    if not policies or all(action.action.transactional for action in view.program.actions):
        return
    if all(any(_is_quiet(one, day, now) for one in policies) for day in WEEKDAYS for now in range(_DAY_MINUTES)):
        names = " and ".join(repr(policy.name) for policy in policies)
        text = f"together they leave no minute of the week: {names}"
        yield Finding("policies", text, "leave hours in which plays can pass", code=_CODE)


def _is_quiet(policy: QuietHours, day: str, now: int) -> bool:
    start, end = minute_of(policy.start), minute_of(policy.end)
    is_night = start <= now < end if start < end else now >= start or now < end
    return is_night or day in policy.days


def _too_deep(view: View, book: BoundPlaybook, action: BoundAction) -> Iterator[Finding]:
    percent = action.action.discount_percent
    for policy in view.setup.policies:
        if isinstance(policy, DiscountLimit) and percent > policy.max_percent:
            text = f"its discount of {percent:g} % never passes {policy.name!r}, which allows {policy.max_percent:g} %"
            yield Finding(place_of(book, f"step {action.step}"), text, "give less, or raise max_percent=", code=_CODE)


def _always_held(view: View, book: BoundPlaybook, action: BoundAction) -> Iterator[Finding]:
    """An action that a policy holds wherever it may be tried at all."""
    exit_condition = view.exit_of(book)
    asked = [] if action.only_if is None else [action.only_if]
    asked += [] if exit_condition is None else [denied(exit_condition)]
    for name, condition in holds_of(view, action):
        if view.weigh([*asked, denied(condition)]).certainty == "proved":
            text = f"policy {name!r} always holds it, for whenever it may be tried this is so: {condition.condition}"
            remedy = "except it from the policy by its purpose, or change its conditions"
            yield Finding(place_of(book, f"step {action.step}"), text, remedy, code=_CODE)


# --- one run ----------------------------------------------------------------------------------------------------------


def _expires(view: View, book: BoundPlaybook, tier: BoundTier) -> Iterator[Finding]:
    """Steps that expire before the plays of the steps before them make room, up to where the run waits."""
    steps: list[tuple[BoundAction, int]] = []
    latest_us = 0
    for op in tier.ops:
        if not isinstance(op, Act):
            return
        action = view.program.actions[op.action]
        latest_us += action.action.delay_us + (0 if action.minute is None else _CLOCK_US)
        for policy in view.setup.policies:
            span = _span(policy, action)
            before = [one for one in steps if span is not None and _span(policy, one[0]) == span]
            if span is None or len(before) < span[1]:
                continue
            first, first_us = before[-span[1]]
            # The n-th last play came when it was due or later; what comes after that can only be later still.
            if span[2] >= latest_us - first_us + action.action.expires_days * DAY_US:
                text = f"policy {span[0]!r} holds it after step {first.step} until it has expired"
                remedy = "let it come later, or live longer (expires_days=), or raise the limit"
                yield Finding(place_of(book, f"step {action.step}"), text, remedy, certainty="possible", code=_CODE)
                break
        steps.append((action, latest_us))


def _span(policy: Policy, action: BoundAction) -> Span | None:
    """How a policy spaces plays, where it counts an action."""
    own, is_free = action.action, action.action.transactional
    if isinstance(policy, Cap) and not policy.calendar and not is_free:
        is_counted = (
            (not policy.channel or own.channel in policy.channel)
            and (not policy.purpose or action.purpose in policy.purpose)
            and (not policy.playbook or action.playbook.name in policy.playbook)
            and (not policy.action or own.name in policy.action)
            and (not policy.discounts_only or own.discount_percent > 0)
        )
        return (policy.name, policy.limit, policy.days * DAY_US) if is_counted else None
    if isinstance(policy, Cadence) and not is_free:
        return policy.name, 1, policy.at_least_days * DAY_US
    if isinstance(policy, DiscountLimit) and own.discount_percent > 0:
        return policy.name, 1, policy.not_again_days * DAY_US
    if isinstance(policy, SurveyFatigue) and action.purpose == "listen" and not is_free:
        return policy.name, 1, policy.days * DAY_US
    return None


# --- all of them ------------------------------------------------------------------------------------------------------


def _no_grant(view: View) -> Iterator[Finding]:
    """Channels that need a grant, about which nothing in the definition ever asks."""
    facts = view.program.signs.program.facts
    is_read = any("consent_set" in (facts.kinds_of(name) or ()) for name in facts.types)
    is_asked = any("consent" in one.action.name or "opt_in" in one.action.name for one in view.program.actions)
    for policy in view.setup.policies:
        if isinstance(policy, Consent) and not is_read and not is_asked:
            used = [channel for channel in policy.opt_in if any(
                one.action.channel == channel for one in view.program.actions
            )]  # fmt: skip
            for channel in used:
                text = f"plays by {channel} need a grant, and nothing in the definition asks for one or reads it"
                remedy = f"see that the host sends consent_set for channel {channel!r}, or ask in a playbook"
                yield Finding(
                    f"policy {policy.name!r}", text, remedy, severity="note", certainty="undecided", code=_CODE
                )


def _holds_nothing(view: View) -> Iterator[Finding]:
    """Policies that hold while something holds that never does."""
    for policy in view.setup.policies:
        if isinstance(policy, HoldWhile):
            found = view.weigh([view.bound(policy.condition)])
            if found.certainty == "proved":
                text = f"it holds nothing, for its condition can never hold: {claimed(found.claims)}"
                yield Finding(f"policy {policy.name!r}", text, "change it, or leave it out", code="contradiction")


def _forgotten(view: View) -> Iterator[Finding]:
    """A promise to be heard of at least so often, which no playbook keeps."""
    triggers = [trigger for playbook in view.setup.playbooks for trigger in playbook.on]
    silences = [trigger.days for trigger in triggers if trigger.sort == "silent"]
    for policy in view.setup.policies:
        if isinstance(policy, Cadence) and not any(days <= policy.at_most_days for days in silences):
            text = f"nothing sees to it that a customer hears of you once in {policy.at_most_days} days"
            remedy = f"start a playbook with silent({policy.at_most_days}) or sooner"
            yield Finding(f"policy {policy.name!r}", text, remedy, code="cadence_unkept")
