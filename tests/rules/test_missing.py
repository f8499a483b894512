"""Missing is missing: every comparison with it is false, on either side of the truth (S12)."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.rules import Column, FactType, Value, bind_condition, may_miss_under_not, parse

pytestmark = pytest.mark.smoke

TYPES = {
    "nps": FactType(is_real=True, may_miss=True),
    "goal": FactType(is_real=True, may_miss=True),
    "plan": FactType(kind="text", may_miss=True),
    "trial": FactType(kind="flag", may_miss=True),
}
BOOK = ("free", "pro")
PEOPLE = [
    {"nps": None, "goal": None, "plan": None, "trial": None},
    {"nps": 9.0, "goal": None, "plan": "pro", "trial": 1},
    {"nps": 8.0, "goal": 8.0, "plan": "free", "trial": 0},
    {"nps": None, "goal": 8.0, "plan": None, "trial": 1},
]
TRUTH = [
    ("nps >= 9", [False, True, False, False]),
    ("nps < 9", [False, False, True, False]),
    ("nps == 9", [False, True, False, False]),
    ("nps != 9", [False, False, True, False]),
    ("not (nps >= 9)", [True, False, True, True]),
    ("not (nps < 9)", [True, True, False, True]),
    ("not (not (nps >= 9))", [False, True, False, False]),
    ("nps >= 9 or nps < 9", [False, True, True, False]),
    ("nps >= 9 and nps < 9", [False, False, False, False]),
    ("7 < nps <= 9", [False, True, True, False]),
    ("nps == goal", [False, False, True, False]),
    ("nps != goal", [False, False, False, False]),
    ("not (nps == goal)", [True, True, False, True]),
    ("nps == nps", [False, True, True, False]),
    ("plan == 'pro'", [False, True, False, False]),
    ("plan != 'pro'", [False, False, True, False]),
    ("plan != 'basic'", [False, True, True, False]),
    ("not (plan == 'pro')", [True, False, True, True]),
    ("trial", [False, True, False, True]),
    ("not trial", [True, False, True, False]),
    ("trial or not (nps >= 9)", [True, True, True, True]),
]


def columns(name: str) -> Column:
    """One fact of all people, with rubbish under what is missing."""
    values = [person[name] for person in PEOPLE]
    valid = np.array([value is not None for value in values])
    if name == "plan":
        return Column(np.array([-1 if v is None else BOOK.index(str(v)) for v in values], np.int32), valid, BOOK)
    kind = np.int64 if name == "trial" else np.float64
    return Column(np.array([9 if value is None else value for value in values], kind), valid)


@pytest.mark.parametrize(("text", "expected"), TRUTH, ids=[text for text, _ in TRUTH])
def test_truth_table(text: str, expected: list[bool]) -> None:
    """For one customer and for many, a comparison with missing is false, and its negation true."""
    bound = bind_condition(parse(text), TYPES)

    def reader(person: dict[str, Value]):  # type: ignore[no-untyped-def]
        return lambda name: person[name]

    assert [bound.holds(reader(person)) for person in PEOPLE] == expected
    assert bound.mask(columns, len(PEOPLE)).tolist() == expected


@pytest.mark.parametrize("text", [text for text, _ in TRUTH])
def test_what_may_hold_covers_what_does(text: str) -> None:
    """With a fact unknown, nobody for whom the condition would hold is passed over."""
    bound = bind_condition(parse(text), TYPES)
    holds = bound.mask(columns, len(PEOPLE))
    for unknown in (frozenset({"nps"}), frozenset({"goal", "trial"}), frozenset(TYPES)):

        def known(name: str, unknown: frozenset[str] = unknown) -> Column:
            assert name not in unknown
            return columns(name)

        may = bound.may_hold(known, len(PEOPLE), unknown)
        assert (may | ~holds).all()
        if bound.is_certain(unknown):
            assert (may == holds).all()


def test_negations_over_what_can_be_missing_are_found() -> None:
    """An odd number of `not` over a fact that can be missing is found; an even number is harmless."""
    assert may_miss_under_not(parse("not (nps >= 9) and plan == 'pro'"), TYPES) == ("nps",)
    assert may_miss_under_not(parse("not (not (nps >= 9))"), TYPES) == ()
    assert may_miss_under_not(parse("not (nps >= 9 or not (plan == 'pro'))"), TYPES) == ("nps",)
    assert may_miss_under_not(parse("not (nps == goal)"), TYPES) == ("nps", "goal")
