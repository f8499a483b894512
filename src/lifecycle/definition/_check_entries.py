"""Findings about the conditions of one playbook: what contradicts itself, its trigger, or what has to hold meanwhile.

A contradiction is proved or it is not told: see `lifecycle.rules.contradiction`. Where a playbook contradicts itself by
its own words alone, whatever the rest of the definition says, the finding is an error, and the definition is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lifecycle.playbooks import BoundAction, BoundPlaybook, BoundTier
from lifecycle.rules import BoundCondition, Contradiction, denied
from lifecycle.signs import SEVERITIES

from ._finding import Finding, Severity
from ._playbook_setup import Entry, Premise, View, claimed


def review_entries(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """What the conditions of one playbook can never come to."""
    broken = list(_contradictions(view, book))
    yield from broken
    if broken:
        return  # everything else would be said of what cannot hold
    yield from _ways(view, book)
    entries = view.open_entries(book)
    if entries:
        yield from _goal(view, book, entries)
        yield from _tiers(view, book, entries)


def review_errors(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Those of them for which a definition is refused, given a view of what playbooks say themselves."""
    broken = list(_contradictions(view, book))
    found = broken or _ways(view, book)
    yield from (finding for finding in found if finding.severity == "error")


def _ways(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Whether anybody gets in, and whether the actions can come."""
    yield from _audience(view, book)
    entries = view.open_entries(book)
    if entries:
        yield from _exit(view, book, entries)
        yield from _only_if(view, book, entries)


def place_of(book: BoundPlaybook, part: str = "") -> str:
    """How findings call a playbook, or a part of it."""
    return f"playbook {book.name!r}" + (f", {part}" if part else "")


def _own_conditions(view: View, book: BoundPlaybook) -> Iterator[tuple[str, BoundCondition]]:
    for bound in book.triggers:
        if bound.trigger.sort == "became" and bound.condition is not None:
            yield "on", bound.condition
    for part, condition in (("audience", book.audience), ("exit", view.exit_of(book)), ("goal", view.goal_of(book))):
        if condition is not None:
            yield part, condition
    for tier in book.tiers:
        if tier.tier is not None and tier.condition is not None:
            yield f"tier {tier.tier.name!r}", tier.condition
    for action in view.actions_of(book):
        if action.only_if is not None:
            yield f"step {action.step}, only_if", action.only_if


def _contradictions(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Conditions that contradict themselves."""
    for part, condition in _own_conditions(view, book):
        found = view.weigh([condition])
        if found.certainty == "proved":
            text = f"it can never hold: {claimed(found.claims)}"
            remedy = "change it, or leave it out"
            yield Finding(place_of(book, part), text, remedy, severity="error", code="contradiction")


def _is_own(premises: Sequence[Premise], found: Contradiction) -> bool:
    """Whether only conditions of the playbook itself take part in a contradiction."""
    return all(premises[claim.condition].is_own for claim in found.claims)


def _seriousness(proofs: Sequence[tuple[Sequence[Premise], Contradiction]], *, of_all: bool) -> Severity:
    return "error" if of_all and all(_is_own(*proof) for proof in proofs) else "warning"


def _audience(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Audiences that nobody is in when a trigger fires."""
    entries = view.entries[book.name]
    proofs = [(entry, view.weigh(entry.premises)) for entry in entries]
    shut = [(entry, found) for entry, found in proofs if found.certainty == "proved"]
    is_all = len(shut) == len(entries)
    severity = _seriousness([(entry.premises, found) for entry, found in shut], of_all=is_all)
    for entry, found in shut:
        places = dict.fromkeys(entry.premises[claim.condition].place for claim in found.claims)
        text = f"on {entry.name} nobody enters: {claimed(found.claims)} ({', '.join(places)})"
        remedy = "change the audience, or " + ("what starts it" if is_all else "leave that trigger out")
        yield Finding(place_of(book, "audience"), text, remedy, severity=severity, code="audience_unreachable")


def _held_by(
    view: View, entries: Sequence[Entry], then: BoundCondition, more: Sequence[Premise] = ()
) -> list[tuple[Entry, Sequence[Premise], Contradiction]]:
    """The entries at which a condition certainly holds, each with its proof."""
    against = Premise("", denied(then), is_own=True)
    asked = [(entry, (*entry.premises, *more, against)) for entry in entries]
    proofs = [(entry, premises, view.weigh(premises)) for entry, premises in asked]
    return [proof for proof in proofs if proof[2].certainty == "proved"]


def _exit(view: View, book: BoundPlaybook, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Exits that hold already when it starts: then nobody enters."""
    condition = view.exit_of(book)
    if condition is None:
        return
    shut = _held_by(view, entries, condition)
    is_all = len(shut) == len(view.entries[book.name])
    severity = _seriousness([(premises, found) for _, premises, found in shut], of_all=is_all)
    for entry, _, _ in shut:
        text = f"it holds whenever {entry.name}, so nobody enters: {condition.condition}"
        yield Finding(
            place_of(book, "exit"), text, "end it by something else than what starts it",
            severity=severity, code="exit_at_entry",
        )  # fmt: skip


def _goal(view: View, book: BoundPlaybook, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Goals that hold already when it starts: they are reached only after they were lost."""
    condition = view.goal_of(book)
    if condition is None:
        return
    for entry, _, _ in _held_by(view, entries, condition):
        text = f"it holds already whenever {entry.name}, so there is nothing to bring about: {condition.condition}"
        remedy = "ask for something that is not so when it starts"
        yield Finding(place_of(book, "goal"), text, remedy, code="goal_at_entry")


# --- steps ------------------------------------------------------------------------------------------------------------


def _only_if(view: View, book: BoundPlaybook, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Conditions of actions that cannot hold when they are asked."""
    exit_condition = view.exit_of(book)
    at_once = {bound.number: tier for tier in book.tiers for bound in view.at_once(tier)}
    for action in view.actions_of(book):
        if action.only_if is None:
            continue
        if exit_condition is not None and _is_exit(view, action.only_if, exit_condition):
            text = f"it holds only when the exit does ({exit_condition.condition}), and then the run is over"
            yield _never(book, action, text, "error")
        elif action.number in at_once:
            yield from _skipped(view, book, (action, at_once[action.number]), entries)


def _is_exit(view: View, only_if: BoundCondition, exit_condition: BoundCondition) -> bool:
    return view.weigh([only_if, denied(exit_condition)]).certainty == "proved"


def _skipped(
    view: View, book: BoundPlaybook, step: tuple[BoundAction, BoundTier], entries: Sequence[Entry]
) -> Iterator[Finding]:
    """An action that is tried at the entry, where its condition cannot hold."""
    action, tier = step
    assert action.only_if is not None
    more = [Premise("only_if", action.only_if, is_own=True)]
    if tier.condition is not None:
        more.append(Premise("tier", tier.condition, is_own=True))
    proofs = [((*entry.premises, *more), view.weigh((*entry.premises, *more))) for entry in entries]
    if all(found.certainty == "proved" for _, found in proofs):
        premises, found = proofs[0]
        places = dict.fromkeys(premises[claim.condition].place for claim in found.claims)
        text = f"it is tried at once, and then {claimed(found.claims)} cannot be ({', '.join(places)})"
        is_all = len(entries) == len(view.entries[book.name])
        yield _never(book, action, text, _seriousness(proofs, of_all=is_all))


def _never(book: BoundPlaybook, action: BoundAction, text: str, severity: Severity) -> Finding:
    place = place_of(book, f"step {action.step}, only_if")
    remedy = "change it, let the action come later, or leave the action out"
    return Finding(place, text, remedy, severity=severity, code="only_if_never")


# --- tiers ------------------------------------------------------------------------------------------------------------


def _tiers(view: View, book: BoundPlaybook, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Tiers that are never taken, and two of which either could be meant."""
    for place, bound in enumerate(book.tiers):
        if bound.tier is None:
            continue
        where = place_of(book, f"tier {bound.tier.name!r}")
        reason = _lacking(book, bound) or _shut(view, bound, entries)
        later = book.tiers[place + 1 :]
        if not reason:
            over = next((one for one in later if _is_met_with(view, bound, one)), None)
            name = "" if over is None or over.tier is None else over.tier.name
            reason = "" if over is None else f"tier {name!r}, which comes later, is taken whenever this one could be"
        if reason:
            remedy = "change what it demands, put the tiers from the lightest to the heaviest, or leave it out"
            yield Finding(where, f"it is never taken: {reason}", remedy, code="tier_never")
            continue
        for other in later:
            yield from _crossing(view, where, (bound, other), entries)


def _lacking(book: BoundPlaybook, bound: BoundTier) -> str:
    """Whether there are not enough signals for a tier at all."""
    tier = bound.tier
    assert tier is not None
    if len(book.signals) < tier.least_signals:
        topics = ", ".join(book.playbook.topic)
        return f"it demands {tier.least_signals} signals, and the topic {topics} has {len(book.signals)}"
    heaviest = max((severity for _, severity in book.signals), default=0)
    if tier.least_signals and heaviest < SEVERITIES.index(tier.severity):
        return f"it demands a signal of severity {tier.severity}, and the heaviest one is {SEVERITIES[heaviest]}"
    return ""


def _shut(view: View, bound: BoundTier, entries: Sequence[Entry]) -> str:
    """Whether its condition contradicts every way into the playbook."""
    if bound.condition is None:
        return ""
    found = [view.weigh([*entry.premises, bound.condition]) for entry in entries]
    if any(one.certainty != "proved" for one in found):
        return ""
    return f"{claimed(found[0].claims)} cannot be"


def _is_met_with(view: View, bound: BoundTier, other: BoundTier) -> bool:
    """Whether the demands of another tier are met wherever those of a tier are."""
    tier, higher = bound.tier, other.tier
    assert tier is not None
    assert higher is not None
    if higher.least_signals:
        weights = [SEVERITIES.index(one.severity) for one in (tier, higher)]
        if tier.least_signals < higher.least_signals or weights[0] < weights[1]:
            return False
    if other.condition is None:
        return True
    given = [denied(other.condition)] + ([] if bound.condition is None else [bound.condition])
    return view.weigh(given).certainty == "proved"


def _crossing(view: View, where: str, pair: tuple[BoundTier, BoundTier], entries: Sequence[Entry]) -> Iterator[Finding]:
    """Two tiers whose conditions can both hold, although neither is the stricter one."""
    bound, other = pair
    if bound.condition is None or other.condition is None or other.tier is None:
        return
    if view.weigh([other.condition, denied(bound.condition)]).certainty == "proved":
        return
    found = [view.weigh([*entry.premises, bound.condition, other.condition]) for entry in entries]
    seen = next((one for one in found if one.certainty == "possible"), None)
    if seen is not None:
        text = f"its condition and that of tier {other.tier.name!r} can both hold: {view.shown(seen.witness)}"
        remedy = "that tier is taken then, because it comes later; exclude one by the other if that is not meant"
        yield Finding(where, text, remedy, severity="note", certainty="possible", code="tiers_overlap")
