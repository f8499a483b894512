"""The slow twin of points and tiers: one customer, one event after another."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from lifecycle.kpi import Earning, LoyaltyProgramme
from lifecycle.model import Calendar

Row: TypeAlias = tuple[int, str, int]
"""Microseconds since 1970, 'buy' or 'redeem', minor units or points; in order of the log."""
NEVER = 10**18


def points_of(rows: list[Row], programme: LoyaltyProgramme, end_us: int, calendar: Calendar) -> dict[str, int]:
    """What is pending, active, expired, redeemed and refused just before an instant."""
    found = dict.fromkeys(("earned", "pending", "active", "expired", "redeemed", "refused"), 0)
    purse: list[tuple[int, int]] = []  # until when, how many: the first one goes first
    for us, _, what, value, lasts_until in sorted(_events(rows, programme, end_us, calendar), key=lambda one: one[:2]):
        gone = sum(left for until, left in purse if until <= us)
        found["expired"] += gone
        purse = [(until, left) for until, left in purse if until > us]
        if what == "active":
            purse.append((lasts_until, value))
        wanted = value if what == "redeem" else 0
        for place, (until, left) in enumerate(purse):
            taken = min(wanted, left)
            purse[place], wanted = (until, left - taken), wanted - taken
            found["redeemed"] += taken
        found["refused"] += wanted
    found["expired"] += sum(left for until, left in purse if until < end_us)
    found["active"] = sum(left for until, left in purse if until >= end_us)
    found["earned"] = sum(_earned(row, rule) for rule in programme.earnings for row in rows if row[0] < end_us)
    found["pending"] = sum(points for us, points in lots_of(rows, programme, calendar, end_us) if us >= end_us)
    return found


def _earned(row: Row, rule: Earning) -> int:
    assert rule.per_amount is not None
    return max(row[2], 0) // int(rule.per_amount * 100) * rule.points if row[1] == "buy" else 0


def lots_of(rows: list[Row], programme: LoyaltyProgramme, calendar: Calendar, end_us: int) -> list[tuple[int, int]]:
    """When points become active, and how many."""
    found = []
    for row in rows:
        for rule in programme.earnings:
            wait = rule.pending_days
            us = calendar.start_of(calendar.day_of(row[0]) + wait) if wait else row[0]
            if _earned(row, rule) and row[0] < end_us:
                found.append((us, _earned(row, rule)))
    return sorted(found, key=lambda lot: lot[0])


def _events(
    rows: list[Row], programme: LoyaltyProgramme, end_us: int, calendar: Calendar
) -> list[tuple[int, int, str, int, int]]:
    """Instant, midnight or row, what, how many, until when."""
    found = []
    for number, row in enumerate(rows):
        if row[1] == "redeem" and row[0] < end_us:
            found.append((row[0], number, "redeem", row[2], 0))
        for rule in programme.earnings:
            day = calendar.day_of(row[0]) + rule.pending_days
            at = (calendar.start_of(day), -1) if rule.pending_days else (row[0], number)
            until = NEVER if programme.expires_days is None else calendar.start_of(day + programme.expires_days)
            if _earned(row, rule) and at[0] < end_us:
                found.append((*at, "active", _earned(row, rule), until))
    return found


class SlowTiers:
    """The tiers of one customer, asked instant by instant."""

    def __init__(self, rows: list[Row], programme: LoyaltyProgramme, end_us: int, calendar: Calendar) -> None:
        self.programme, self.calendar, self.end_us = programme, calendar, end_us
        self.lots = [lot for lot in lots_of(rows, programme, calendar, end_us) if lot[0] < end_us]

    def window(self, today: int, until_us: int, days: int) -> int:
        """The points of some days until an instant, it included."""
        first = today - days + 1
        return sum(n for us, n in self.lots if us <= until_us and first <= self.calendar.day_of(us) <= today)

    def tier_at(self, us: int) -> int:
        """The tier just after an instant."""
        best, calendar, programme = 0, self.calendar, self.programme
        for place, tier in enumerate(programme.tiers):
            if self.window(calendar.day_of(us), us, programme.window_days) >= tier.points:
                best = place
            for number, (at, _) in enumerate(self.lots):
                day = calendar.day_of(at)
                # Of one instant all lots before it in order, and itself.
                mine = self.lots[: number + 1]
                sum_then = sum(n for us, n in mine if calendar.day_of(us) > day - programme.window_days)
                if at <= us < calendar.start_of(day + programme.hold_days) and sum_then >= tier.points:
                    best = max(best, place)
        return best

    @property
    def tier(self) -> int:
        """The tier at the end."""
        return self.tier_at(self.end_us - 1)

    def since(self) -> int | None:
        """When the present tier was taken up; None where it was always the base."""
        if not self.lots:
            return None
        first, last = (self.calendar.day_of(us) for us in (self.lots[0][0], self.end_us - 1))
        instants = sorted({us for us, _ in self.lots} | {self.calendar.start_of(day) for day in range(first, last + 1)})
        instants = [us for us in instants if us < self.end_us]
        changes = [us for before, us in pairwise(instants) if self.tier_at(us) != self.tier_at(before)]
        return changes[-1] if changes else instants[0] if self.tier_at(instants[0]) else None

    def until(self) -> int | None:
        """When it ends if nothing more is earned; None for the base tier."""
        tier, day = self.tier, self.calendar.day_of(self.end_us - 1)
        while tier:
            day += 1
            if self.tier_at(self.calendar.start_of(day)) != tier:
                return self.calendar.start_of(day)
        return None

    def days_to_next(self) -> int | None:
        """In how many days the next tier is reached, day by day."""
        programme, today = self.programme, self.calendar.day_of(self.end_us - 1)
        if self.tier == len(programme.tiers) - 1:
            return None
        pace = Fraction(self.window(today, self.end_us, programme.pace_days), programme.pace_days)
        for days in range(programme.window_days + 1):
            left = self.window(today + days, self.end_us, programme.window_days)
            if pace and left + pace * days >= programme.tiers[self.tier + 1].points:
                return days
        return None
