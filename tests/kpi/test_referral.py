"""Who brought whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Cut,
    LongestTally,
    longest_referral_chain,
    measure,
    referral_depth,
    referral_rate,
    referral_tree,
    referred_share,
)

from .club import cut_of, story_of, touch


def verdicts(cut: Cut) -> list[tuple[str, str, str, str]]:
    """Referrer, referred, by what, and what is wrong."""
    return [(row["referrer"], row["referred"], row["by"], row["problem"]) for row in referral_tree(cut).table().rows()]


def test_by_name_by_code_and_by_the_referral() -> None:
    """Three ways to say it; a code belongs to who first showed it; an id that is not there is an open invitation."""
    cut = cut_of([
        touch("01-01", "referral", "ada", code="ADA5"),
        touch("01-02", "referral", "eve", code="ADA5"),
        touch("01-03", "referral", "ada", referred="dan"),
        touch("01-04", "referral", "ada", referred="zoe"),
        touch("01-05", "welcomed", "bob", code="ADA5", source="referral"),
        touch("01-06", "welcomed", "cid", referrer="bob"),
        touch("01-07", "welcomed", "dan"),
        touch("01-08", "welcomed", "fay", code="unknown", referrer="nobody"),
    ])  # fmt: skip
    assert verdicts(cut) == [
        ("ada", "dan", "referred", ""),
        ("ada", "zoe", "referred", "not come yet"),
        ("ada", "bob", "code", ""),
        ("bob", "cid", "referrer", ""),
    ]


def test_the_strongest_claim_counts_then_the_earliest() -> None:
    """What the new customer says goes before what others say; the others are shown as refused."""
    cut = cut_of([
        touch("01-01", "referral", "ada", referred="cid"),
        touch("01-02", "referral", "bob", referred="dan"),
        touch("01-03", "referral", "ada", referred="dan"),
        touch("01-04", "welcomed", "cid", referrer="bob"),
        touch("01-05", "welcomed", "dan"),
    ])  # fmt: skip
    assert verdicts(cut) == [
        ("ada", "cid", "referred", "already referred"),
        ("ada", "dan", "referred", "already referred"),
        ("bob", "dan", "referred", ""),
        ("bob", "cid", "referrer", ""),
    ]


def test_who_refers_themselves_and_circles_are_refused() -> None:
    """The latest claim of a circle goes; what hangs on it keeps its place."""
    cut = cut_of([
        touch("01-01", "welcomed", "ada"),
        touch("01-02", "welcomed", "bob", referrer="ada"),
        touch("01-03", "welcomed", "cid", referrer="bob"),
        touch("01-04", "referral", "cid", referred="ada"),
        touch("01-05", "referral", "dan", referred="dan"),
        touch("01-06", "welcomed", "eve", referrer="cid"),
    ])  # fmt: skip
    assert ("cid", "ada", "referred", "cycle") in verdicts(cut)
    assert ("dan", "dan", "referred", "self") in verdicts(cut)
    tree = referral_tree(cut)
    assert tree.depth.tolist() == [0, 1, 2, 0, 3]
    assert tree.chains.tolist() == [3]
    assert tree.brought.tolist() == [1, 1, 1, 0, 0]


LINKS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20)


def people(links: list[tuple[int, int]]) -> list[Touchpoint]:
    """Nine customers, and referrals among them in order of time."""
    found = [touch("01-01", "welcomed", f"c{number}") for number in range(9)]
    return found + [
        touch(f"01-{2 + place:02d}", "referral", f"c{one}", referred=f"c{other}")
        for place, (one, other) in enumerate(links)
    ]


@given(LINKS)
def test_the_tree_has_no_circle_and_loses_no_more_than_it_must(links: list[tuple[int, int]]) -> None:
    """Walking up from anybody ends; a claim counts unless it is one of the reasons to refuse, which are checked."""
    tree = referral_tree(cut_of(people(links)))
    parents = tree.referrer.tolist()
    for who in range(9):
        steps, at = 0, who
        while parents[at] >= 0:
            steps, at = steps + 1, parents[at]
            assert steps < 9
        assert tree.depth[who] == steps
    first: dict[int, int] = {}
    for one, other in links:
        if one != other:
            first.setdefault(other, one)
    for other, one in first.items():
        if parents[other] != one:
            at, seen = one, {other}
            while at in first and at not in seen:
                seen.add(at)
                at = first[at]
            assert at == other
    problems = referral_tree(cut_of(people(links))).table()["problem"].tolist()
    assert problems.count("self") == sum(one == other for one, other in links)
    assert len(problems) == len(links)
    assert problems.count("") == sum(parent >= 0 for parent in parents)


@given(LINKS, st.lists(st.booleans(), min_size=9, max_size=9))
def test_depths_add_up_over_whole_trees(links: list[tuple[int, int]], sides: list[bool]) -> None:
    """Any split that tears no tree apart gives the same (S23)."""
    cut = cut_of(people(links))
    root = list(range(9))
    for one, other in links:
        root = [root[one] if tree == root[other] else tree for tree in root]
    side = np.array([sides[tree] for tree in root])
    parts = [cut.of_customers(np.flatnonzero(side == wanted)) for wanted in (True, False)]
    for kpi in (referral_depth, longest_referral_chain):
        assert kpi(parts[1]) + kpi(parts[0]) == kpi(cut)


def test_mean_and_longest_chain() -> None:
    """Chains of 2 and 1 from one root: mean 1.5, longest 2; without a referral undefined."""
    cut = cut_of([
        touch("01-01", "welcomed", "ada"),
        touch("01-02", "welcomed", "bob", referrer="ada"),
        touch("01-03", "welcomed", "cid", referrer="bob"),
        touch("01-04", "welcomed", "dan", referrer="ada"),
    ])  # fmt: skip
    assert measure(cut, referral_depth).value == 1.5
    assert measure(cut, longest_referral_chain).value == 2
    assert measure(cut_of([touch("01-01", "joined")]), longest_referral_chain).notes[0] == (
        "undefined because there is no chain"
    )
    with pytest.raises(InvalidArgument, match="longest=-1 is no whole number"):
        LongestTally(-1, 2)


def base() -> list[Touchpoint]:
    """Ada refers twice, Bob once and leaves; Cid and Dan come by it, Eve by herself."""
    return [
        touch("01-01", "joined", "ada"),
        touch("01-01", "joined", "bob"),
        touch("02-01", "referral", "ada", referred="cid"),
        touch("02-02", "referral", "ada"),
        touch("02-03", "referral", "bob", code="B"),
        touch("02-04", "left", "bob"),
        touch("02-05", "welcomed", "cid", source="referral"),
        touch("02-06", "joined", "cid"),
        touch("02-07", "welcomed", "dan", code="B", referrer="bob"),
        touch("03-08", "joined", "dan"),
        touch("02-09", "welcomed", "eve", source="search"),
        touch("02-10", "joined", "eve"),
    ]


def test_rates_of_referral() -> None:
    """In February one of three active customers refers, and one of two new customers was referred."""
    cut = cut_of(base(), "2026-02")
    rate, share = referral_rate(cut).finish(), referred_share(cut).finish()
    assert (rate.numerator, rate.denominator) == (1, 3)
    assert (share.numerator, share.denominator) == (1, 2)
    march = referred_share(cut_of(base(), "2026-03")).finish()
    assert (march.numerator, march.denominator) == (1, 1)
    assert referral_rate(cut_of(base(), "2026-04")).finish().value == 0


def test_both_rewards_are_due_when_the_new_customer_is_one() -> None:
    """In the period in which it happens, with keys that do not change; not for who only looked around."""
    february, march = (referral_tree(cut_of(base(), month)).rewards() for month in ("2026-02", "2026-03"))
    assert [tuple(row.values()) for row in february.rows()] == [
        ("ada", "referrer", "cid", np.datetime64("2026-02-06").astype("M8[us]").item(), "referral/cid/referrer"),
        ("cid", "referred", "ada", np.datetime64("2026-02-06").astype("M8[us]").item(), "referral/cid/referred"),
    ]
    assert march["customer"].tolist() == ["bob", "dan"]
    assert len(referral_tree(cut_of(base(), "2026-04")).rewards()) == 0


def test_what_comes_later_changes_no_tree_of_before() -> None:
    """The log that ends with the period gives the same claims."""
    whole = [*base(), touch("02-11", "welcomed", "fay", referrer="gus"), touch("03-11", "welcomed", "gus")]
    there = cut_of(whole, "2026-02")
    kept = [one for one in whole if one.at_us < there.end_us]
    earlier = Cut(story_of(kept), there.period)
    assert verdicts(earlier) == verdicts(there)
    for kpi in (referral_depth, longest_referral_chain, referral_rate, referred_share):
        assert kpi(earlier) == kpi(there)
