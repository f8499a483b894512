"""Plays and playbooks made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from lifecycle.model import Play, moment_us
from lifecycle.playbooks import Action, Playbook, PlayRecord, entered

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The moment of most tests."""
_DUE = moment_us(datetime(2026, 3, 2, 8, tzinfo=UTC))
_DAY_US = 86_400 * 1_000_000
_PLAY = Play(
    key="",
    customer="",
    playbook="welcome",
    version="1",
    action="send_email",
    step="0",
    purpose="onboard",
    channel="email",
    owners=("success",),
    entered_us=_DUE - _DAY_US,
    due_us=_DUE,
    at_us=_DUE,
    expires_us=_DUE + 7 * _DAY_US,
    why="stage 'onboarding' entered",
    cost=0.5,
)


def play(customer: str = "ada", *, action: str = "send_email", step: str = "0") -> Play:
    """A play that was decided an hour before now and expires in a week."""
    key = f"{customer}/welcome@1/{_PLAY.entered_us}/{step}"
    return attrs.evolve(_PLAY, key=key, customer=customer, action=action, step=step)


def plays(count: int, *, action: str = "send_email") -> list[Play]:
    """Plays for so many customers: c0, c1 …"""
    return [play(f"c{number}", action=action) for number in range(count)]


def decided(customer: str = "ada") -> PlayRecord:
    """The record of a decided play."""
    return PlayRecord.of(play(customer))


def states(records: tuple[PlayRecord, ...] | list[PlayRecord]) -> dict[str, str]:
    """Customer → state, in the order of the records."""
    return {record.play.customer: record.state for record in records}


def playbook(name: str, *actions: str) -> Playbook:
    """A playbook with some actions."""
    return Playbook(name, on=entered("onboarding"), steps=[Action(action) for action in actions])
