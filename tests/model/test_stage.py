"""Stages carry names in two languages and a role."""

from __future__ import annotations

import pickle

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.model import ROLES, Stage


@pytest.mark.parametrize("role", ROLES)
def test_a_stage_is_a_value(role: str) -> None:
    """A stage keeps its names and role, is written as its id, and equals its twin."""
    stage = Stage("win_back", "Win-back", "再獲得", role)
    assert (stage.label, stage.label_ja, stage.role) == ("Win-back", "再獲得", role)
    assert (str(stage), repr(stage)) == ("win_back", "Stage('win_back')")
    assert pickle.loads(pickle.dumps(stage)) == stage == Stage("win_back", "Win-back", "再獲得", role)
    assert hash(stage) == hash(Stage("win_back", "Win-back", "再獲得", role))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("Win-back", "a", "b", "active"), "id must be lower-case"),
        (("1st", "a", "b", "active"), "id must be lower-case"),
        (("", "a", "b", "active"), "'id' is empty"),
        (("churn\n", "a", "b", "lost"), "U\\+000A"),
        (("churn", "", "b", "lost"), "'label' is empty"),
        (("churn", "a", "\u202e", "lost"), "'label_ja' has the character"),
        (("churn", "a", "b", "gone"), "no role 'gone'; give one of prospect, active, lost, returning"),
        (("churn", "a", "b", None), "'role' must be text"),
        ((3, "a", "b", "lost"), "'id' must be text"),
    ],
)
def test_a_stage_checks_its_parts(fields: tuple[str, str, str, str], message: str) -> None:
    """A bad id, label or role is refused, with the stage in the message."""
    with pytest.raises(InvalidArgument, match=message):
        Stage(*fields)
