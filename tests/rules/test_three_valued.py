"""With missing facts a condition is true, false or unknown, for one customer and for many (Kleene)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle.rules import BoundCondition, Column, FactType, Value, bind_condition, join, parse

TYPES = {
    "nps": FactType(is_real=True, may_miss=True),
    "goal": FactType(is_real=True, may_miss=True),
    "visits": FactType(),
    "spend": FactType(scale=100),
    "plan": FactType(kind="text", may_miss=True),
    "trial": FactType(kind="flag", may_miss=True),
    "member": FactType(kind="flag"),
}
BOOK = ("free", "pro")
SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Person = dict[str, Value]
Tree = tuple[Any, ...]
"""('and' or 'or', tree, tree), ('not', tree), or ('atom', text, names, truth of a person who misses none)."""

numbers = some.sampled_from([0.0, 1.0, 2.0])
PEOPLE = some.fixed_dictionaries(
    {
        "nps": some.none() | numbers,
        "goal": some.none() | numbers,
        "visits": some.integers(0, 2),
        "spend": some.sampled_from([0, 99, 100, 150]),
        "plan": some.none() | some.sampled_from(BOOK),
        "trial": some.none() | some.integers(0, 1),
        "member": some.integers(0, 1),
    }
)


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


signs = some.sampled_from(sorted(SIGNS))
ATOMS = some.one_of(
    some.builds(compared, some.sampled_from(["nps", "goal", "visits"]), signs, some.integers(0, 2)),
    some.builds(compared, some.just("spend"), signs, some.integers(0, 2), some.just(100)),
    some.builds(compared, some.just("plan"), some.sampled_from(["==", "!="]), some.sampled_from([*BOOK, "basic"])),
    some.builds(paired, some.sampled_from(["nps", "goal", "visits"]), signs, some.sampled_from(["nps", "visits"])),
    some.builds(bare, some.sampled_from(["trial", "member"])),
)
TREES = some.recursive(
    ATOMS,
    lambda below: some.one_of(
        some.tuples(some.just("not"), below),
        some.tuples(some.sampled_from(["and", "or"]), below, below),
        some.tuples(some.sampled_from(["and", "or"]), below, below, below),
    ),
    max_leaves=6,
)


def written(tree: Tree) -> str:
    """A tree as a condition."""
    if tree[0] == "atom":
        return str(tree[1])
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    return f" {tree[0]} ".join(f"({written(part)})" for part in tree[1:])


def truth(tree: Tree, person: Person) -> float:
    """1 for true, 0 for false, a half for unknown: `and` is the least of its parts, `or` the most."""
    if tree[0] == "atom":
        return 0.5 if any(person[name] is None for name in tree[2]) else float(tree[3](person))
    if tree[0] == "not":
        return 1 - truth(tree[1], person)
    return (min if tree[0] == "and" else max)(truth(part, person) for part in tree[1:])


def reader(person: Person) -> Callable[[str], Value]:
    """A way to read the facts of one person."""
    return lambda name: person[name]


def column_reader(people: list[Person]) -> Callable[[str], Column]:
    """A way to read the facts of all, with rubbish under what is missing."""

    def read(name: str) -> Column:
        values = [person[name] for person in people]
        valid = np.array([value is not None for value in values]) if TYPES[name].may_miss else None
        if name == "plan":
            return Column(np.array([-1 if v is None else BOOK.index(str(v)) for v in values], np.int32), valid, BOOK)
        kind = np.float64 if TYPES[name].is_real else np.int64
        return Column(np.array([1 if value is None else value for value in values], kind), valid)

    return read


def check(bound: BoundCondition, people: list[Person], expected: list[float]) -> None:
    """All readings of a condition against the truth of each person."""
    verdicts = [bound.verdict(reader(person)) for person in people]
    assert verdicts == [{0.0: False, 0.5: None, 1.0: True}[one] for one in expected]
    certain, possible = bound.bounds(column_reader(people), len(people))
    assert certain.dtype == possible.dtype == bool
    assert certain.tolist() == [one == 1 for one in expected]
    assert possible.tolist() == [one > 0 for one in expected]
    assert certain is not possible


@settings(max_examples=300)
@given(TREES, some.lists(PEOPLE, min_size=1, max_size=12))
def test_verdict_and_bounds_are_kleene(tree: Tree, people: list[Person]) -> None:
    """Whatever is asked of whomever, the scalar and the array reading are Kleene's."""
    check(bind_condition(parse(written(tree)), TYPES), people, [truth(tree, person) for person in people])


