"""The holdout: a stable share of customers."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import DefinitionError
from lifecycle.playbooks import Action, Holdout, Playbook, bucket, happened

from .gym import gym, live, touch
from .policing import PASSES, Case, columns, judged

CUSTOMERS = [f"customer{number}" for number in range(20_000)]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("salt", "playbook", "customer", "expected"),
    [
        ("gym", "call_them", "ada", 0.562706691004717),
        ("gym", "", "ada", 0.8362846293267969),
        ("", "", "1", 0.08718436227393855),
        ("gym", "call_them", "佐藤", 0.597361490206376),
    ],
)
def test_known_values(salt: str, playbook: str, customer: str, expected: float) -> None:
    """The places are fixed: another release or another language must give the same."""
    assert bucket(salt, playbook, customer) == expected


def test_they_are_even() -> None:
    """Twentieths hold about as many customers each: chi-square with 19 degrees of freedom, 0.1 % is at 43.8."""
    places = np.array([bucket("gym", "call_them", customer) for customer in CUSTOMERS])
    assert ((places >= 0) & (places < 1)).all()
    counts = np.histogram(places, 20, (0, 1))[0]
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 43.8


@pytest.mark.parametrize("other", [("gym", "mail_them"), ("gym", ""), ("gym2", "call_them")])
def test_they_are_independent(other: tuple[str, str]) -> None:
    """Who is in the holdout of one playbook, salt or of all says nothing about another: 10 % of 10 %."""
    first = np.array([bucket("gym", "call_them", customer) for customer in CUSTOMERS]) < 0.1
    second = np.array([bucket(*other, customer) for customer in CUSTOMERS]) < 0.1
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / len(CUSTOMERS) ** 0.5


def test_the_largest_hash_stays_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a hash of ones alone is below 1: a share of 1 is everybody."""

    class Ones:
        def __init__(self, *_: object, **__: object) -> None: ...

        def digest(self) -> bytes:
            return b"\xff" * 8

    monkeypatch.setattr("lifecycle.playbooks._holdout.blake2b", Ones)
    assert bucket("", "", "") < 1


def book(name: str, **about: object) -> Playbook:
    """A playbook that writes at each visit."""
    return Playbook(name, on=happened("visit"), steps=[Action("write")], **about)  # type: ignore[arg-type]


def held(*playbooks: Playbook, salt: str = "") -> set[tuple[str, str]]:
    """Who is in whose holdout, with a share of 20 % over all."""
    definition = gym(*playbooks, policies=[Holdout(0.2, salt=salt)])
    found = set()
    for number in range(60):
        story = live(definition, [touch("01-01 09:00", "visit", f"c{number}")], "01-02")
        found |= {(one.customer, one.playbook) for one in story.of("runs") if one.is_holdout}
    return found


def test_other_playbooks_change_nothing() -> None:
    """Adding, dropping and reordering playbooks leaves who is in the holdout of the others."""
    first, second, third = book("first", holdout=0.3), book("second", holdout=0.3), book("third", holdout=0.3)
    alone = held(first)
    together = held(third, first, second)
    assert {one for one in together if one[1] == "first"} == alone
    assert held(second, first, third) == together
    assert 10 < len(alone) < 50


def test_another_salt_draws_others() -> None:
    """Another salt draws other customers."""
    assert held(book("first"), salt="2027") != held(book("first"))


def test_over_all_playbooks() -> None:
    """Who is in the holdout over all gets nothing from any playbook."""
    found = held(book("first"), book("second"))
    by_playbook = [{who for who, name in found if name == wanted} for wanted in ("first", "second")]
    assert by_playbook[0] == by_playbook[1] != set()


def test_it_holds_nothing_when_asked() -> None:
    """All is decided at the entry: asked as a policy, it lets everything pass."""
    assert judged(Holdout(1.0), Case()) is None
    assert Holdout(1.0).bind(None).judge_all(columns([Case()])).tolist() == [PASSES]  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [-0.1, 1.1, "0.1"])
def test_a_share_is_a_share(share: float) -> None:
    """From 0 to 1."""
    with pytest.raises(DefinitionError, match="share"):
        Holdout(share)
