"""A play with what became of it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Self

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import DroppedPlay, HeldPlay, Play, Touchpoint, moment, moment_us

from ._life import OPEN_STATES, PLAY_STATES, PlayEvent, PlayState, state_after
from ._outcome import Outcome
from ._telling import as_line


def _play(_: Any, __: Any, value: Any) -> None:
    if not isinstance(value, Play):
        raise InvalidArgument(f"PlayRecord: {value!r} is no Play; for held and dropped plays use PlayRecord.of")


def _state(_: Any, __: Any, value: Any) -> None:
    if value not in PLAY_STATES:
        raise InvalidArgument(f"PlayRecord: state {value!r} is not one of {', '.join(PLAY_STATES)}")


def _count(_: Any, field: attrs.Attribute[int], value: Any) -> None:
    if type(value) is not int or value < 0:
        raise InvalidArgument(f"PlayRecord: {field.name} {value!r} is not a whole number of 0 or more")


@attrs.frozen
class PlayRecord:
    """A play, where it stands, and why. Each move gives a new record.

    Raises:
        InvalidArgument: a field is of the wrong kind.
    """

    play: Play = attrs.field(validator=_play)
    """What is to be done."""
    state: PlayState = attrs.field(validator=_state)
    """Where it stands."""
    at_us: int = attrs.field(validator=_count)
    """Since when, in microseconds since 1970-01-01 UTC."""
    attempts: int = attrs.field(default=0, validator=_count)
    """How often a hook was given the play."""
    reason: str = attrs.field(default="", converter=as_line)
    """Why it stands there, in words; up to 500 characters in one line."""
    error: str = ""
    """The type of the exception that came out of the hook last, such as 'smtplib.SMTPRecipientsRefused'."""
    outcome: Outcome | None = None
    """What the hook said, where it said something."""

    @classmethod
    def of(cls, found: Play | HeldPlay | DroppedPlay) -> Self:
        """The record of a play as a step gives it: decided, held or dropped.

        Raises:
            InvalidArgument: it is none of them.
        """
        if isinstance(found, Play):
            return cls(found, "decided", found.at_us)
        if isinstance(found, HeldPlay):
            return cls(found.play, "held", found.play.at_us, reason=f"{found.policy}: {found.reason}")
        if isinstance(found, DroppedPlay):
            return cls(found.play, found.state, found.play.at_us, reason=found.reason)
        raise InvalidArgument(f"{found!r} is no play of a step; give one of step.plays, step.held or step.dropped")

    @property
    def at(self) -> datetime:
        """Since when it stands there, in the definition's zone."""
        return moment(self.at_us, self.play.zone)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be carried out; if not, keep its key so that it is not carried out again."""
        return self.state in OPEN_STATES

    @property
    def cost(self) -> float:
        """What it cost, in major units: as the hook said, else what the action says where it was done."""
        if self.outcome is not None and self.outcome.cost is not None:
            return self.outcome.cost
        return self.play.cost if self.state == "done" else 0.0

    def decide(self, now: datetime) -> Self:
        """No policy holds it: it is to be carried out."""
        return self._after("decide", now)

    def hold(self, now: datetime, reason: str = "") -> Self:
        """A policy holds it back, for the first time or again."""
        return self._after("hold", now, reason)

    def skip(self, now: datetime, reason: str = "") -> Self:
        """Its own condition is false."""
        return self._after("skip", now, reason)

    def revoke(self, now: datetime, reason: str = "") -> Self:
        """It is not wanted any more."""
        return self._after("revoke", now, reason)

    def expire(self, now: datetime, reason: str = "") -> Self:
        """Its time is over."""
        return self._after("expire", now, reason)

    def dispatch(self, now: datetime) -> Self:
        """A hook is given it: one more attempt."""
        return attrs.evolve(self._after("dispatch", now), attempts=self.attempts + 1)

    def complete(self, now: datetime, reason: str = "", *, outcome: Outcome | None = None) -> Self:
        """It was carried out."""
        return self._after("complete", now, reason, outcome=outcome)

    def doubt(self, now: datetime, reason: str = "", *, outcome: Outcome | None = None, error: str = "") -> Self:
        """Nobody can tell whether it was carried out; somebody has to find out."""
        return self._after("doubt", now, reason, outcome=outcome, error=error)

    def fail(self, now: datetime, reason: str = "", *, outcome: Outcome | None = None, error: str = "") -> Self:
        """It was not carried out, and will not be."""
        return self._after("fail", now, reason, outcome=outcome, error=error)

    def retry(self, now: datetime, reason: str = "", *, outcome: Outcome | None = None, error: str = "") -> Self:
        """It was not carried out and may be tried again."""
        return self._after("retry", now, reason, outcome=outcome, error=error)

    def _after(
        self, event: PlayEvent, now: datetime, reason: str = "", *, outcome: Outcome | None = None, error: str = ""
    ) -> Self:
        try:
            state = state_after(self.state, event)
        except InvalidArgument as wrong:
            raise InvalidArgument(f"play {self.play.key!r}: {wrong}") from None
        # Clocks of hosts differ: what becomes of a play is never dated before the play.
        at_us = max(self.at_us, moment_us(now, "now"))
        return attrs.evolve(self, state=state, at_us=at_us, reason=reason, outcome=outcome, error=error)

    def touchpoint(self) -> Touchpoint:
        """The record as a touchpoint of kind `play_outcome`, so that it flows back into the customer's history.

        The same record gives the same `id`; what was said by the hook is among the attributes.
        """
        play, said = self.play, self.outcome
        told: dict[str, Any] = {
            "key": play.key,
            "playbook": play.playbook,
            "version": play.version,
            "action": play.action,
            "step": play.step,
            "purpose": play.purpose,
            "outcome": self.state,
            "attempts": self.attempts,
            "cost": self.cost,
        }
        note = said.note if said is not None else ""
        texts = {"reason": self.reason, "error": self.error, "note": note, "contact": play.contact}
        told |= {name: text for name, text in {**texts, "occasion": play.occasion}.items() if text}
        if said is not None:
            told |= said.attributes
        sign = sha256("\0".join((play.key, self.state, str(self.at_us), str(self.attempts))).encode())
        return Touchpoint(
            play.customer,
            "play_outcome",
            moment(self.at_us, "UTC"),
            channel=play.channel or None,
            attributes=told,
            id=f"play-{sign.hexdigest()}",
        )

    def __str__(self) -> str:
        tries = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.play.action} for {self.play.customer}: {self.state}{tries} on {self.at:%Y-%m-%d %H:%M}{why}"
