"""Compounds flattened to leaves: which transitions each stage tries on an event, and which never can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from ._arrows import Arrow
from ._chart import Route
from ._problems import Problems
from ._reading import Node, initial_targets


@attrs.frozen(eq=False)
class Tree:
    """The states as indexes."""

    ids: tuple[str, ...]
    """The id of each node."""
    leaves: tuple[int, ...]
    """The nodes without anything inside, in document order."""
    paths: tuple[tuple[int, ...], ...]
    """Per leaf its nodes, from the leaf itself outwards."""
    entered: tuple[int, ...]
    """Per node the leaf entered with it."""


def grow(nodes: Sequence[Node]) -> Tree:
    """The tree of states of a sound structure."""
    leaves = tuple(place for place, node in enumerate(nodes) if not node.children)
    places = {id(node.state): place for place, node in enumerate(nodes)}

    def enter(place: int) -> int:
        while nodes[place].children:
            place = places[id(initial_targets(nodes[place].state)[0])]
        return leaves.index(place)

    def path(place: int | None) -> Iterator[int]:
        while place is not None:
            yield place
            place = nodes[place].parent

    return Tree(
        ids=tuple(node.id for node in nodes),
        leaves=leaves,
        paths=tuple(tuple(path(leaf)) for leaf in leaves),
        entered=tuple(enter(place) for place in range(len(nodes))),
    )


@attrs.frozen(eq=False)
class _Turn:
    """A transition as seen from one leaf on one event."""

    arrow: Arrow
    before: Arrow | None
    """The transition that always comes first; None: this one may be taken."""


def _turns(tree: Tree, arrows: Sequence[Arrow]) -> dict[tuple[int, str], list[_Turn]]:
    by_source: dict[int, list[Arrow]] = {}
    for arrow in arrows:
        by_source.setdefault(arrow.source, []).append(arrow)
    turns: dict[tuple[int, str], list[_Turn]] = {}
    for leaf, path in enumerate(tree.paths):
        for arrow in (arrow for node in path for arrow in by_source.get(node, [])):
            for event in arrow.events:
                earlier = turns.setdefault((leaf, event), [])
                first = next((turn.arrow for turn in earlier if _takes_all(turn.arrow, arrow)), None)
                earlier.append(_Turn(arrow, first))
    return turns


def _takes_all(first: Arrow, later: Arrow) -> bool:
    """Whether whatever the later transition would take, the first has taken."""
    if not first.is_known or not later.is_known:
        return first.is_known and first.condition is None
    if first.condition is None or later.condition is None:
        return first.condition is None
    return first.condition.condition.root == later.condition.condition.root


def flatten(tree: Tree, arrows: Sequence[Arrow], problems: Problems) -> Mapping[tuple[int, str], tuple[Route, ...]]:
    """(leaf, event) → the routes that may be taken, in order; notes transitions that never are."""
    turns = _turns(tree, arrows)
    _check_shadowed(tree, turns, problems)
    return {
        (leaf, event): tuple(_route(tree, leaf, event, turn.arrow) for turn in waiting if turn.before is None)
        for (leaf, event), waiting in turns.items()
    }


def _check_shadowed(tree: Tree, turns: Mapping[tuple[int, str], Sequence[_Turn]], problems: Problems) -> None:
    seen: dict[tuple[int, str], list[_Turn]] = {}
    for (_, event), waiting in turns.items():
        for turn in waiting:
            seen.setdefault((turn.arrow.place, event), []).append(turn)
    for (_, event), found in seen.items():
        blockers = [turn.before for turn in found if turn.before is not None]
        if len(blockers) < len(found):
            continue
        problems.mend(f"transition {found[0].arrow.text} on {event!r}", _shadow(tree, found[0].arrow, blockers))


def _shadow(tree: Tree, arrow: Arrow, blockers: Sequence[Arrow]) -> str:
    """Why a transition is never taken."""
    first = blockers[0]
    if all(blocker.source != arrow.source for blocker in blockers):
        why = f"every stage inside {tree.ids[arrow.source]!r} has an answer of its own that comes first"
    elif first.condition is None:
        why = f"{first.text} comes first and always holds"
    else:
        why = f"{first.text} comes first and has the same condition {first.condition.condition.text!r}"
    return f"it is never taken: {why}; remove it, change the order of .to(), or the condition"


def _route(tree: Tree, leaf: int, event: str, arrow: Arrow) -> Route:
    source, stage = tree.ids[arrow.source], tree.ids[tree.leaves[leaf]]
    target = leaf if arrow.target is None else tree.entered[arrow.target]
    reason = f" if {arrow.condition.condition.text}" if arrow.condition else ""
    way = f"{stage} stays" if target == leaf else f"{source} → {tree.ids[tree.leaves[target]]}"
    return Route(
        source=source,
        event=event,
        aim=source if arrow.target is None else tree.ids[arrow.target],
        target=target,
        condition=arrow.condition,
        is_touch=target == leaf,
        text=f"{way} on {event!r}{reason}",
    )


def check_reached(
    tree: Tree, initial: int, routes: Mapping[tuple[int, str], Sequence[Route]], problems: Problems
) -> None:
    """Notes stages to which no path of transitions leads."""
    ways: dict[int, set[int]] = {}
    for (leaf, _), found in routes.items():
        ways.setdefault(leaf, set()).update(route.target for route in found)
    reached, waiting = {initial}, [initial]
    while waiting:
        fresh = ways.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting.extend(fresh)
    for leaf, node in enumerate(tree.leaves):
        if leaf not in reached:
            start = tree.ids[tree.leaves[initial]]
            problems.mend(f"stage {tree.ids[node]!r}", f"no path of transitions leads to it from {start!r}; add one")
