"""What becomes of the runs that could begin: their steps, their waits, their goals and exits, whatever policies say."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np

from lifecycle.model import DAY_US
from lifecycle.rules import BoolArray, Column
from lifecycle.signs import SEVERITIES

from ._beginnings import Beginnings
from ._clock import by_zone, next_clocks
from ._policy import ZONE
from ._program import Act, Await, BoundPlaybook, BoundTier, BoundWait, Jump
from ._scene import IndexArray, Int64Array, Moments, Scene


@attrs.frozen(eq=False)
class Entries:
    """Runs that could begin as far as the customer of that moment goes, whatever was before; shape (n,) each."""

    moments: Moments
    """When."""
    tier: IndexArray
    """The place of the tier."""
    occasion: IndexArray
    """The correlation key, as a code into `book`."""
    book: IndexArray
    """The texts behind the codes."""

    def __len__(self) -> int:
        return len(self.moments)

    def take(self, index: IndexArray) -> Entries:
        """Some of them."""
        return Entries(self.moments.take(index), self.tier[index], self.occasion[index], self.book)


def occasions(scene: Scene, book: BoundPlaybook, found: Beginnings) -> tuple[IndexArray, IndexArray]:
    """The correlation key that each beginning brings, as a code, and the texts behind the codes."""
    if book.playbook.key is None:
        return np.zeros(len(found), np.int64), np.array([""], object)
    codes, texts = scene.texts(book.playbook.key)
    return np.where(found.row >= 0, codes[found.row], 0), texts


def admitted(scene: Scene, book: BoundPlaybook, moments: Moments) -> IndexArray:
    """The tier that each customer gets at each moment, -1 where there is no entry whatever was before; shape (n,)."""
    points, n = scene.points(moments), len(moments)
    read, tier = scene.history.reader(points), np.full(n, -1, np.int64)
    may = np.ones(n, bool) if book.audience is None else book.audience.mask(read, n)
    if book.exit is not None:
        may &= ~scene.history.track(book.exit).at(scene.past, points)
    up: dict[int, BoolArray] = {}
    if any(bound.tier is not None and bound.tier.least_signals for bound in book.tiers):
        up = {number: scene.history.track(number).at(scene.past, points) for number, _ in book.signals}
    for place in reversed(range(len(book.tiers))):
        meets = may & (tier < 0) & _demands(book, book.tiers[place], up, n)
        condition = book.tiers[place].condition
        if condition is not None:
            meets &= condition.mask(read, n)
        tier[meets] = place
    return tier


def _demands(book: BoundPlaybook, bound: BoundTier, up: dict[int, BoolArray], n: int) -> BoolArray:
    """Where enough signals are up, one of them heavy enough; shape (n,)."""
    tier = bound.tier
    if tier is None or not tier.least_signals:
        return np.ones(n, bool)
    least = SEVERITIES.index(tier.severity)
    count, is_heavy = np.zeros(n, np.int64), np.zeros(n, bool)
    for number, severity in book.signals:
        count += up[number]
        is_heavy |= up[number] & (severity >= least)
    found: BoolArray = (count >= tier.least_signals) & is_heavy
    return found


# --- what becomes of them ---------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Courses:
    """What becomes of runs if nothing else begins; shape (n_entries,) each."""

    end: Moments
    """When no step is left, or the longest time is over."""
    exit: Moments
    """When they are to be left; `NEVER_US` where they are not."""
    goal: Moments
    """When the goal is reached; `NEVER_US` where it is not."""
    leave: Moments
    """The exit, or the goal where that ends runs."""
    acts: tuple[tuple[int, IndexArray, Moments], ...]
    """Number of an action, places of the entries, and when it is due for them."""

    @property
    def over(self) -> Moments:
        """When they are no longer open."""
        return self.end.earlier(self.leave)


def courses(scene: Scene, book: BoundPlaybook, entries: Entries) -> Courses:
    """The courses of runs, each as if it were the only one."""
    start = entries.moments
    never = Moments.never(start.customer)
    leave = never if book.exit is None else scene.next_turn(book.exit, start)
    if book.exit_kinds:
        leave = leave.earlier(_next_own(scene, book, book.exit_kinds, entries))
    goal, leaves = _goals(scene, book, entries), leave
    if book.playbook.goal is not None and book.playbook.goal.exits:
        leaves = leave.earlier(goal)
    walk = _Walk(scene, book, entries)
    for place in range(len(book.tiers)):
        walk.go(place, np.flatnonzero(entries.tier == place))
    return Courses(walk.end, leave, goal, leaves, tuple(walk.acts))


def _next_own(scene: Scene, book: BoundPlaybook, kinds: frozenset[str], entries: Entries) -> Moments:
    """The first touchpoint of some kinds after each entry; one that names a key concerns the runs of that key only."""
    rows, start = scene.rows_of(kinds), entries.moments
    if book.playbook.key is None:
        return scene.next_row(rows, start)
    codes = scene.texts(book.playbook.key)[0][rows]
    return scene.next_row(rows[codes == 0], start).earlier(_next_of(scene, rows, codes, start, entries.occasion))


def _goals(scene: Scene, book: BoundPlaybook, entries: Entries) -> Moments:
    """When the goal is first reached after the entry, in time."""
    start = entries.moments
    never = Moments.never(start.customer)
    if book.playbook.goal is None:
        return never
    goal = never if book.goal is None else scene.next_turn(book.goal, start)
    if book.goal_kinds:
        goal = goal.earlier(_next_own(scene, book, book.goal_kinds, entries))
    return goal.where(goal.at > start.at + book.playbook.goal.within_days * DAY_US, never)


class _Walk:
    """Runs on their way through the steps of their tiers; steps lead further down only, so each is passed once."""

    def __init__(self, scene: Scene, book: BoundPlaybook, entries: Entries) -> None:
        self.scene, self.book, self.entries = scene, book, entries
        start = entries.moments
        self.now = Moments(start.customer, start.at.copy(), start.stop.copy())
        self.limit = start.at + book.playbook.max_days * DAY_US
        self.end = Moments.never(start.customer)
        self.acts: list[tuple[int, IndexArray, Moments]] = []

    def go(self, tier: int, who: IndexArray) -> None:
        """Some runs through the steps of their tier."""
        ops = self.book.tiers[tier].ops
        at_op: dict[int, list[IndexArray]] = {0: [who]}
        for place, op in enumerate(ops):
            parts = [part for part in at_op.pop(place, []) if len(part)]
            if not parts:
                continue
            who = parts[0] if len(parts) == 1 else np.concatenate(parts)
            if isinstance(op, Jump):
                at_op.setdefault(op.to, []).append(who)
            elif isinstance(op, Act):
                at_op.setdefault(place + 1, []).append(self.act(op, who))
            elif isinstance(op, Await):
                came, others = self.wait(op, who)
                at_op.setdefault(place + 1, []).append(came)
                at_op.setdefault(op.otherwise, []).append(others)
            else:
                self.end.put(who, self.now.take(who))

    def move(self, who: IndexArray, at: Int64Array) -> IndexArray:
        """On to later instants; who reaches the longest time ends there. Those who do not."""
        at = np.minimum(at, self.limit[who])
        later = np.flatnonzero(at > self.now.at[who])
        moved = who[later]
        self.now.put(moved, self.scene.scheduled(self.now.customer[moved], at[later]))
        is_over = at >= self.limit[who]
        self.end.put(who[is_over], self.now.take(who[is_over]))
        return who[~is_over]

    def act(self, op: Act, who: IndexArray) -> IndexArray:
        """On to the instant at which an action is due; who gets there."""
        bound = self.scene.program.actions[op.action]
        at = self.now.at[who] + bound.action.delay_us
        if bound.minute is not None:
            at = self.clock(who, at, bound.minute)
        who = self.move(who, at)
        self.acts.append((op.action, who, self.now.take(who)))
        return who

    def clock(self, who: IndexArray, at: Int64Array, minute: int) -> Int64Array:
        """The next instants at which the customers' clocks show a time of day."""
        times = np.zeros(len(self.limit), np.int64)
        times[who] = at
        return by_zone(
            self.zones, who, self.scene.calendar.zone, lambda calendar, some: next_clocks(calendar, times[some], minute)
        )

    @cached_property
    def zones(self) -> Column:
        """The zones of the customers, as known at the entries."""
        return self.scene.history.reader(self.scene.points(self.entries.moments))(ZONE)

    def wait(self, op: Await, who: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Those for whom the touchpoint came in time, and those for whom it did not."""
        wait, now = self.book.waits[op.wait], self.now.take(who)
        match = self.matches(wait, who)
        is_before = ~now.is_before(match)
        deadline = np.minimum(now.at + op.days_us, self.limit[who])
        is_in_time = ~is_before & (match.at < deadline)
        self.now.put(who[is_in_time], match.take(is_in_time))
        late = ~(is_before | is_in_time)
        return who[~late], self.move(who[late], deadline[late])

    def matches(self, wait: BoundWait, who: IndexArray) -> Moments:
        """The first touchpoint after the entry that answers a wait."""
        scene, start = self.scene, self.entries.moments.take(who)
        rows = scene.rows_of(wait.kinds, wait.where)
        if wait.match is None:
            return scene.next_row(rows, start)
        codes, book = scene.texts(wait.match)
        mine = self.entries.occasion[who]
        if wait.match != self.book.playbook.key:
            known = {text: code for code, text in enumerate(book)}
            distinct, place = np.unique(mine, return_inverse=True)
            same = [known.get(self.entries.book[code], -1) for code in distinct.tolist()]
            mine = np.array(same, np.int64)[place] if len(same) else mine
        return _next_of(scene, rows, codes[rows], start, mine)


def _next_of(scene: Scene, rows: IndexArray, codes: IndexArray, after: Moments, code: IndexArray) -> Moments:
    """The first of some rows after some moments that has a code; `NEVER_US` where none has."""
    n_codes = max(int(codes.max(initial=0)), int(code.max(initial=0))) + 2
    pairs = scene.rows.customer[rows].astype(np.int64) * n_codes + codes
    order = np.argsort(pairs, kind="stable")
    wanted = after.customer.astype(np.int64) * n_codes + np.where(code < 0, n_codes - 1, code)
    group = np.unique(np.concatenate([pairs[order], wanted]), return_inverse=True)[1]
    size = len(scene.rows) + 1
    keys = group[: len(rows)] * size + rows[order]
    place = np.searchsorted(keys, group[len(rows) :] * size + after.stop)
    found = np.minimum(place, max(len(keys) - 1, 0))
    if not len(keys):
        return Moments.never(after.customer)
    has = (place < len(keys)) & (group[: len(rows)][found] == group[len(rows) :])
    moments, never = scene.of_rows(rows[order][found]), Moments.never(after.customer)
    return never.where(has, Moments(after.customer, moments.at, moments.stop))
