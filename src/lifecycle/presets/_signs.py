"""What the signs of all presets share: limits, facts, and the signals over words, promises and contact."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

import attrs

from lifecycle.errors import DefinitionError
from lifecycle.rules import Count, Declared, Flag, Last, Mean, Open, Overdue, Paired, Ratio
from lifecycle.signs import Signal

from ._kinds import ADVOCACY

CHURN: Final = "churn"
"""The topic of signs of leaving."""
EXPANSION: Final = "expansion"
"""The topic of signs that a customer could use more."""
LOYALTY: Final = "loyalty"
"""The topic of signs of staying."""
ADVOCATE: Final = ("onboarding", "adoption", "maturity", "win_back")
"""Where a customer who would recommend is no advocate yet."""


@attrs.frozen(kw_only=True)
class CommonSigns:
    """The limits of the signs that all presets share.

    Raises:
        DefinitionError: a limit that is no number of its sort.
    """

    drop: float = 0.5
    """A figure at or under this share of the same figure before has fallen: 'down 50 %', as the alert rule for use."""
    recovery: float = 0.75
    """Over this share a fall is over, so that figures around the half raise no sign again and again: our default."""
    rise: float = 1.5
    """A figure at or over this share of the same figure before has risen: half as much again, our default."""
    mail_least: int = 4
    """Fewer mails opened in 90 days say nothing when they halve: our default."""
    contact_least: int = 3
    """Who wrote so often in the 90 days before used to write: once a month, our default."""
    negative_sentiment: float = -0.3
    """At or under it a voice is negative, from -1 to 1: our default."""
    complaints: int = 1
    """So many complaints or negative voices in 30 days are a sign: one is, since most who leave say nothing."""
    detractor_score: int = 6
    """At or under it an answer to NPS is a detractor's, as NPS defines it."""
    promoter_score: int = 9
    """At or over it an answer to NPS is a promoter's, as NPS defines it."""
    promises_late: int = 1
    """So many promises past their day are a sign: one, as what was promised is kept without fail."""
    promises_broken: int = 1
    """So many broken promises in 90 days are a sign: one, for the same reason."""

    def __attrs_post_init__(self) -> None:
        for field in attrs.fields(type(self)):
            value = getattr(self, field.name)
            if type(field.default) is int and not (type(value) is int and 0 <= value <= 36_600):
                raise DefinitionError(_problem(self, field.name, value, "a whole number from 0 to 36,600"))
            if type(field.default) is float and not (type(value) in (int, float) and isfinite(value)):
                raise DefinitionError(_problem(self, field.name, value, "a finite number"))


def _problem(limits: CommonSigns, name: str, value: object, wanted: str) -> str:
    return f"{type(limits).__name__}({name}={value!r}): not {wanted}"


def fallen(change: str, now: str, before: str, least: int, limits: CommonSigns) -> tuple[str, str]:
    """What raises and what clears a sign that a figure fell against the same figure before.

    Nothing of it any more leaves nothing to compare with, and the sign stays; taking it up again clears it.

    Args:
        change: the fact that is now divided by before.
        now: the figure of the window.
        before: the figure of the window before.
        least: how much there must have been.
        limits: where a fall begins and ends.
    """
    return (
        f"{before} >= {least} and {change} <= {limits.drop}",
        f"{change} > {limits.recovery} or ({before} == 0 and {now} >= {least})",
    )


def any_of(names: Sequence[str]) -> str:
    """The condition that at least one of some signals is raised."""
    return " or ".join(f"signal_{name}" for name in names)


def shared_facts(limits: CommonSigns) -> dict[str, Declared]:
    """The facts behind the shared signs."""
    opened, sent, written = Count("mail_opened"), Count("mail_sent"), Count(("ticket_opened", "inquiry"))
    return {
        # What customers say. An answer of more than a year ago is nobody's word any more.
        "nps_score": Last("nps", of="score").stale_after(days=365),
        "csat_score": Last("csat", of="score").stale_after(days=365),
        "sentiment_365d": Mean("voice", of="sentiment").within(365),
        "negative_voices_30d": Count("voice", where=f"sentiment <= {limits.negative_sentiment}").within(30),
        "complaints_30d": Count("complaint").within(30),
        "complaints_open": Open("complaint", "complaint_answered", ref="complaint"),
        # Promises with a day, and what was expected against what came of it.
        "promises_overdue": Overdue("promise_made", ("promise_kept", "promise_broken"), ref="promise", due="due"),
        "promises_broken_90d": Count("promise_broken").within(90),
        "experience_gap": Paired(
            "expectation_stated", "experience_rated", ref="expectation", value="gap", statistic="last"
        ),
        # Contact: who wrote before, and who opens what is sent.
        "written_30d": written.within(30),
        "written_prev_90d": written.within(90, ago=30),
        "mails_opened_90d": opened.within(90),
        "mails_opened_prev_90d": opened.within(90, ago=90),
        "mails_sent_90d": sent.within(90),
        "mails_sent_prev_90d": sent.within(90, ago=90),
        "mail_opening_90d": Ratio("mails_opened_90d", "mails_sent_90d"),
        "mail_opening_prev_90d": Ratio("mails_opened_prev_90d", "mails_sent_prev_90d"),
        "mail_opening_change": Ratio("mail_opening_90d", "mail_opening_prev_90d"),
        "mails_opened_change": Ratio("mails_opened_90d", "mails_opened_prev_90d"),
        # Taking part, and speaking for the company.
        "events_attended_90d": Count("event_attended").within(90),
        "events_attended_365d": Count("event_attended").within(365),
        "advocacy_365d": Count(tuple(ADVOCACY)).within(365),
        # The first steps.
        "has_setup": Flag("setup_completed"),
        "has_quick_win": Flag("value_confirmed"),
    }


