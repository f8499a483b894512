"""Definition review: two versions over one history, against the stories of both and against the live engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lifecycle import Customer
from lifecycle.definition import Review, Version
from lifecycle.definition._parts import lay, parts_of, written
from lifecycle.rules import Not, parse

from .revisions import reviewed

N_WORLDS = 30
TICK = timedelta(microseconds=1)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def reviews() -> list[Review]:
    """Random revisions, each over the history of a random world."""
    return [reviewed(seed)[1] for seed in range(N_WORLDS)]


def names(review: Review, sort: str) -> list[str]:
    """The segments or signals of both versions."""
    found = (one.name for version in (review.before, review.after) for one in getattr(version.definition, sort))
    return list(dict.fromkeys(found))


def test_segments_differ_as_the_stories_do(reviews: list[Review]) -> None:
    """In is who only the later story has, out who only the earlier has, moved who has another since."""
    seen: Counter[str] = Counter()
    for review in reviews:
        for at in (None, review.after.story.until - timedelta(days=20)):
            for name in names(review, "segments"):
                told = {
                    row["customer"]: (row["change"], row["since_before"], row["since_after"])
                    for row in review.segment(name, at=at).rows()
                }
                assert told == expected_members(review, name, at)
                seen.update(row[0] for row in told.values())
    assert min(seen[change] for change in ("in", "out", "moved")) > 3


def expected_members(review: Review, name: str, at: datetime | None) -> dict[str, tuple[str, object, object]]:
    """What both stories say of a segment, customer by customer."""
    members = [
        {row["customer"]: row["since"] for row in segment_rows(version, name, at)}
        for version in (review.before, review.after)
    ]
    found = {}
    for customer in members[0].keys() | members[1].keys():
        old, new = (one.get(customer) for one in members)
        if old != new:
            found[customer] = ("in" if old is None else "out" if new is None else "moved", old, new)
    return found


def segment_rows(version: Version, name: str, at: datetime | None) -> list[Row]:
    """The members by one story; nobody where the version does not have the segment."""
    if name not in [segment.name for segment in version.definition.segments]:
        return []
    return list(version.story.segment(name, at).rows())


def test_why_somebody_is_in_or_out_is_what_substitution_finds(reviews: list[Review]) -> None:
    """The parts that are named are those that differ, under parts that differ, by the live engine's figures."""
    n_asked = 0
    for review in reviews:
        for name in names(review, "segments"):
            for row in review.segment(name).rows():
                if row["change"] != "moved":
                    assert row["why"] == expected_parts(review, name, row["customer"])
                    n_asked += 1
    assert n_asked > 20


def expected_parts(review: Review, name: str, customer: str) -> str:
    """The parts of a segment that make the difference for one customer, from live readings, one by one."""
    roots, truths = [], []
    for version in (review.before, review.after):
        found = [segment for segment in version.definition.segments if segment.name == name]
        roots.append(parse(found[0].condition).root if found else None)
        truths.append(atom_truths(version, customer, roots[-1]))
    tree = lay(*roots)
    if None in roots:
        return str(parts_of(tree)[0])
    labels = []
    for part, marked in marked_parts(tree, (truths[0], truths[1]), empty=False):
        if marked:
            changed = sorted(names_in(part.after) & review.affected.names) if part.is_same else []
            labels.append(f"{part} ({', '.join(changed)} changed)" if changed else str(part))
    return "; ".join(labels)


def atom_truths(version: Version, customer: str, root: Any) -> dict[str, bool]:
    """The truth of every atom of a condition at the end of the story, asked of the live customer."""
    if root is None:
        return {}
    story, definition = version.story, version.definition
    now = story.until - TICK
    live: Customer = story.live(customer)
    values: dict[str, Any] = definition.facts_of(live, now)
    raised = {one.signal.name for one in definition.signals_of(live, now)}
    values |= {f"signal_{signal.name}": signal.name in raised for signal in definition.signals}
    values["stage"] = definition.pass_time(live, now).customer.stage.id
    health = definition.health_of(live, now)
    values["health"] = None if health is None else health.score
    return {str(atom): atom_holds(atom, values) for atom in atoms(root)}


def atom_holds(atom: Any, values: dict[str, Any]) -> bool:
    """One comparison or flag; false with what is missing."""
    if not hasattr(atom, "left"):
        return values[atom.name] is True or values[atom.name] == 1
    left, right = values[atom.left.name], getattr(atom.right, "value", None)
    if hasattr(atom.right, "name"):
        right = values[atom.right.name]
    if left is None or right is None:
        return False
    left, right = (date.toordinal(one) if isinstance(one, date) else one for one in (left, right))
    return {
        "==": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right,
    }[atom.operator]  # fmt: skip


