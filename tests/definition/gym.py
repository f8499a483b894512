"""A small gym: a definition whose parts the tests change one by one; and facts of a host's own."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from lifecycle import ENTRY, Count, CustomerMachine, Definition, Last, Open, Sum, Timer, Touchpoint, role
from lifecycle.rules import BoundFact, Column, Context, FactType, Points, Rows, Value


class Gym(CustomerMachine):
    """Trial, member, lapsed."""

    trial, member, lapsed = role.prospect("Trial", initial=True), role.active("Member"), role.lost("Lapsed")
    joined = trial.to(member, cond="visits >= 2")
    silence = trial.to(lapsed) | member.to(lapsed)
    visit = lapsed.to(member, unless="owed > 0")


FACTS = {
    "visits": Count("visit"),
    "owed": Sum("invoiced"),
    "score": Last("scored", of="fitness"),
    "open": Open("lent", "returned"),
}
PARTS: dict[str, Any] = {
    "name": "gym",
    "currency": "EUR",
    "facts": FACTS,
    "timers": (Timer("silence", 30, "visit"),),
    "events": {"visit": ["came in", "Checked In"]},
    "passive": ["mail sent"],
}


def gym(machine: type[CustomerMachine] = Gym, **changes: Any) -> Definition:
    """The gym, with some parts changed."""
    return Definition(machine, **{**PARTS, **changes})


def one_route(
    condition: object = None, *, label: str = "Member", ja: str = "", lost: bool = False
) -> type[CustomerMachine]:
    """A machine with two stages, whose only transition has a condition."""
    trial, member = role.prospect("Trial", initial=True), (role.lost if lost else role.active)(label, ja=ja)
    joined = trial.to(member) if condition is None else trial.to(member, cond=condition)  # type: ignore[arg-type]
    body = {"trial": trial, "member": member, "joined": joined}
    return type(CustomerMachine)("Made", (CustomerMachine,), body)


@attrs.frozen
class Even:
    """Whether the number of touchpoints of a kind is even: a fact that a host wrote."""

    kind: str

    def bind(self, context: Context) -> BoundFact:
        """The two meanings."""
        kinds = frozenset({context.key(self.kind)})

        def fold(state: int, touchpoint: Touchpoint, day: int) -> int:
            return state + 1

        def read(state: int, today: int, start: int) -> Value:
            return int(state % 2 == 0)

        def query(rows: Rows, points: Points) -> Column:
            chosen = rows.select(kinds)
            return Column(((chosen.stop(points) - chosen.start(points)) % 2 == 0).astype(np.int64))

        return BoundFact(FactType(kind="flag"), kinds, 0, fold, read, query)


class Odd:
    """The same without attrs, and the other way round."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def bind(self, context: Context) -> BoundFact:
        """The two meanings."""
        even = Even(self.kind).bind(context)

        def query(rows: Rows, points: Points) -> Column:
            return Column(1 - even.query(rows, points).values)

        return attrs.evolve(even, read=lambda state, today, start: int(state % 2 == 1), query=query)


def by_entry(days: int) -> Timer:
    """Silence counted from entry."""
    return Timer("silence", days, ENTRY)
