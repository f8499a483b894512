"""The condition language: what it reads, what it refuses and with which words (S11)."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from lifecycle.errors import ConditionError, LifecycleError
from lifecycle.rules import FactType, bind_condition, join, parse

TYPES = {
    "purchases": FactType(),
    "spend": FactType(scale=100, unit="EUR"),
    "plan": FactType(kind="text", may_miss=True),
    "trial": FactType(kind="flag"),
}

pytestmark = pytest.mark.smoke

REFUSED = [
    ("", "a condition is a text such as 'purchases >= 2', not ''"),
    ("  \n", "a condition is a text such as 'purchases >= 2'"),
    ("purchases = 2", "equality is written '=='"),
    ("purchases >= 2 &&", "cannot be read"),
    ("purchases >= 2 ^ trial", "'^' and '|' are not read; arithmetic lives in facts"),
    ("!trial", "write 'and', 'or', 'not' instead of operator signs"),
    ("trial ^", "write 'and', 'or', 'not' instead of operator signs"),
    ("plan in plan", "only == != < <= > >= compare; 'in' and 'is' do not"),
    ("purchases is 2", "only == != < <= > >= compare"),
    ("purchases + 1 > 2", "no arithmetic; arithmetic lives in facts (Ratio, Difference)"),
    ("purchases | trial", "'^' and '|' are not read"),
    ("len(plan) > 2", "no calls; declare a fact and compare it"),
    ("__import__('os').system('true') == 0", "no calls"),
    ("plan.__class__ == 'x'", "no dots; declare a fact with a plain name"),
    ("plan[0] == 'x'", "Subscript is not of the language"),
    ("(purchases := 3) > 2", "NamedExpr is not of the language"),
    ("lambda: trial", "Lambda is not of the language"),
    ("f'{plan}' == 'x'", "JoinedStr is not of the language"),
    ("plan == f'{plan}'", "JoinedStr is not of the language"),
    ("trial if trial else trial", "IfExp is not of the language"),
    ("[trial for trial in plan]", "ListComp is not of the language"),
    ("(yield)", "Yield is not of the language"),
    ("await trial", "Await is not of the language"),
    ("*trial", "cannot be read"),
    ("purchases in (1, 2)", "Tuple is not of the language"),
    ("trial, trial", "Tuple is not of the language"),
    ("{'a': 1}", "Dict is not of the language"),
    ("1", "a lone 1 says nothing; compare a fact with it"),
    ("True", "a lone True says nothing"),
    ("1 < 2", "compares two constants; one side must be a fact"),
    ("purchases == True", "True is neither a finite number nor a text"),
    ("purchases == None", "None is neither a finite number nor a text"),
    ("plan == b'x'", "b'x' is neither a finite number nor a text"),
    ("purchases > 1e999", "inf is neither a finite number nor a text"),
    ("purchases > 1j", "1j is neither a finite number nor a text"),
    ("purchases == ...", "Ellipsis is neither a finite number nor a text"),
    (f"purchases > {2**53}", "is 2**53 or more, where numbers stop being exact"),
    (f"purchases > -{2**53}", "is 2**53 or more"),
    ("plan == -'x'", "'x' is neither a finite number nor a text"),
    ("--purchases > 1", "UnaryOp is not of the language"),
    ("plan == 'a!b'", "holds an operator sign of python-statemachine"),
    ("plan == 'v'", "holds an operator sign of python-statemachine"),
    ("v", "the bare name 'v' means 'or' to python-statemachine; rename the fact"),
    ("v > 2", "the bare name 'v' means 'or'"),
    ("purchases >", "cannot be read"),
    ("purchases > 2; trial", "cannot be read"),
    ("import os", "cannot be read"),
    ("trial # and more", None),
    ("trial\0", "cannot be read"),
    ("plan == '\ud800'", "cannot be read"),
    ("trial and " * 99 + "trial", None),
    ("trial and " * 100 + "trial", "1005 characters; at most 1000 are read"),
    ("not " * 24 + "trial", None),
    ("not " * 25 + "trial", "nested deeper than 24; name parts as facts"),
    ("(" * 400 + "trial" + ")" * 400, "cannot be read"),
    ("(" * 60 + "trial" + ")" * 60, None),
    ("-" * 900 + "1 < purchases", "UnaryOp is not of the language"),
]


@pytest.mark.parametrize("row", range(len(REFUSED)), ids=lambda row: ascii(REFUSED[row][0])[:40])
def test_what_is_refused_is_told(row: int) -> None:
    """Whatever is not of the language is refused with the text and the remedy; what is, is read."""
    text, message = REFUSED[row]
    if message is None:
        assert parse(text).names == ("trial",)
        return
    with pytest.raises(ConditionError, match=re.escape(message)) as caught:
        parse(text)
    assert str(caught.value).isprintable() or "\n" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "(" * 10**6, "not " * 250_000, "1+" * 500_000, "'" * 10**6, "a\n" * 10**6]
)
def test_a_long_text_costs_nothing(text: str) -> None:
    """A million characters are refused by their number alone: nothing is parsed."""
    tracemalloc.start()
    try:
        with pytest.raises(ConditionError, match="characters; at most 1000 are read"):
            parse(text)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(text)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("value", [None, 7, True, b"trial", ["trial"], ("trial", "and")])
def test_only_text_is_parsed(value: object) -> None:
    """What is no text is refused as such."""
    with pytest.raises(LifecycleError, match="a condition is a text such as"):
        parse(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("purchases >= 2", ["purchases >= 2"]),
        ("2 <= purchases", ["purchases >= 2"]),
        ("1 < purchases <= 3", ["purchases > 1", "purchases <= 3"]),
        ("purchases > -1.5 and plan != 'pro'", ["purchases > -1.5", "plan != 'pro'"]),
        ("not (trial or spend >= 59.90)", ["trial", "spend >= 59.9"]),
        ("+1 == purchases", ["purchases == 1"]),
        ("purchases < spend", ["purchases < spend"]),
        ("名前 >= 1", ["名前 >= 1"]),
        ("(purchases\n>= 2)", ["purchases >= 2"]),
    ],
)
def test_atoms_in_the_order_written(text: str, atoms: list[str]) -> None:
    """A condition comes apart into comparisons and bare names, the fact on the left."""
    assert [str(atom) for atom in parse(text).atoms] == atoms


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("purchase >= 2", "reads 'purchase', which is not a fact; did you mean 'purchases'?"),
        ("zzz >= 2", "which is not a fact; known facts: plan, purchases, spend, trial"),
        ("purchases", "the bare name 'purchases' is no Flag; compare it with something"),
        ("trial == 1", "'trial' is a Flag; write it bare, or 'not trial'"),
        ("plan >= 'a'", "texts are compared by == and != only"),
        ("plan == 3", "'plan' is a text, so 'plan == 3' compares it with the wrong thing"),
        ("purchases == 'a'", "'purchases' is a number, so"),
        ("purchases < spend", "'purchases' and 'spend' do not have the same unit"),
        ("purchases < trial", "do not have the same unit"),
        ("plan == plan", "do not have the same unit"),
    ],
)
def test_facts_are_compared_by_their_kind(text: str, message: str) -> None:
    """A condition that misreads a fact is refused when it is bound."""
    with pytest.raises(ConditionError, match=re.escape(message)):
        bind_condition(parse(text), TYPES)


def test_several_guards_are_one_condition() -> None:
    """Guards of one transition are joined, those under `unless` turned round, the text kept readable."""
    found = join([("purchases >= 2 or trial", True), ("plan == 'free'", False)])
    assert found is not None
    assert str(found) == "(purchases >= 2 or trial) and not (plan == 'free')"
    assert found.names == ("purchases", "trial", "plan")
    assert join([]) is None


def test_a_function_names_what_it_reads() -> None:
    """A plain function is read by its parameters and makes the condition non-portable; others are refused."""

    def rich(spend: object, purchases: int) -> bool:
        return bool(spend) and purchases > 1

    found = join([(rich, True)])
    assert found is not None
    assert found.names == ("spend", "purchases")
    assert not found.is_portable
    assert parse("trial").is_portable
    with pytest.raises(ConditionError, match="no \\*args or"):
        join([(lambda *facts: True, True)])
