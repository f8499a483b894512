"""Who brought whom: referrals by name and by code, chains of them, and what is due to both sides."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.rules import texts

from ._cut import Cut
from ._rows import Touched
from ._whereabouts import first_active

Int64 = npt.NDArray[np.int64]
REFERRAL: Final = "referral"
"""The kind of touchpoint on who refers; also the source of who was referred."""
_WORDS: Final = ("referrer", "code", "referred")
"""How a claim is made, the strongest first: by the `welcomed` of who came, with a name or a code; by a referral."""
_SELF, _CYCLE, _AGAIN, _OPEN, _FINE = "self", "cycle", "already referred", "not come yet", ""


@attrs.frozen(eq=False)
class Claims:
    """Who is said to have brought whom; shape (n_claims,) each."""

    referrer: Int64
    """The one who refers: a place in the log."""
    referred: Int64
    """The one who was referred: a place in the log, -1 for who is not there."""
    name: npt.NDArray[Any]
    """The id of who was referred, as text."""
    at_us: Int64
    """When it was said, in microseconds since 1970-01-01 UTC."""
    word: Int64
    """How: a place in `_WORDS`; the lowest is the strongest."""


@attrs.frozen(eq=False)
class ReferralTree:
    """Who brought whom, as of the end of a period; each customer has one referrer at most.

    Of several claims for one customer the strongest counts (the referrer that `welcomed` names, then its code, then
    what a referral says), of these the earliest. Who refers themselves, and the latest claim of a cycle, are refused,
    and shown as such.
    """

    cut: Cut
    """The period; everything strictly before its end has happened."""
    kind: str = REFERRAL
    """The kind of touchpoint on who refers."""

    @cached_property
    def _claims(self) -> Claims:
        return _claims(self.cut, self.kind)

    @cached_property
    def _verdicts(self) -> npt.NDArray[Any]:
        """What each claim is: one of the words of `problem`; shape (n_claims,)."""
        claims = self._claims
        verdict = np.full(len(claims.referred), _AGAIN, object)
        here = np.flatnonzero((claims.referred >= 0) & (claims.referred != claims.referrer))
        # The strongest claim of each, then the earliest; of one instant that of the first referrer.
        order = here[np.lexsort((claims.referrer[here], claims.at_us[here], claims.word[here], claims.referred[here]))]
        wins = order[np.diff(claims.referred[order], prepend=-1) != 0]
        verdict[wins] = _FINE
        verdict[claims.referred == claims.referrer] = _SELF
        verdict[claims.referred < 0] = _OPEN
        parent, said = np.full(self.cut.n_customers, -1), np.full(self.cut.n_customers, -1)
        parent[claims.referred[wins]], said[claims.referred[wins]] = claims.referrer[wins], wins
        for members in _cycles(parent):
            latest = members[np.lexsort((members, claims.at_us[said[members]]))[-1]]
            verdict[said[latest]] = _CYCLE
        return verdict

    @cached_property
    def referrer(self) -> Int64:
        """Who brought each customer: a place in the log, -1 for nobody; shape (n_customers,)."""
        found = np.full(self.cut.n_customers, -1)
        fine = self._verdicts == _FINE
        found[self._claims.referred[fine]] = self._claims.referrer[fine]
        return found

    @cached_property
    def depth(self) -> Int64:
        """How many referrals lead to each customer, 0 for who came by themselves; shape (n_customers,)."""
        depth, ancestor = (self.referrer >= 0).astype(np.int64), self.referrer.copy()
        while (ancestor >= 0).any():
            below = np.flatnonzero(ancestor >= 0)
            depth[below] += depth[ancestor[below]]
            ancestor[below] = ancestor[ancestor[below]]
        return depth

    @cached_property
    def brought(self) -> Int64:
        """How many each customer brought; shape (n_customers,)."""
        found: Int64 = np.bincount(self.referrer[self.referrer >= 0], minlength=self.cut.n_customers).astype(np.int64)
        return found

    @property
    def chains(self) -> Int64:
        """The lengths of the chains: the depth of who was brought and brought nobody; shape (n_chains,)."""
        found: Int64 = self.depth[(self.depth > 0) & (self.brought == 0)]
        return found

    def table(self) -> Table:
        """Every claim, by referrer and time.

        Returns:
            `referrer`, `referred` (ids), `at` (when it was said), `by` ('referrer' or 'code' in the words of who came,
            'referred' in those of the referral), `problem`: '' where it counts, else 'self', 'cycle', 'already
            referred', or 'not come yet' for an id that is not in the log.
        """
        claims, ids = self._claims, self.cut.record.log.ids
        order = np.lexsort((claims.word, claims.at_us, claims.referrer))
        columns: dict[str, npt.NDArray[Any]] = {
            "referrer": ids(claims.referrer[order]),
            "referred": claims.name[order],
            "at": claims.at_us[order].view("M8[us]"),
            "by": np.array(_WORDS, object)[claims.word[order]],
            "problem": self._verdicts[order],
        }
        return Table(columns, title="who brought whom")

    def rewards(self) -> Table:
        """What is due to both sides, in the period in which who was referred becomes a customer: rows to play.

        Returns:
            `customer`, `role` ('referrer' or 'referred'), `other` (the one on the other side), `due` (when who was
            referred was first active), and `key`, the same whenever it is asked, so that nothing is given twice.
        """
        first = first_active(self.cut.record)
        due = (self.referrer >= 0) & (first >= self.cut.start_us) & (first < self.cut.end_us)
        new = np.flatnonzero(due)
        new = new[np.argsort(first[new], kind="stable")]
        ids = self.cut.record.log.ids
        referrer, referred = ids(self.referrer[new]), ids(new)
        keys = [f"referral/{who}" for who in referred.tolist()]
        sides = (("referrer", referrer, referred), ("referred", referred, referrer))
        columns: dict[str, npt.NDArray[Any]] = {
            "customer": np.stack([mine for _, mine, _ in sides], axis=1).ravel(),
            "role": np.array([role for role, *_ in sides] * len(new), object),
            "other": np.stack([other for *_, other in sides], axis=1).ravel(),
            "due": np.repeat(first[new], 2).view("M8[us]"),
            "key": np.array([f"{key}/{role}" for key in keys for role, *_ in sides], object),
        }
        return Table(columns, title="rewards due")


def referral_tree(cut: Cut, *, kind: str = REFERRAL) -> ReferralTree:
    """Who brought whom, as of the end of a period.

    A referral is a touchpoint of the referrer, with the id of who is brought as `referred`, or a `code` to pass on. Who
    comes is `welcomed` with `referrer` (an id) or with the `code`; a code belongs to the first referral that shows it.
    Ids that the log does not have, of referrers, are passed over; of the referred they are invitations still open.
    """
    return ReferralTree(cut, kind)


def _claims(cut: Cut, kind: str) -> Claims:
    """All claims until the end of the period."""
    made, came = cut.history(kind), cut.history("welcomed").first
    places = {id: code for code, id in enumerate(cut.record.log.ids().tolist())}
    began = cut.at_end.begun
    by_code = _owners(made)
    named, coded, told = _texts(came, "referrer"), _texts(came, "code"), _texts(made, "referred")

    def here(id: str | None) -> int:
        code = -1 if id is None else places.get(id, -1)
        return code if code >= 0 and began[code] else -1

    rows: list[tuple[int, int, str, int, int]] = []
    ids, coming, came_at = cut.record.log.ids(came.customer).tolist(), came.customer.tolist(), came.at.tolist()
    for place, (referrer, code) in enumerate(zip(named, coded, strict=True)):
        for word, claimed in enumerate((here(referrer), by_code.get(code, -1) if code else -1)):
            if claimed >= 0:
                rows.append((claimed, coming[place], ids[place], came_at[place], word))
    for who, at, referred in zip(made.customer.tolist(), made.at.tolist(), told, strict=True):
        if referred:
            rows.append((who, here(referred), referred, at, 2))
    referrers, referreds, names, at, words = zip(*rows, strict=True) if rows else ((),) * 5
    referrer_at, referred_at, at_us, word_at = (np.array(part, np.int64) for part in (referrers, referreds, at, words))
    return Claims(referrer_at, referred_at, np.array(names, object), at_us, word_at)


def _texts(touched: Touched, name: str) -> list[str | None]:
    codes, book = texts(touched.rows, name, touched.index)
    found: list[str | None] = np.array([*book, None], object)[codes].tolist()
    return found


def _owners(made: Touched) -> dict[str | None, int]:
    """Whose each code is: of who first showed it."""
    found: dict[str | None, int] = {}
    codes, who = _texts(made, "code"), made.customer.tolist()
    for place in np.argsort(made.at, kind="stable").tolist():
        if codes[place]:
            found.setdefault(codes[place], who[place])
    return found


def _cycles(parent: Int64) -> list[Int64]:
    """The members of each cycle; parent[i] is -1 for none.

    After as many steps as there are customers, who still has an ancestor leads into a cycle; where they then are, are
    its members.
    """
    ancestor = parent.copy()
    for _ in range(len(parent).bit_length()):
        below = np.flatnonzero(ancestor >= 0)
        if not len(below):
            return []
        ancestor[below] = ancestor[ancestor[below]]
    members, found = set(ancestor[ancestor >= 0].tolist()), []
    while members:
        cycle = [members.pop()]
        while int(parent[cycle[-1]]) != cycle[0]:
            cycle.append(int(parent[cycle[-1]]))
        members -= set(cycle)
        found.append(np.array(sorted(cycle), np.int64))
    return found
