"""Whether conditions can hold together, against every point of a grid: proofs never err, examples always hold."""

from __future__ import annotations

import operator
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import nextafter
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import Count, Difference, InStage, Last, Open, Ratio, Since, Sum, Tenure
from lifecycle.rules import (
    NOTHING_KNOWN,
    BoundCondition,
    Claim,
    Context,
    FactType,
    Known,
    Value,
    bind_condition,
    bind_facts,
    conflict,
    contradiction,
    denied,
    implied,
    join,
    overlap,
    parse,
)

TYPES = {
    "visits": FactType(),
    "orders": FactType(),
    "owed": FactType(scale=100, unit="EUR"),
    "score": FactType(is_real=True, may_miss=True),
    "goal": FactType(is_real=True, may_miss=True),
    "days": FactType(may_miss=True, unit="days"),
    "plan": FactType(kind="text", may_miss=True),
    "stage": FactType(kind="text"),
    "trial": FactType(kind="flag", may_miss=True),
    "member": FactType(kind="flag"),
}
KNOWN = Known({"visits": (0, None), "orders": (0, None), "score": (0, 2)}, ("lead", "buyer"))
HALVES = [half / 2 for half in range(-2, 7)]
GRID: dict[str, list[Value]] = {
    "visits": [0, 1, 2, 3],
    "orders": [0, 1, 2, 3],
    "owed": [-1, 0, 1, 99, 100, 101, 150, 199, 200, 201],
    "score": [None, 0.0, 0.5, 1.0, 1.5, 2.0],
    "goal": [None, *HALVES],
    "days": [None, -1, 0, 1, 2, 3],
    "plan": [None, "pro", "free", "else"],
    "stage": ["lead", "buyer"],
    "trial": [None, 0, 1],
    "member": [0, 1],
}
"""Values enough to tell all conditions of the strategies below apart."""
SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Person = Mapping[str, Value]
Tree = tuple[Any, ...]
"""('and' or 'or', tree, tree), ('not', tree), or ('atom', text, names, truth of a person who misses none)."""


def bound(text: str) -> BoundCondition:
    """A condition over the facts of this page."""
    return bind_condition(parse(text), TYPES)


def compared(name: str, sign: str, other: int | str, scale: int = 1) -> Tree:
    """A comparison with a constant."""
    wanted: Any = other if isinstance(other, str) else other * scale
    return ("atom", f"{name} {sign} {other!r}", (name,), lambda person: SIGNS[sign](person[name], wanted))


def paired(name: str, sign: str, other: str) -> Tree:
    """A comparison of two facts."""
    return ("atom", f"{name} {sign} {other}", (name, other), lambda person: SIGNS[sign](person[name], person[other]))


def bare(name: str) -> Tree:
    """A flag."""
    return ("atom", name, (name,), lambda person: person[name] == 1)


signs, equality = some.sampled_from(sorted(SIGNS)), some.sampled_from(["==", "!="])
SINGLE = some.one_of(
    some.builds(compared, some.sampled_from(["visits", "score", "goal", "days"]), signs, some.integers(0, 2)),
    some.builds(compared, some.just("owed"), signs, some.integers(0, 2), some.just(100)),
    some.builds(compared, some.just("plan"), equality, some.sampled_from(["pro", "free"])),
    some.builds(compared, some.just("stage"), equality, some.sampled_from(["lead", "buyer"])),
    some.builds(bare, some.sampled_from(["trial", "member"])),
)
numbered = some.sampled_from(["visits", "orders", "score", "goal"])
PAIRED = some.one_of(
    some.builds(paired, numbered, signs, numbered),
    some.builds(compared, numbered, signs, some.integers(0, 2)),
)


def trees(atoms: some.SearchStrategy[Tree], leaves: int = 7) -> some.SearchStrategy[Tree]:
    """Conditions over some atoms."""
    return some.recursive(
        atoms,
        lambda below: some.one_of(
            some.tuples(some.just("not"), below),
            some.tuples(some.sampled_from(["and", "or"]), below, below),
            some.tuples(some.sampled_from(["and", "and", "or"]), below, below, below),
        ),
        max_leaves=leaves,
    )


def written(tree: Tree) -> str:
    """A tree as a condition."""
    if tree[0] == "atom":
        return str(tree[1])
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    return f" {tree[0]} ".join(f"({written(part)})" for part in tree[1:])


def leaves_of(tree: Tree) -> list[Tree]:
    """The atoms of a tree in order."""
    return [tree] if tree[0] == "atom" else [leaf for part in tree[1:] for leaf in leaves_of(part)]