def atoms(node: Any) -> list[Any]:
    """The atoms of a condition."""
    if isinstance(node, Not):
        return atoms(node.child)
    return [atom for child in node.children for atom in atoms(child)] if hasattr(node, "children") else [node]


def names_in(node: Any) -> set[str]:
    """The names that a part reads."""
    return {word for atom in atoms(node) for word in parse(written(atom)).names}


def marked_parts(tree: Any, truths: tuple[dict[str, bool], dict[str, bool]], *, empty: bool) -> list[tuple[Any, bool]]:
    """Each place, and whether it and everything around it differ: the definition, word by word."""

    def value(node: Any, version: int, *, empty: bool) -> bool:
        if hasattr(node, "before"):
            part = (node.before, node.after)[version]
            return empty if part is None else holds(part, truths[version])
        if hasattr(node, "child"):
            return not value(node.child, version, empty=empty)
        found = [value(child, version, empty=node.is_all) for child in node.children]
        return all(found) if node.is_all else any(found)

    def walk(node: Any, *, differs: bool, empty: bool) -> list[tuple[Any, bool]]:
        here = differs and value(node, 0, empty=empty) != value(node, 1, empty=empty)
        if hasattr(node, "before"):
            return [(node, here)]
        if hasattr(node, "child"):
            return walk(node.child, differs=here, empty=empty)
        return [found for child in node.children for found in walk(child, differs=here, empty=node.is_all)]

    return walk(tree, differs=True, empty=empty)


def holds(node: Any, truths: dict[str, bool]) -> bool:
    """A part of a condition, given the truth of its atoms."""
    if isinstance(node, Not):
        return not holds(node.child, truths)
    if hasattr(node, "children"):
        found = [holds(child, truths) for child in node.children]
        return all(found) if type(node).__name__ == "All" else any(found)
    return truths[str(node)]


def test_episodes_differ_as_the_stories_do(reviews: list[Review]) -> None:
    """Episodes are matched in order of time, each with the first free one that it overlaps; the rest is new or gone."""
    seen: Counter[str] = Counter()
    for review in reviews:
        for name in names(review, "signals"):
            told = sorted((row["customer"], row["change"], *spans(row)) for row in review.signal(name).rows())
            assert told == sorted(expected_episodes(review, name)), name
            seen.update(change for _, change, *_ in told)
    assert min(seen[change] for change in ("in", "out", "moved")) > 20


def spans(row: Row) -> tuple[tuple[datetime, datetime], ...]:
    """Start and end of both episodes, the far future and past where there is none."""
    far, past = datetime(3000, 1, 1), datetime(1000, 1, 1)
    return tuple(
        (row[f"start_{which}"] or past, past if row[f"start_{which}"] is None else row[f"end_{which}"] or far)
        for which in ("before", "after")
    )


def expected_episodes(review: Review, name: str) -> list[tuple[Any, ...]]:
    """The episodes of both stories, matched one after the other."""
    none = (datetime(1000, 1, 1), datetime(1000, 1, 1))
    old, new = (episodes_by_customer(version, name) for version in (review.before, review.after))
    found: list[tuple[Any, ...]] = []
    for customer in old.keys() | new.keys():
        free = list(new[customer])
        for one in old[customer]:
            partner = next((other for other in free if overlaps(one, other)), None)
            if partner is None:
                found.append((customer, "out", one, none))
                continue
            free.remove(partner)
            if one != partner:
                found.append((customer, "moved", one, partner))
        found += [(customer, "in", none, other) for other in free]
    return found


