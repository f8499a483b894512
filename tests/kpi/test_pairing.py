"""What belongs together is found as one would by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.kpi import Cut
from lifecycle.kpi._pairing import Pairs, paired

from .club import cut_of

REFS = st.sampled_from([None, "", "a", "b", 7, "7"])
STEPS = st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.booleans(), REFS), max_size=14)
Step = tuple[str, bool, object]


def _cut(steps: list[Step]) -> Cut:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    told = [
        Touchpoint(who, "opened" if opens else "closed", start + timedelta(hours=place), attributes=_known(ref))
        for place, (who, opens, ref) in enumerate(steps)
    ]
    return cut_of(told or [Touchpoint("ann", "visit", start)])


def _known(ref: object) -> dict[str, object]:
    return {} if ref is None else {"ref": ref}


def _hours(cut: Cut, pairs: Pairs) -> set[tuple[int, int | None]]:
    """The places of opening and closing in the list of steps."""
    start = 1_772_323_200_000_000
    opened = ((pairs.opened.at - start) // 3_600_000_000).tolist()
    known = zip(pairs.closed_at.tolist(), pairs.is_closed.tolist(), strict=True)
    closed = [(at - start) // 3_600_000_000 if is_closed else None for at, is_closed in known]
    return set(zip(opened, closed, strict=True))


def _name(ref: object) -> str:
    return "" if ref is None else str(ref)


def _by_hand(steps: list[Step], *, is_loose: bool) -> set[tuple[int, int | None]]:
    found = set()
    for place, (who, opens, ref) in enumerate(steps):
        if opens:
            after = [
                later
                for later, (other, opening, name) in enumerate(steps)
                if later > place and other == who and not opening
                and (_name(name) == _name(ref) or (is_loose and _name(name) == ""))
            ]  # fmt: skip
            found.add((place, min(after, default=None)))
    return found


def _open_by_hand(steps: list[Step]) -> set[tuple[int, int | None]]:
    """As the fact `Open` folds: opening what is open, and closing what is not, changes nothing."""
    still: dict[tuple[str, str], int] = {}
    found: set[tuple[int, int | None]] = set()
    for place, (who, opens, ref) in enumerate(steps):
        key = (who, _name(ref))
        if opens:
            still.setdefault(key, place)
        elif key in still:
            found.add((still.pop(key), place))
    return found | {(place, None) for place in still.values()}


@given(STEPS)
def test_each_opening_finds_its_first_closing(steps: list[Step]) -> None:
    """By customer and reference; a loose closing without one closes everything of its customer."""
    cut = _cut(steps)
    for is_loose in (False, True):
        pairs = paired(cut.history("opened"), cut.history("closed"), refs=("ref",), is_loose=is_loose)
        assert _hours(cut, pairs) == _by_hand(steps, is_loose=is_loose)


@given(STEPS)
def test_distinct_pairs_are_those_of_the_fact(steps: list[Step]) -> None:
    """What is open already is not opened again."""
    cut = _cut(steps)
    pairs = paired(cut.history("opened"), cut.history("closed"), refs=("ref",)).distinct()
    assert _hours(cut, pairs) == _open_by_hand(steps)