def truth(tree: Tree, person: Person) -> bool:
    """The slow second opinion: missing makes an atom false."""
    return asked(tree, person, None, [0], is_denied=False)


def asked(tree: Tree, person: Person, kept: set[int] | None, place: list[int], *, is_denied: bool) -> bool:
    """Whether what is asked of a person holds; atoms that are not kept ask nothing."""
    if tree[0] == "atom":
        place[0] += 1
        if kept is not None and place[0] - 1 not in kept:
            return True
        holds = all(person[name] is not None for name in tree[2]) and bool(tree[3](person))
        return holds is not is_denied
    if tree[0] == "not":
        return asked(tree[1], person, kept, place, is_denied=not is_denied)
    found = [asked(part, person, kept, place, is_denied=is_denied) for part in tree[1:]]
    return all(found) if (tree[0] == "and") is not is_denied else any(found)


def people(*of: Tree) -> Iterator[Person]:
    """Every point of the grid, in the facts that some conditions read."""
    names = sorted({name for tree in of for leaf in leaves_of(tree) for name in leaf[2]})
    for values in product(*(GRID[name] for name in names)):
        yield dict(zip(names, values, strict=True))


@pytest.mark.smoke
@given(some.lists(trees(SINGLE, 5), min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_single_facts_are_told_exactly(parts: list[Tree]) -> None:
    """Over single facts, conditions are proved to contradict each other exactly when no point of the grid meets all."""
    found = contradiction([bound(written(part)) for part in parts], KNOWN)
    meets = any(all(truth(part, person) for part in parts) for person in people(*parts))
    assert found.certainty == ("possible" if meets else "proved")
    if found.witness is not None:
        assert all(truth(part, found.witness) for part in parts)


@given(some.lists(trees(PAIRED, 5), min_size=1, max_size=3))
@settings(max_examples=600, deadline=None)
def test_comparisons_of_two_facts_never_err(parts: list[Tree]) -> None:
    """Where facts are compared with each other a proof is never wrong, and an example always holds."""
    found = contradiction([bound(written(part)) for part in parts], KNOWN)
    if found.certainty == "proved":
        assert not any(all(truth(part, person) for part in parts) for person in people(*parts))
    elif found.certainty == "possible":
        assert found.witness is not None
        assert all(truth(part, found.witness) for part in parts)


def contradicted(part: Tree, claims: set[int]) -> bool:
    """Whether no point of the grid meets what some claims of a condition ask."""
    return not any(asked(part, person, claims, [0], is_denied=False) for person in people(part))


@given(trees(SINGLE, 8))
@settings(max_examples=500, deadline=None)
def test_no_claim_is_too_many(part: Tree) -> None:
    """The claims contradict each other, and no longer do when any one of them is left out."""
    claims = conflict([bound(written(part))], KNOWN)
    if claims is None:
        return
    places = {claim.place for claim in claims}
    assert contradicted(part, places)
    assert not any(contradicted(part, places - {place}) for place in places)


def test_claims_of_random_contradictions() -> None:
    """The same for conditions that are built to contradict themselves, so that it is seen often."""
    draw, seen = random.Random(4), 0
    for _ in range(300):
        tree: Tree = ("and", *(compared(draw.choice(["visits", "score"]), draw.choice(sorted(SIGNS)), draw.randrange(3))
                               for _ in range(draw.randrange(3, 7))))  # fmt: skip
        claims = conflict([bound(written(tree))], KNOWN)
        if claims is not None:
            places, seen = {claim.place for claim in claims}, seen + 1
            assert contradicted(tree, places)
            assert not any(contradicted(tree, places - {place}) for place in places)
    assert seen > 150


@given(trees(SINGLE, 4), trees(SINGLE, 4))
@settings(max_examples=300, deadline=None)
def test_implied_and_overlap_are_those_of_the_grid(first: Tree, second: Tree) -> None:
    """One condition implies another where every point that meets it meets the other; an overlap is one such point."""
    one, other = bound(written(first)), bound(written(second))
    points = [(truth(first, person), truth(second, person)) for person in people(first, second)]
    assert implied([one], other, KNOWN) is all(then for given, then in points if given)
    witness = overlap(one, other, KNOWN)
    assert (witness is not None) is ((True, True) in points)
    assert witness is None or (truth(first, witness) and truth(second, witness))


@given(trees(SINGLE, 5))
@settings(max_examples=200, deadline=None)
def test_the_denied_condition_is_the_other_way_round(tree: Tree) -> None:
    """A denied condition holds exactly where the condition does not, missing or not."""
    other = denied(bound(written(tree)))
    for person in people(tree):
        assert other.holds(person.__getitem__) is not truth(tree, person)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("visits > 3 and member and visits < 2", ["visits > 3", "visits < 2"]),
        ("visits > 1 and visits < 2", ["visits > 1", "visits < 2"]),
        ("visits >= 1 and visits <= 3 and visits != 1 and visits != 2 and visits != 3",
         ["visits >= 1", "visits <= 3", "visits != 1", "visits != 2", "visits != 3"]),
        ("visits == 1.5", ["visits == 1.5"]),
        ("visits < 0", ["visits < 0"]),
        ("not visits >= 0", ["not visits >= 0"]),
        ("score > 2", ["score > 2"]),
        ("owed == 1.005", ["owed == 1.005"]),
        ("owed > 1 and owed < 1.01", ["owed > 1", "owed < 1.01"]),
        ("score > 1 and not score >= 1", ["score > 1", "not score >= 1"]),
        ("score > 1 and not goal < 2 and not score != 2 and score != 2", ["not score != 2", "score != 2"]),
        ("plan == 'pro' and plan == 'free'", ["plan == 'pro'", "plan == 'free'"]),
        ("stage != 'lead' and stage != 'buyer'", ["stage != 'lead'", "stage != 'buyer'"]),
        ("member and not member", ["member", "not member"]),
        ("trial and not trial", ["trial", "not trial"]),
        ("(visits > 2 or trial) and visits < 1 and not trial", ["visits > 2", "trial", "visits < 1", "not trial"]),
        ("goal > 1 and goal < 1.0000000000000002", ["goal > 1", "goal < 1.0000000000000002"]),
        ("visits < orders and orders < visits", ["visits < orders", "orders < visits"]),
        ("visits < orders and orders <= 0", ["visits < orders", "orders <= 0"]),
        ("visits <= orders and orders <= score and score <= visits and visits != score",
         ["visits <= orders", "orders <= score", "score <= visits", "visits != score"]),
        ("score < goal and goal < visits and visits < score", ["score < goal", "goal < visits", "visits < score"]),
        ("visits > orders and orders == 2 and not visits >= 2", ["visits > orders", "orders == 2", "not visits >= 2"]),
        ("not visits < orders and not visits >= orders", ["not visits < orders", "not visits >= orders"]),
        ("goal < goal", ["goal < goal"]),
        ("visits > 1 and visits < 3 and orders > 1 and orders < 3 and visits != orders",
         ["visits > 1", "visits < 3", "orders > 1", "orders < 3", "visits != orders"]),
    ],
)  # fmt: skip
def test_proved(text: str, claims: list[str]) -> None:
    """What contradicts itself is proved, by the claims that do it."""
    found = contradiction([bound(text)], KNOWN)
    assert found.certainty == "proved"
    assert found.witness is None
    assert sorted(map(str, found.claims)) == sorted(claims)