def voice_signals(limits: CommonSigns) -> tuple[Signal, ...]:
    """What customers say, and whether they would recommend."""
    return (
        Signal(
            "negative_voice",
            f"negative_voices_30d >= {limits.complaints} or complaints_30d >= {limits.complaints}",
            topic="voice",
            text="A complaint or a negative voice in the last 30 days",
            text_ja="過去30日間に苦情または否定的な声があった",
        ),
        Signal(
            "detractor",
            f"nps_score <= {limits.detractor_score}",
            topic="voice",
            text=f"Would not recommend: NPS {limits.detractor_score} or less",
            text_ja=f"NPSが{limits.detractor_score}以下の批判者である",
        ),
        Signal(
            "near_advocacy",
            f"nps_score >= {limits.promoter_score}",
            topic=LOYALTY,
            severity="info",
            stages=ADVOCATE,
            text=f"Would recommend, and is no advocate yet: NPS {limits.promoter_score} or more",
            text_ja=f"NPSが{limits.promoter_score}以上の推奨者で、まだアンバサダーではない",
        ),
        Signal(
            "event_attended",
            "events_attended_90d >= 1",
            topic=LOYALTY,
            severity="info",
            text="Attended an event in the last 90 days",
            text_ja="過去90日間にセミナーやイベントに参加した",
        ),
    )


def promise_signals(limits: CommonSigns) -> tuple[Signal, ...]:
    """Promises that were not kept, and expectations that were not met, or exceeded."""
    return (
        Signal(
            "promise_late",
            f"promises_overdue >= {limits.promises_late}",
            topic="promise",
            text="A promise is open past its day",
            text_ja="約束が期日を過ぎても果たされていない",
        ),
        Signal(
            "promise_broken",
            f"promises_broken_90d >= {limits.promises_broken}",
            topic="promise",
            text="A promise was broken in the last 90 days",
            text_ja="過去90日間に約束が破られた",
        ),
        Signal(
            "expectation_missed",
            "experience_gap < 0",
            topic="voice",
            text="The last experience fell short of what was expected",
            text_ja="直近の体験が期待を下回った",
        ),
        Signal(
            "expectation_exceeded",
            "experience_gap > 0",
            topic=LOYALTY,
            severity="info",
            text="The last experience exceeded what was expected",
            text_ja="直近の体験が期待を上回った",
        ),
    )


def contact_signals(limits: CommonSigns) -> tuple[Signal, ...]:
    """Contact that dries up."""
    by_rate = f"mail_opening_change <= {limits.drop}"
    by_count = f"mails_sent_prev_90d == 0 and mails_opened_change <= {limits.drop}"
    return (
        Signal(
            "contact_stopped",
            f"written_prev_90d >= {limits.contact_least} and written_30d == 0",
            topic=CHURN,
            text="Wrote regularly and not once in the last 30 days",
            text_ja="これまで活発だった問い合わせが30日間途絶えている",
        ),
        Signal(
            "mail_opens_fallen",
            # Who is sent fewer mails opens fewer: the rate counts, where the log has the mails that were sent.
            f"mails_opened_prev_90d >= {limits.mail_least} and ({by_rate} or ({by_count}))",
            clear=f"mail_opening_change > {limits.recovery} or (mails_sent_90d == 0 and"
            f" mails_opened_change > {limits.recovery})"
            f" or (mails_opened_prev_90d == 0 and mails_opened_90d >= {limits.mail_least})",
            topic=CHURN,
            severity="watch",
            text="Opens mails half as often as in the 90 days before",
            text_ja="メールの開封率がその前の90日間に比べて大きく下がった",
        ),
    )
