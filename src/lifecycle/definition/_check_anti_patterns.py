"""Findings about the habits by which customers are won and lost again, as far as playbooks and policies show them.

What is seen of rewards for contracts only: goals, and what starts a reward. How people who sell are paid is not in any
rule, and by which words a business calls its contracts is guessed from the names of kinds; so these are never proved.
Tools for their own sake are seen as signals that nobody answers and actions without a hook; customers who do not fit
as blueprints that do not say who would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lifecycle.playbooks import BoundAction, BoundPlaybook, Holdout
from lifecycle.rules import BoundCondition, claims_of, denied, names_of

from ._check_entries import place_of
from ._check_policies import holds_of, is_stock
from ._finding import Finding, Severity
from ._playbook_setup import View

_CONTRACT_WORDS: Final = (
    "contract", "purchase", "order", "payment", "subscription_started", "subscribed", "deal", "checkout", "signed_up",
    "sale", "invoice_paid", "upgrade",
)  # fmt: skip
_REWARD_WORDS: Final = ("reward", "incentive", "bonus", "commission", "gift", "voucher", "coupon")
_KEEPING: Final = ("retain", "win_back")
_ONBOARD: Final = "onboard"


def review_habits_of_plays(view: View) -> Iterator[Finding]:
    """Everything about all playbooks together that is a habit rather than a mistake."""
    yield from _unanswered(view)
    yield from _reflex(view)
    yield from _contracts(view)
    yield from _selling(view)
    yield from _unmeasured(view)


# --- alerts without an answer -----------------------------------------------------------------------------------------


def _unanswered(view: View) -> Iterator[Finding]:
    """Signals that start nothing and weigh nowhere, also not by way of other signals."""
    answered = _answered(view)
    for signal in view.setup.signals:
        if signal.name not in answered:
            text = f"no playbook answers it (topic {signal.topic}), and an alert without an answer is worth nothing"
            remedy = f"start a playbook with raised({signal.name!r}), or agree that it is for people to look at"
            severity: Severity = "warning" if signal.topic == "churn" else "note"
            yield Finding(f"signal {signal.name!r}", text, remedy, severity=severity, code="signal_unanswered")


def _answered(view: View) -> set[str]:
    signs = view.program.signs
    found = set()
    for book in view.program.playbooks:
        found |= {signs.watches[number].name for number, _ in book.signals}
        for bound in book.triggers:
            if bound.trigger.sort == "raised":
                found |= set(bound.trigger.names)
        conditions = [bound.condition for bound in book.triggers] + [book.audience]
        conditions += [tier.condition for tier in book.tiers]
        found |= {name for one in conditions if one is not None for name in _signals_in(one)}
    waiting = list(found)
    while waiting:  # what an answered signal is made of is answered with it
        name = waiting.pop()
        for part in _signals_in(signs.watches[signs.signals[name]].raises):
            if part not in found:
                found.add(part)
                waiting.append(part)
    return found


def _signals_in(condition: BoundCondition) -> list[str]:
    """The signals that a condition asks to be up."""
    asked = _positive(condition)
    return [name.removeprefix("signal_") for name in asked if name.startswith("signal_")]


def _positive(condition: BoundCondition) -> list[str]:
    return [name for claim in claims_of(condition) if not claim.is_denied for name in names_of(claim.atom)]


# --- price ------------------------------------------------------------------------------------------------------------


def _reflex(view: View) -> Iterator[Finding]:
    """A discount as the only thing that comes to mind."""
    keeping: list[BoundAction] = []
    remedy = "find out first what is wrong: a question, help, a person who calls; a discount at most after that"
    only = False
    for book in view.program.playbooks:
        actions = view.actions_of(book)
        keeping += [action for action in actions if action.purpose in _KEEPING]
        if actions and all(action.action.discount_percent > 0 for action in actions):
            only = True
            text = "a discount is all that it does: who comes for the price leaves for the price"
            yield Finding(place_of(book), text, remedy, code="campaign_reflex")
    if not only and keeping and all(action.action.discount_percent > 0 for action in keeping):
        text = "a discount is all that is done to keep customers or to win them back"
        yield Finding("playbooks", text, remedy, code="campaign_reflex")


def _contracts(view: View) -> Iterator[Finding]:
    """Rewards for contracts, and nothing that asks what comes after."""
    remedy = "ask in a goal for what the contract is worth to the customer: use, a milestone, staying for 90 days"
    goals = [book for book in view.program.playbooks if book.playbook.goal is not None]
    if goals and all(_is_contract_goal(view, book) for book in goals):
        text = "every goal is a contract or a payment: nothing asks what comes after"
        yield Finding("playbooks", text, remedy, certainty="possible", code="contracts_only")
        return
    for book in view.program.playbooks:
        kinds = frozenset().union(*(bound.kinds for bound in book.triggers))
        rewards = [one for one in view.actions_of(book) if _is_reward(one)]
        is_later = any(one.action.after_days >= 14 for one in view.actions_of(book)) or book.waits
        asks_more = book.playbook.goal is not None and not _is_contract_goal(view, book)
        if rewards and kinds and all(map(_is_contract, kinds)) and not is_later and not asks_more:
            text = f"it rewards {', '.join(sorted(kinds))} with {rewards[0].action.name!r}, whatever comes of it"
            yield Finding(place_of(book), text, remedy, certainty="possible", code="contracts_only")


def _is_reward(bound: BoundAction) -> bool:
    return any(word in bound.action.name for word in _REWARD_WORDS)


def _is_contract(kind: str) -> bool:
    return any(word in kind for word in _CONTRACT_WORDS)


def _is_contract_goal(view: View, book: BoundPlaybook) -> bool:
    """Whether a goal is reached by nothing but contracts and payments."""
    if book.goal_kinds:
        return all(map(_is_contract, book.goal_kinds))
    condition = view.goal_of(book)
    if condition is None:
        return False
    facts = view.program.signs.program.facts
    heard = [facts.kinds_of(name) if name in facts.types else None for name in _positive(condition)]
    return bool(heard) and all(kinds is not None and kinds and all(map(_is_contract, kinds)) for kinds in heard)


# --- selling too soon -------------------------------------------------------------------------------------------------


def _onboarding(view: View) -> list[str]:
    """The stages of onboarding: named so, inside one that is, or first in what a playbook that onboards starts with."""
    chart = view.chart
    named = {node for node, name in enumerate(chart.nodes) if _ONBOARD in name}
    leaves = {leaf for leaf, path in enumerate(chart.paths) if named & set(path)}
    for book in view.program.playbooks:
        if book.playbook.purpose == _ONBOARD:
            starts = [node for one in book.triggers if one.trigger.sort == "entered" for node in one.numbers]
            leaves |= {chart.entries[chart.nodes[node]] for node in starts}
    return [chart.stages[leaf].id for leaf in sorted(leaves)]


def _selling(view: View) -> Iterator[Finding]:
    """Plays that sell, to customers who are still finding their way."""
    for book in view.program.playbooks:
        for action in view.actions_of(book):
            if action.purpose == "expand":
                yield from _sells(view, book, action)


def _sells(view: View, book: BoundPlaybook, action: BoundAction) -> Iterator[Finding]:
    at_once = {one.number for tier in book.tiers for one in view.at_once(tier)}
    due = [] if action.only_if is None else [action.only_if]
    due += [denied(condition) for _, condition in holds_of(view, action)]
    for stage in _onboarding(view):
        there = view.bound(f"stage == {stage!r}")
        if view.weigh([*due, there]).certainty == "proved":
            continue
        more = due if action.number in at_once else []
        found = [view.weigh([*entry.premises, *more, there]) for entry in view.entries[book.name]]
        seen = next((one for one in found if one.certainty != "proved"), None)
        if seen is not None:
            is_sure = all(map(is_stock, view.setup.policies))
            how = f", for example with {view.shown(seen.witness)}" if seen.witness else ""
            text = f"it sells in stage {stage!r}, and no policy holds it there{how}"
            remedy = f"pass the policy NoSelling(({stage!r},)), or audience=\"stage != '{stage}'\""
            yield Finding(
                place_of(book, f"step {action.step}"), text, remedy,
                certainty=seen.certainty if is_sure else "undecided", code="selling_in_onboarding",
            )  # fmt: skip
            return


# --- effects ----------------------------------------------------------------------------------------------------------


def _unmeasured(view: View) -> Iterator[Finding]:
    """No holdout anywhere: what would have happened without is not known."""
    shares = [book.playbook.holdout for book in view.program.playbooks]
    shares += [policy.share for policy in view.setup.policies if isinstance(policy, Holdout)]
    if not any(shares):
        text = "nobody is left out of any of them, so what they bring about cannot be told from what happens anyhow"
        remedy = "pass holdout=0.1 to a playbook, or the policy Holdout(0.05)"
        yield Finding("playbooks", text, remedy, severity="note", code="unmeasurable")