@pytest.mark.parametrize(
    ("text", "witness"),
    [
        ("visits > 1 and visits < 3", {"visits": 2}),
        ("visits >= 1 and visits <= 3 and visits != 1 and visits != 3", {"visits": 2}),
        ("owed > 1 and owed < 1.02", {"owed": 101}),
        ("owed < 0", {"owed": -1}),
        ("goal > 1 and goal < 2", {"goal": 1.5}),
        ("goal > 1 and goal < 1.0000000000000004", {"goal": nextafter(1.0, 2)}),
        ("not score > 1 and not score <= 1", {"score": None}),
        ("plan != 'pro' and plan != 'free' and plan != 'other'", {"plan": "other1"}),
        ("not plan == 'pro' and not plan != 'pro'", {"plan": None}),
        ("not trial and stage != 'lead'", {"trial": 0, "stage": "buyer"}),
        ("not score < goal and not score >= goal and score > 1", {"score": 1.5, "goal": None}),
        ("not goal < goal and goal == 3", {"goal": 3.0}),
        ("not (goal < goal) and not (goal == goal)", {"goal": None}),
        ("visits < orders and orders < 3 and visits > 0", {"visits": 1, "orders": 2}),
    ],
)
def test_possible(text: str, witness: dict[str, Value]) -> None:
    """What is near a contradiction and is none comes with an example."""
    found = contradiction([bound(text)], KNOWN)
    assert (found.certainty, dict(found.witness or {})) == ("possible", witness)
    assert found.claims == ()


def test_claims_say_where_they_stand() -> None:
    """A claim knows its condition, its place in it, and whether it is denied."""
    first, second = bound("member and visits > 3"), bound("trial and not visits > 1")
    claims = conflict([first, second])
    assert claims == (
        Claim(0, 1, first.condition.atoms[1], is_denied=False),
        Claim(1, 1, second.condition.atoms[1], is_denied=True),
    )
    assert claims is not None
    assert [str(claim) for claim in claims] == ["visits > 3", "not visits > 1"]


