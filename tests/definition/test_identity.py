"""The identity of a definition: what changes it, what does not, and that it is the same everywhere (S16)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from lifecycle import Count, Definition, Last, Open, Sum, Timer, Touchpoint
from lifecycle.errors import DefinitionError, DefinitionMismatch

from .gym import FACTS, PARTS, Even, Gym, Odd, by_entry, gym, one_route

pytestmark = pytest.mark.smoke

CHANGES: dict[str, dict[str, Any]] = {
    "name": {"name": "club"},
    "version": {"version": "2"},
    "zone": {"zone": "Asia/Tokyo"},
    "currency": {"currency": "USD"},
    "a kind more": {"events": {"visit": ["came in", "Checked In", "waved"]}},
    "a kind less": {"events": {"visit": ["came in"]}},
    "no events": {"events": {}},
    "passive": {"passive": []},
    "a fact more": {"facts": {**FACTS, "days": Count()}},
    "the kind of a fact": {"facts": {**FACTS, "visits": Count("came_back")}},
    "the class of a fact": {"facts": {**FACTS, "score": Last("scored", of="fitness").stale_after(days=9)}},
    "a window": {"facts": {**FACTS, "visits": Count("visit").within(30)}},
    "a window ago": {"facts": {**FACTS, "visits": Count("visit").within(30, ago=1)}},
    "a filter": {"facts": {**FACTS, "visits": Count("visit", where="alone")}},
    "decimals": {"facts": {**FACTS, "owed": Sum("invoiced", of="hours", decimals=2)}},
    "holidays": {
        "facts": {**FACTS, "days": Open("lent", "returned").oldest("business_days", holidays=(date(2024, 5, 1),))}
    },
    "days of a timer": {"timers": (Timer("silence", 31, "visit"),)},
    "basis of a timer": {"timers": (Timer("silence", 30),)},
    "a timer on entry": {"timers": (by_entry(30),)},
    "a repeat": {"timers": (Timer("silence", 30, "visit", every_days=30),)},
    "a host's fact": {"facts": {**FACTS, "even": Even("visit")}},
    "a part of a host's fact": {"facts": {**FACTS, "even": Even("invoiced")}},
    "a host's plain fact": {"facts": {**FACTS, "even": Odd("visit")}},
}


def test_whatever_matters_changes_the_digest() -> None:
    """Every part of a definition enters its digest."""
    digests = {name: gym(**change).digest for name, change in CHANGES.items()}
    digests["as it is"] = gym().digest
    assert len(set(digests.values())) == len(digests), digests


@pytest.mark.parametrize(
    "machines",
    [
        (one_route(), one_route("visits >= 1")),
        (one_route("visits >= 1"), one_route("visits >= 2")),
        (one_route(), one_route(label="Customer")),
        (one_route(), one_route(ja="会員")),
        (one_route(), one_route(lost=True)),
    ],
)
def test_the_machine_enters_the_digest(machines: tuple[Any, Any]) -> None:
    """Conditions, labels and roles decide who a definition is."""
    one, other = (Definition(machine, name="one", facts={"visits": Count("visit")}) for machine in machines)
    assert one.digest != other.digest


def test_what_does_not_matter_does_not_change_it() -> None:
    """The order of facts, kinds and passive kinds, and how often a definition is built, make no difference."""
    turned = dict(reversed(FACTS.items()))
    assert gym().digest == gym().digest
    assert gym(facts=turned).digest == gym().digest
    assert gym(events={"visit": ["Checked In", "came in"]}).digest == gym().digest
    assert Definition(Gym, **PARTS).to_dict() == gym().to_dict()


def test_facts_in_another_order_keep_their_customers() -> None:
    """A customer goes on under the same definition with its facts written in another order: each fact finds its own."""
    turned = gym(facts=dict(reversed(FACTS.items())))
    one, other = ({}, {})
    for definition, found in ((gym(), one), (turned, other)):
        customer = definition.welcome("ann", _at(1))
        for day, kind in ((2, "visit"), (3, "lent"), (4, "scored"), (5, "came in")):
            customer = definition.advance(
                customer, Touchpoint("ann", kind, _at(day), attributes={"fitness": 7})
            ).customer
        found["customer"] = customer
        found["facts"] = definition.facts_of(customer, _at(5))
    assert one == other
    assert turned.facts_of(one["customer"], _at(5)) == {"visits": 2, "owed": 0, "score": 7.0, "open": 1}
    assert list(turned.facts_of(one["customer"], _at(5))) == list(reversed(FACTS))


def test_a_customer_knows_its_definition() -> None:
    """A customer is refused by a definition with another digest."""
    customer = gym().welcome("ann", _at(1))
    with pytest.raises(DefinitionMismatch):
        gym(version="2").facts_of(customer, _at(2))


def test_the_digest_is_sha256_of_canonical_json() -> None:
    """What the digest stands for can be read, and is JSON throughout."""
    form = gym().to_dict()
    assert json.loads(json.dumps(form)) == form
    assert len(gym().digest) == 64
    assert form["routes"][0] == {
        "stage": "trial", "event": "joined", "source": "trial", "target": "member", "if": "visits >= 2", "touch": False,
    }  # fmt: skip


def test_an_object_without_lasting_identity_is_refused() -> None:
    """A part whose form differs from process to process cannot enter a digest: it is refused with the remedy."""

    @attrs.frozen
    class Loose(Even):
        parts: object = None

    for parts in ({"a", "b"}, frozenset({1}), object(), b"x"):
        with pytest.raises(DefinitionError, match="has no identity that lasts"):
            gym(facts={**FACTS, "loose": Loose("visit", parts)})


PROGRAM = """
from tests.definition.gym import *
from tests.definition.test_identity import CHANGES
from lifecycle.presets import commerce, saas, service
for definition in (gym(), *(gym(**change) for change in CHANGES.values()), commerce(), saas(), service()):
    print(definition.digest)
"""


def test_the_digest_is_the_same_in_every_process() -> None:
    """Another process, with other hashes of texts, gives the same digests."""
    root = Path(__file__).parents[2]
    found = set()
    for seed in ("0", "1", "4711"):
        import lifecycle

        path = os.pathsep.join([str(root), str(Path(lifecycle.__file__).parents[1])])
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1
    assert gym().digest in found.pop()


def _at(day: int) -> Any:
    from datetime import UTC, datetime

    return datetime(2024, 1, day, 12, tzinfo=UTC)
