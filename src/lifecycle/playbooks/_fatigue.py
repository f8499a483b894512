"""Who has been asked already: one message per account, and few surveys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import attrs
import numpy as np

from lifecycle.log import days_of
from lifecycle.model import DAY_US, Calendar
from lifecycle.rules import Fact, Since

from ._clock import instants_of
from ._ledger import Choice, counted_days, held_until, nth_last
from ._policy import PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import as_texts, between, is_name

_SINCE: Final = "survey.days_since"


@attrs.frozen
class AccountLimit:
    """One message per account, not one per contact: holds a step of a playbook that another contact got lately.

    The customer is the account; the contact is the attribute `contact` of the touchpoint that started the run, and a
    run without one counts as a contact of its own. The same contact may get the step again. Transactional plays are
    not held.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    days: int = attrs.field(default=30, validator=between(1, 3_660))
    """For so many times 24 hours."""
    name: str = attrs.field(default="account_limit", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundAccountLimit:
        """The policy inside a definition."""
        return BoundAccountLimit(Choice().of(setup, self, transactional=False), self.days)


@attrs.frozen(eq=False)
class BoundAccountLimit:
    """`AccountLimit` inside a definition."""

    concerned: tuple[bool, ...]
    """Per action whether it is held."""
    days: int
    """For how long."""

    @property
    def keeps_us(self) -> int:
        """As long as it holds."""
        return self.days * DAY_US

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether another contact got it lately."""
        number = attempt.action.number
        if not self.concerned[number]:
            return None
        for sent_us, action, contact, _ in reversed(attempt.ledger):
            until = sent_us + self.days * DAY_US
            if until <= attempt.at_us:
                return None
            if action == number and contact != attempt.contact:
                who = repr(contact) if contact else "the account"
                return Block(f"{who} got it less than {counted_days(self.days)} ago", until)
        return None

    def judge_all(self, attempts: Attempts) -> Int64Array | None:
        """None: columns do not say whom a play is for."""
        return None


@attrs.frozen
class SurveyFatigue:
    """Holds plays of the purpose 'listen' while a survey is still near.

    Near are plays of that purpose that were decided, and touchpoints that say that a survey went out or was answered,
    the host's own surveys too: for these, days of the definition's calendar count. Transactional plays are neither held
    nor counted.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    days: int = attrs.field(default=90, validator=between(1, 3_660))
    """So long nobody is asked again."""
    kinds: tuple[str, ...] = attrs.field(
        default=("survey_sent", "survey_answered", "nps"), kw_only=True, converter=as_texts
    )
    """The kinds of touchpoints that count as a survey."""
    name: str = attrs.field(default="survey_fatigue", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """The days since the last survey."""
        return {self._fact: Since(self.kinds, otherwise="missing")} if self.kinds else {}

    @property
    def _fact(self) -> str:
        # Two such policies may listen to different kinds.
        return f"{_SINCE}.{self.name}"

    def bind(self, setup: PolicySetup, /) -> BoundSurveyFatigue:
        """The policy inside a definition."""
        chosen = Choice(purposes=("listen",)).of(setup, self, transactional=False)
        return BoundSurveyFatigue(chosen, self.days, self._fact if self.kinds else None, setup.program.calendar)


@attrs.frozen(eq=False)
class BoundSurveyFatigue:
    """`SurveyFatigue` inside a definition."""

    counted: tuple[bool, ...]
    """Per action whether it is held and counted."""
    days: int
    """For how long."""
    fact: str | None
    """The fact with the days since the last survey; None: only plays count."""
    calendar: Calendar
    """The zone of the definition."""

    @property
    def keeps_us(self) -> int:
        """As long as it holds."""
        return self.days * DAY_US

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether a survey is near."""
        if not self.counted[attempt.action.number]:
            return None
        sent_us = nth_last(attempt.ledger, self.counted, 1)
        until = sent_us + self.keeps_us if sent_us >= 0 else PASSES
        since = None if self.fact is None else cast("int | None", attempt.read(self.fact))
        if since is not None and since < self.days:
            day = self.calendar.day_of(attempt.at_us) - since + self.days
            until = max(until, self.calendar.start_of(day))
        if until <= attempt.at_us:
            return None
        return Block(f"less than {counted_days(self.days)} since the last survey", until)

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        sent = attempts.sent(self.counted, 1)
        until = np.where(sent >= 0, sent + self.keeps_us, PASSES)
        if self.fact is not None:
            since = attempts.read(self.fact)
            near = since.values < self.days if since.valid is None else since.valid & (since.values < self.days)
            days = days_of(attempts.at_us[near], self.calendar) - since.values[near] + self.days
            until[near] = np.maximum(until[near], instants_of(self.calendar, days, 0))
        return held_until(attempts, self.counted, until)