def test_without_knowledge_any_value_of_the_type_will_do() -> None:
    """Limits and stages are what tells: without them nothing stands against a number below 0 or another stage."""
    for text in ("visits < 0", "score > 2", "stage != 'lead' and stage != 'buyer'"):
        assert contradiction([bound(text)]).certainty == "possible"
        assert contradiction([bound(text)], KNOWN).certainty == "proved"


def test_whole_facts_in_a_row() -> None:
    """Three whole facts do not fit between 0 and 3 in a row of four: nothing is found, and nothing is said."""
    text = "visits > 0 and visits < orders and orders < days and days < 3"
    assert contradiction([bound(text)], KNOWN).certainty == "undecided"
    assert contradiction([bound(text.replace("3", "4"))], KNOWN).certainty == "possible"


def crossed(n: int) -> list[BoundCondition]:
    """A circle of n steps, each taken by one of two ways: 2ⁿ terms, none of which can be met."""
    types = {f"{letter}{place}": FactType() for letter in "xyz" for place in range(n)}
    ends = [(f"x{place}", f"x{(place + 1) % n}") for place in range(n)]
    steps = [
        " or ".join(f"({low} < {letter}{place} and {letter}{place} < {high})" for letter in "yz")
        for place, (low, high) in enumerate(ends)
    ]
    return [bind_condition(parse(step), types) for step in steps]


def test_at_most_64_terms() -> None:
    """64 terms are looked at and proved; where there are more, nothing is said."""
    assert contradiction(crossed(6)).certainty == "proved"
    assert contradiction(crossed(8)).certainty == "undecided"


def test_python_functions() -> None:
    """A function is not called: it contradicts its own denial, and everything else about it is undecided."""

    def is_kind(visits: int) -> bool:
        raise AssertionError(visits)

    def asks(*parts: tuple[Any, bool]) -> BoundCondition:
        condition = join(parts)
        assert condition is not None
        return bind_condition(condition, TYPES)

    assert contradiction([asks((is_kind, True), ("member", True))]).certainty == "undecided"
    assert contradiction([denied(asks((is_kind, True), ("member", True)))]).certainty == "undecided"
    claims = conflict([asks((is_kind, True), ("member", True), (is_kind, False))])
    assert claims is not None
    assert [claim.is_denied for claim in claims] == [False, True]
    assert contradiction([asks((is_kind, True), ("visits < 0", True))], KNOWN).certainty == "proved"


def test_nothing_contradicts_nothing() -> None:
    """No condition at all can be met."""
    assert contradiction([]).certainty == "possible"


def test_what_facts_say_of_themselves() -> None:
    """Counts, ages, days in a stage and shares of them are not below 0; sums, differences and what was said may be."""
    tickets = Open("opened", "closed", ref="ticket")
    facts = bind_facts(
        {
            "visits": Count("visit"), "quiet": Since("visit"), "tenure": Tenure(), "open": tickets,
            "oldest": tickets.oldest(), "staying": InStage("trial"), "share": Ratio("visits", "quiet"),
            "owed": Sum("invoiced"), "said": Last("answer", of="value"), "more": Difference("visits", "quiet"),
            "debt": Ratio("owed", "visits"), "worth": Ratio("visits", "owed"),
            "share_of_share": Ratio("share", "visits"),
        },
        Context({}, "EUR", 2),
    )  # fmt: skip
    known = Known.of(facts, ("trial",))
    from_zero = {"visits", "quiet", "tenure", "open", "oldest", "staying", "share", "share_of_share"}
    assert {name for name, limits in known.limits.items() if limits == (0, None)} == from_zero
    assert known.limits["health"] == (0, 100)
    assert known.stages == ("trial",)
    assert not set(known.limits) & {"owed", "said", "more", "debt", "worth"}


def test_known_is_a_value() -> None:
    """What is known does not change with the mapping it was made of."""
    limits: dict[str, Any] = {"visits": (0, None)}
    known = Known(limits)
    limits["visits"] = (5, None)
    assert known.limits["visits"] == (0, None)
    assert attrs.evolve(NOTHING_KNOWN, stages=("a",)).stages == ("a",)


def test_a_threshold_is_the_one_that_is_compared() -> None:
    """Thresholds are those of the engines: in stored units, whole for whole facts."""
    assert Fraction("1.005") * 100 == Fraction("100.5")
    assert implied([bound("owed >= 1.005")], bound("owed >= 1.01"))
    assert implied([bound("owed > 1")], bound("owed >= 1.01"))
    assert not implied([bound("owed >= 1")], bound("owed >= 1.01"))