@settings(max_examples=300)
@given(TREES, PEOPLE.filter(lambda person: person["plan"] is not None))
def test_where_nothing_is_missing_it_is_what_holds(tree: Tree, person: Person) -> None:
    """For a person without a missing fact, the verdict is whether the condition holds."""
    whole: Person = {name: 1 if value is None else value for name, value in person.items()}
    bound = bind_condition(parse(written(tree)), TYPES)
    assert bound.verdict(reader(whole)) is bound.holds(reader(whole))


def negated(tree: Tree) -> bool:
    """Whether there is a `not` in it."""
    return tree[0] == "not" or (tree[0] != "atom" and any(negated(part) for part in tree[1:]))


@settings(max_examples=300)
@given(TREES.filter(lambda tree: not negated(tree)), PEOPLE)
def test_without_not_it_holds_where_it_is_certain(tree: Tree, person: Person) -> None:
    """Without `not`, missing counts as false: so the condition holds exactly where it certainly does."""
    bound = bind_condition(parse(written(tree)), TYPES)
    assert bound.holds(reader(person)) is (bound.verdict(reader(person)) is True)


@settings(max_examples=200)
@given(TREES, some.lists(PEOPLE, min_size=1, max_size=12))
def test_a_certain_verdict_is_what_holds(tree: Tree, people: list[Person]) -> None:
    """Certainly true holds and certainly false does not, missing facts or none, one by one and in a mask."""
    bound = bind_condition(parse(written(tree)), TYPES)
    certain, possible = bound.bounds(column_reader(people), len(people))
    mask = bound.mask(column_reader(people), len(people))
    assert (certain <= mask).all()
    assert (mask <= possible).all()
    for person in people:
        assert bound.verdict(reader(person)) in (None, bound.holds(reader(person)))


@settings(max_examples=200)
@given(TREES, some.lists(PEOPLE, min_size=1, max_size=12))
def test_heard_is_one_fact_that_is_there(tree: Tree, people: list[Person]) -> None:
    """A customer is heard when one of the facts read that can be missing is there, whatever it says."""
    bound = bind_condition(parse(written(tree)), TYPES)
    names = bound.condition.names
    asked = [name for name in names if TYPES[name].may_miss] or names
    expected = [any(person[name] is not None for name in asked) for person in people]
    assert [bound.is_heard(reader(person)) for person in people] == expected
    assert bound.heard(column_reader(people), len(people)).tolist() == expected


def quiet(nps: float | None) -> bool:
    """A guard of a host: a person who never answered is quiet."""
    return nps is None


def talkative(nps: float | None) -> bool:
    """A guard of a host that no person without an answer passes."""
    return not quiet(nps)


@pytest.mark.smoke
def test_a_python_function_always_knows() -> None:
    """A function is handed what is missing and decides; under `not` too, and it settles what else is unknown."""
    people: list[Person] = [{"nps": None, "goal": None}, {"nps": 1.0, "goal": None}, {"nps": 1.0, "goal": 2.0}]
    alone, denied = join([(talkative, True)]), join([(talkative, False)])
    beside = join([(quiet, True), ("goal >= 2", True)])
    assert alone is not None
    assert denied is not None
    assert beside is not None
    check(bind_condition(alone, TYPES), people, [0, 1, 1])
    check(bind_condition(denied, TYPES), people, [1, 0, 0])
    check(bind_condition(beside, TYPES), people, [0.5, 0, 0])


@pytest.mark.smoke
def test_a_condition_without_facts_is_always_heard() -> None:
    """Nothing that it reads is missing."""
    condition = join([(lambda: True, True)])
    assert condition is not None
    bound = bind_condition(condition, TYPES)
    assert bound.is_heard(reader({}))
    assert bound.heard(column_reader([{}, {}]), 2).tolist() == [True, True]


@pytest.mark.smoke
def test_a_mask_counts_whatever_the_type_says() -> None:
    """A column that is not everywhere leaves the condition open there, even if its fact is said never to miss."""
    bound = bind_condition(parse("not (visits >= 2)"), TYPES)
    column = Column(np.array([2, 0, 0]), np.array([True, True, False]))
    certain, possible = bound.bounds(lambda name: column, 3)
    assert (certain.tolist(), possible.tolist()) == ([False, True, False], [False, True, True])
    assert bound.heard(lambda name: column, 3).tolist() == [True, True, False]


@pytest.mark.smoke
def test_what_never_misses_is_read_as_before() -> None:
    """Where no fact can be missing, the verdict is the very function that says whether the condition holds."""
    bound = bind_condition(parse("visits >= 2"), TYPES)
    assert bound.verdict is bound.holds