def overlaps(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two episodes share more than an end, or begin together."""
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def episodes_by_customer(version: Version, name: str) -> defaultdict[str, list[tuple[datetime, datetime]]]:
    """The episodes of a signal by one story."""
    found: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    if name in [signal.name for signal in version.definition.signals]:
        for row in version.story.episodes(name).rows():
            found[row["customer"]].append((row["start"], row["end"] or datetime(3000, 1, 1)))
    return found


def test_moves_differ_as_the_stories_do(reviews: list[Review]) -> None:
    """What is neither in nor out nor moved is in both stories at one time; each row is a move of the stories."""
    seen: Counter[str] = Counter()
    for review in reviews:
        old, new = (
            Counter((row["customer"], row["source"], row["target"], row["at"]) for row in version.story.moves.rows())
            for version in (review.before, review.after)
        )
        gone: Counter[Any] = Counter()
        come: Counter[Any] = Counter()
        for row in review.moves().rows():
            way = (row["customer"], row["source"], row["target"])
            gone.update([(*way, row["at_before"])] if row["at_before"] is not None else [])
            come.update([(*way, row["at_after"])] if row["at_after"] is not None else [])
            seen[row["change"]] += 1
        assert (gone, come) == (old - new, new - old)
    assert min(seen[change] for change in ("in", "out", "moved")) > 20


def test_stages_differ_as_the_stories_do(reviews: list[Review]) -> None:
    """Listed is who stands in another stage by the two stories, or in one since another time, and why is said."""
    for review in reviews:
        at = review.after.story.until - timedelta(days=10)
        old, new = (
            {row["customer"]: (row["stage"], row["since"]) for row in version.story.as_of(at).rows()}
            for version in (review.before, review.after)
        )
        rows = list(review.stages(at).rows())
        told = {
            row["customer"]: ((row["stage_before"], row["since_before"]), (row["stage_after"], row["since_after"]))
            for row in rows
        }
        assert told == {customer: (old[customer], new[customer]) for customer in old if old[customer] != new[customer]}
        assert all(row["why"] for row in rows)


def test_every_difference_has_a_reason(reviews: list[Review]) -> None:
    """Every difference has a reason; 'what came before', the reason of last resort, is never needed."""
    n_reasons = 0
    for review in reviews:
        rows = [row for name in names(review, "segments") for row in review.segment(name).rows()]
        rows += [row for name in names(review, "signals") for row in review.signal(name).rows()]
        rows += review.moves().rows()
        for row in rows:
            assert row["why"] not in ("", "what came before"), row
        n_reasons += len(rows)
    assert n_reasons > 500


def test_what_is_not_affected_is_the_same(reviews: list[Review]) -> None:
    """Facts, stages, signals and segments that a revision cannot reach are the same in both stories."""
    n_same = 0
    for review in reviews:
        first, second = (version.story for version in (review.before, review.after))
        tables = [story.as_of(story.until) for story in (first, second)]
        for name in tables[0].columns.keys() - {"customer", "since"} - review.affected.names:
            if name in tables[1].columns:
                assert repr(tables[0][name].tolist()) == repr(tables[1][name].tolist()), name
                n_same += 1
        for name in set(names(review, "signals")) - review.affected.signals:
            assert repr(first.episodes(name)) == repr(second.episodes(name)), name
        for name in set(names(review, "segments")) - review.affected.segments:
            assert repr(first.memberships(name)) == repr(second.memberships(name)), name
        if "health" not in review.affected.names and review.before.definition.health is not None:
            assert repr(first.health()) == repr(second.health())
    assert n_same > 1000


def test_the_summary_counts_the_tables(reviews: list[Review]) -> None:
    """Every row of the summary counts the rows of its table."""
    for review in reviews[:20]:
        for row in review.summary().rows():
            sort, _, name = row["what"].partition(" ")
            if sort == "stage":
                continue
            table = review.moves() if sort == "moves" else getattr(review, sort)(name)
            counts = Counter(table["change"].tolist())
            assert [row[turn] for turn in ("in", "out", "moved")] == [counts[turn] for turn in ("in", "out", "moved")]
            assert row["after"] - row["before"] == row["in"] - row["out"]


def test_one_customer_is_a_part_of_the_whole(reviews: list[Review]) -> None:
    """The review of one customer has that customer's rows of the review of all."""
    for review in reviews[:20]:
        for customer in ("c0", "c3"):
            one = review.customer(customer)
            tables = [(review.moves(), one.moves()), (review.stages(), one.stages())]
            tables += [(review.segment(name), one.segment(name)) for name in names(review, "segments")]
            tables += [(review.signal(name), one.signal(name)) for name in names(review, "signals")]
            for whole, part in tables:
                assert list(part.rows()) == [row for row in whole.rows() if row["customer"] == customer]
            assert review.why(customer).startswith(f"{customer}: ")


def test_two_equal_definitions_differ_in_nothing(reviews: list[Review]) -> None:
    """A definition against itself: no changes, nothing affected, empty tables."""
    review = reviews[0]
    same = Review(review.before, review.before)
    assert same.changes == ()
    assert same.affected.names == same.affected.segments == frozenset()
    assert [len(table) for table in (same.moves(), same.stages(), same.summary())] == [0, 0, 0]
    assert str(same).endswith("what comes of it:\n  nothing")
    assert same.why("c1").endswith("nothing differs")
