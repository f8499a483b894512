"""Two conditions laid on top of each other, against substitution by brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from lifecycle.definition._overlay import Level, overlay, told
from lifecycle.definition._parts import Denied, Part, Tree, lay, parts_of, written
from lifecycle.rules import All, BoundCondition, Column, Either, FactType, Not, bind_condition, parse

NAMES = ("a", "b", "c", "d", "e")
FLAG = FactType(kind="flag", may_miss=True)
N_CASES, N_MOMENTS = 400, 6
Truths = dict[str, bool | None]


def text_of(draw: random.Random, depth: int = 3) -> str:
    """A random condition over five flags."""
    form = draw.random()
    if depth == 0 or form < 0.25:
        return draw.choice(NAMES)
    if form < 0.4:
        return f"not ({text_of(draw, depth - 1)})"
    word = draw.choice((" and ", " or "))
    return word.join(f"({text_of(draw, depth - 1)})" for _ in range(draw.choice((2, 2, 3))))


def revised(draw: random.Random, node: Any) -> Any:
    """The same condition with some parts changed, added and taken away."""
    form = draw.random()
    if isinstance(node, (All, Either)):
        children = [revised(draw, child) for child in node.children]
        if form < 0.2 and len(children) > 1:
            children.pop(draw.randrange(len(children)))
        elif form < 0.5:
            children.append(parse(text_of(draw, 1)).root)
        sort = (Either if isinstance(node, All) else All) if form > 0.9 else type(node)
        return sort(tuple(children)) if len(children) > 1 else children[0]
    if isinstance(node, Not):
        return node.child if form < 0.1 else Not(revised(draw, node.child))
    return parse(draw.choice(NAMES)).root if form < 0.25 else node


def bound(node: Any) -> BoundCondition:
    """A condition over flags."""
    return bind_condition(parse(written(node)), dict.fromkeys(NAMES, FLAG))


def truth(node: Any, truths: Truths, level: Level) -> bool:
    """The slow second opinion: what a condition comes to, by the three ways to read it."""
    if level == "holds":
        return two_valued(node, truths)
    found = kleene(node, truths)
    return found is True if level == "surely" else found is not False


def two_valued(node: Any, truths: Truths) -> bool:
    """Missing makes an atom false."""
    if isinstance(node, Not):
        return not two_valued(node.child, truths)
    if isinstance(node, All):
        return all(two_valued(child, truths) for child in node.children)
    if isinstance(node, Either):
        return any(two_valued(child, truths) for child in node.children)
    return truths[node.name] is True


def kleene(node: Any, truths: Truths) -> bool | None:
    """Missing makes an atom unknown."""
    if isinstance(node, Not):
        found = kleene(node.child, truths)
        return None if found is None else not found
    if isinstance(node, (All, Either)):
        settling = isinstance(node, Either)
        found_all = [kleene(child, truths) for child in node.children]
        if settling in found_all:
            return settling
        return None if None in found_all else not settling
    return truths[node.name]


def substituted(tree: Tree, leaves: Iterator[bool], *, empty: bool) -> bool:
    """What a tree comes to with some truths in its places, read from left to right."""
    if isinstance(tree, Part):
        return next(leaves)
    if isinstance(tree, Denied):
        return not substituted(tree.child, leaves, empty=empty)
    found = [substituted(child, leaves, empty=tree.is_all) for child in tree.children]
    return all(found) if tree.is_all else any(found)


def leaf_truths(tree: Tree, version: int, truths: Truths, level: Level) -> list[bool]:
    """The truth of each place in one version; where nothing stands, an `and` reads true and an `or` false."""

    def walk(node: Tree, level: Level, *, empty: bool) -> list[bool]:
        if isinstance(node, Part):
            one = (node.before, node.after)[version]
            return [empty if one is None else truth(one, truths, level)]
        if isinstance(node, Denied):
            opposite: dict[Level, Level] = {"holds": "holds", "surely": "possibly", "possibly": "surely"}
            return walk(node.child, opposite[level], empty=empty)
        return [found for child in node.children for found in walk(child, level, empty=node.is_all)]

    return walk(tree, level, empty=False)


def reader(worlds: list[Truths]) -> Any:
    """Reads flags in columns; what is unknown is not valid."""

    def read(name: str) -> Column:
        values = [world[name] for world in worlds]
        return Column(
            np.array([value is True for value in values], np.int64), np.array([v is not None for v in values])
        )

    return read


def worlds_of(draw: random.Random) -> tuple[list[Truths], list[Truths]]:
    """Truths of all flags at some moments, in both versions: mostly the same."""
    before = [{name: draw.choice((True, False, None)) for name in NAMES} for _ in range(N_MOMENTS)]
    after = [
        {name: value if draw.random() < 0.8 else draw.choice((True, False, None)) for name, value in world.items()}
        for world in before
    ]
    return before, after


def cases(seed: int) -> tuple[random.Random, Any, Any]:
    """Two versions of a random condition."""
    draw = random.Random(seed)
    before = parse(text_of(draw)).root
    after = revised(draw, before) if draw.random() < 0.8 else parse(text_of(draw)).root
    return draw, before, after


@pytest.mark.parametrize("level", ["holds", "surely", "possibly"])
def test_the_marked_parts_bring_the_earlier_answer_back(level: Level) -> None:
    """Marked are the parts that differ under parts that differ; put back together they give the earlier answer."""
    n_marked = 0
    for seed in range(N_CASES):
        draw, before, after = cases(seed)
        laid = overlay(bound(before), bound(after))
        worlds = worlds_of(draw)
        found = laid.differing((reader(worlds[0]), reader(worlds[1])), N_MOMENTS, level)
        for place in range(N_MOMENTS):
            truths = worlds[0][place], worlds[1][place]
            answers = truth(before, truths[0], level), truth(after, truths[1], level)
            assert (bool(found.before[place]), bool(found.after[place])) == answers
            old, new = (leaf_truths(laid.tree, version, truths[version], level) for version in (0, 1))
            marks = {number for number in range(len(old)) if found.marks[number, place]}
            n_marked += len(marks)
            check_marks(laid.tree, old, new, marks, answers)
    assert n_marked > N_CASES


def check_marks(tree: Tree, old: list[bool], new: list[bool], marks: set[int], answers: tuple[bool, bool]) -> None:
    """Substitute every set of marked parts: all of them bring the answer back, and each is needed for some way to."""

    def answer(put_back: set[int]) -> bool:
        chosen = (old[number] if number in put_back else new[number] for number in range(len(new)))
        return substituted(tree, chosen, empty=False)

    assert answer(set()) == answers[1]
    assert all(old[number] != new[number] for number in marks)
    if answers[0] == answers[1]:
        assert marks == set()
        return
    assert answer(marks) == answers[0]
    ways = [
        set(chosen)
        for size in range(len(marks) + 1)
        for chosen in combinations(sorted(marks), size)
        if answer(set(chosen)) == answers[0]
    ]
    least = [way for way in ways if not any(other < way for other in ways)]
    assert set().union(*least) == marks


def test_a_tree_reads_as_both_conditions() -> None:
    """Read with the earlier parts a tree means the earlier condition, with the later parts the later one."""
    for seed in range(N_CASES):
        draw, before, after = cases(seed)
        tree = lay(before, after)
        for world in worlds_of(draw)[0]:
            for version, node in enumerate((before, after)):
                leaves = leaf_truths(tree, version, world, "holds")
                assert substituted(tree, iter(leaves), empty=False) == two_valued(node, world)


def test_what_is_written_means_the_same() -> None:
    """A part written as text and parsed again comes to the same."""
    for seed in range(N_CASES):
        draw, before, _ = cases(seed)
        for world in worlds_of(draw)[0]:
            assert kleene(parse(written(before)).root, world) == kleene(before, world)


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("x > 14", "x > 10", ["x > 14 → > 10"]),
        ("x > 14", "x >= 14", ["x > 14 → >= 14"]),
        ("x > 14", "y > 14", ["x > 14 → y > 14"]),
        ("x > 14", "x > 14 and y < 3", ["added: and y < 3"]),
        ("x > 14 and y < 3", "x > 14", ["removed: and y < 3"]),
        ("x > 1 or y > 1", "y > 1 or x > 1", []),
        ("x > 1 and y > 1", "x > 1 or y > 1", ["added: or y > 1", "removed: and y > 1"]),
        ("a and (x > 1 or y > 1)", "a and (x > 2 or y > 1)", ["x > 1 → > 2"]),
        ("a and b", "a and (b or x > 1)", ["added: or x > 1"]),
        ("a", "a or (b and x > 1)", ["added: or (b and x > 1)"]),
        ("not x > 3", "not x > 4", ["x > 3 → > 4"]),
        ("not x > 3", "x <= 3", ["not x > 3 → x <= 3"]),
        ("not (a or b)", "not (a or b or x > 1)", ["added: or x > 1"]),
        ("x > 1 and x < 9", "x > 2 and x < 8", ["x > 1 → > 2", "x < 9 → < 8"]),
        ("1 < x <= 5", "1 < x <= 6", ["x <= 5 → <= 6"]),
        ("stage == 'a'", "stage == 'b'", ["stage == 'a' → == 'b'"]),
    ],
)
def test_the_parts_that_differ_in_words(before: str, after: str, parts: list[str]) -> None:
    """What belongs together stands side by side; what was added or removed stands alone."""
    tree = lay(parse(before).root, parse(after).root)
    assert [str(part) for part in parts_of(tree) if not part.is_same] == parts


def test_a_part_that_reads_something_else_says_so() -> None:
    """The same words over a fact that means something else name the fact."""
    laid = overlay(bound(parse("a and b").root), bound(parse("a and b").root))
    assert laid.labels(frozenset({"b"})) == ["a", "b (b changed)"]


def test_parts_are_told_per_moment() -> None:
    """Each moment gets the labels of its own marks, in order; no mark, no text."""
    marks = np.array([[True, False, True], [True, False, False]])
    assert told(["one", "two"], marks).tolist() == ["one; two", "", "one"]
    assert told([], np.zeros((0, 2), bool)).tolist() == ["", ""]
