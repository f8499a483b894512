"""Who comes first in the lists of `signs`."""

from __future__ import annotations

from lifecycle import Definition, Last, Story, Touchpoint, TouchpointLog, replay
from lifecycle.cli._ranking import Ranked, overdue, ranked
from lifecycle.signs import Blueprint, Health, Measure, Milestone, Segment, Signal
from tests.signs.club import club, tp

LASTING = Last("rated", of="score")


def base(definition: Definition, **lives: list[tuple[str, str, int]]) -> Story:
    """Members since 2026-01-01 who do something (kind, day, score), until February."""
    touchpoints: list[Touchpoint] = []
    for name, life in lives.items():
        touchpoints.append(tp("joined", "2026-01-01T12:00", name))
        touchpoints += [tp(kind, f"2026-01-{day}T09:00", name, score=score) for kind, day, score in life]
    return replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-02-01")


def named(found: Ranked, which: str) -> list[str]:
    """The customers of a list, in order."""
    return [str(found.everybody["customer"][place]) for place in getattr(found, which)]


def test_the_heaviest_then_the_most_then_the_longest() -> None:
    """One critical signal comes before two lighter ones, two warnings before one, an older one before a younger."""
    definition = club(
        Signal("worst", "score <= 1", severity="critical"),
        Signal("bad", "score <= 3"),
        Signal("idle", "unseen >= 5", severity="warning"),
        Signal("light", "score == 4", severity="watch"),
        Signal("other", "score >= 0", topic="voice", severity="critical"),
        facts={"score": LASTING},
    )
    story = base(
        definition,
        light=[("rated", "02", 4)],
        young=[("rated", "09", 3)],
        old=[("rated", "05", 3)],
        both=[("visit", "12", 0), ("rated", "20", 3)],
        worst=[("rated", "25", 1)],
        fine=[("rated", "03", 9)],
    )
    found = ranked(definition, story)
    assert named(found, "at_risk") == ["worst", "both", "old", "young", "light"]
    serious = dict(zip(found.everybody["customer"], found.is_serious, strict=True))
    assert serious == {"light": False, "young": True, "old": True, "both": True, "worst": True, "fine": False}


def test_weight_comes_before_number() -> None:
    """Two light signals do not outweigh a heavier one."""
    definition = club(
        Signal("bad", "score == 3"),
        Signal("light", "score == 4", severity="watch"),
        Signal("lighter", "score == 4", severity="info"),
        facts={"score": LASTING},
    )
    story = base(definition, a=[("rated", "02", 4)], b=[("rated", "20", 3)])
    assert named(ranked(definition, story), "at_risk") == ["b", "a"]


def test_who_could_grow() -> None:
    """Without a warning of churn first; then by segments, signals and health; the lost are in no segment."""
    segments = [Segment("champions", "score >= 7"), Segment("expansion", "orders >= 1"), Segment("rest", "score >= 0")]
    definition = club(
        Signal("bad", "visits == 1"),
        Signal("glad", "score >= 8", topic="loyalty", severity="info"),
        Signal("keen", "score >= 9", topic="expansion", severity="info"),
        segments=segments,
        health=Health([Measure("score", bad=0, good=10)]),
        facts={"score": LASTING},
    )
    story = base(
        definition,
        warned=[("visit", "02", 0), ("order", "03", 0), ("rated", "04", 10)],
        seven=[("rated", "04", 7)],
        eight=[("rated", "04", 8)],
        nine=[("rated", "04", 9)],
        ten=[("rated", "04", 10)],
        two=[("order", "03", 0), ("rated", "04", 7)],
        gone=[("order", "03", 0), ("rated", "04", 7), ("left", "05", 0)],
        five=[("rated", "04", 5)],
    )
    assert named(ranked(definition, story), "growing") == ["two", "ten", "nine", "eight", "seven", "warned"]


def test_overdue_milestones_of_who_is_not_lost() -> None:
    """The latest milestone comes first, whoever has it; the lost have none, the reached are left out."""
    milestones = [Milestone("visit", "visits >= 1", due_days=10), Milestone("order", "orders >= 1", due_days=3)]
    definition = club(blueprints=[Blueprint("plan", milestones)])
    story = base(definition, ann=[], bob=[("visit", "05", 0)], gone=[("left", "20", 0)])
    rows = [(row["customer"], row["milestone"], row["days_late"]) for row in overdue(definition, story).rows()]
    assert rows == [("ann", "order", 27), ("bob", "order", 27), ("ann", "visit", 20)]
