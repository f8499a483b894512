"""A lifecycle definition: data that runs live and in columns."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from attrs.validators import instance_of, optional

from lifecycle.chart import CustomerMachine, Timer, compile_chart, machine_at, machine_variant, mermaid
from lifecycle.engine import (
    BOOKKEEPING,
    Program,
    Step,
    advance,
    begin,
    check_dates,
    pass_time,
    reader_of,
    timer_facts,
)
from lifecycle.errors import DefinitionError, LifecycleWarning
from lifecycle.model import Calendar, Customer, Stage, Touchpoint, moment_us
from lifecycle.playbooks import (
    Playbook,
    PlaybookProgram,
    Policy,
    advance_playbooks,
    begin_playbooks,
    compile_playbooks,
    hidden_facts,
    pass_playbooks,
    playbook_facts,
    watched_conditions,
)
from lifecycle.rules import Declared as DeclaredFact
from lifecycle.rules import bind_facts
from lifecycle.signs import (
    Blueprint,
    Declared,
    Health,
    Loyalty,
    Segment,
    Signal,
    SignProgram,
    advance_signs,
    begin_signs,
    compile_signs,
    pass_signs,
    sign_facts,
)

from . import _taken as taken
from ._asked import Asked
from ._check import check
from ._check_plans import Hooked
from ._check_playbooks import playbook_findings, refusals
from ._diff import Change, differences
from ._finding import Finding, Setup
from ._identity import canonical, digest_of
from ._kinds import amount_problems, context_of, event_problems
from ._playbook_setup import PlaybookSetup


@attrs.frozen(eq=False)
class Definition(Asked):
    """Stages, moves, facts and timers with a name and a version; it decides where every customer stands.

    Raises:
        DefinitionError: whatever cannot be run, all problems together, each with place and remedy.
    """

    machine_class: type[CustomerMachine]
    """The python-statemachine class with stages and moves."""
    name: str = attrs.field(kw_only=True, validator=instance_of(str))
    """What the lifecycle is called."""
    version: str = attrs.field(kw_only=True, default="1", validator=instance_of(str))
    """Its version."""
    zone: str = attrs.field(kw_only=True, default="UTC", validator=instance_of(str))
    """The IANA time zone of its calendar."""
    currency: str | None = attrs.field(kw_only=True, default=None, validator=optional(instance_of(str)))
    """The currency of all its amounts; needed where a fact reads amounts."""
    events: Mapping[str, Sequence[str] | str] = attrs.field(kw_only=True, factory=dict, converter=taken.kinds_by_event)
    """Event → the kinds of touchpoints that raise it; a kind that equals an event needs no entry (S1)."""
    facts: Mapping[str, DeclaredFact] = attrs.field(kw_only=True, factory=dict, converter=taken.frozen_mapping)
    """The facts that conditions read, by name."""
    timers: Sequence[Timer] = attrs.field(kw_only=True, default=(), converter=taken.timers)
    """The events that time raises."""
    passive: Sequence[str] = attrs.field(kw_only=True, default=(), converter=taken.kinds)
    """Kinds that are no sign of life, such as a mail that was sent; bookkeeping kinds never are."""
    signals: Sequence[Signal] = attrs.field(kw_only=True, default=(), converter=taken.signals)
    """Named conditions that are raised and cleared."""
    segments: Sequence[Segment] = attrs.field(kw_only=True, default=(), converter=taken.segments)
    """Named conditions that say who belongs together."""
    health: Health | None = attrs.field(kw_only=True, default=None, validator=optional(instance_of(Health)))
    """How it goes with a customer, from 0 to 100."""
    blueprints: Sequence[Blueprint] = attrs.field(kw_only=True, default=(), converter=taken.blueprints)
    """Milestones on the way."""
    loyalty: Loyalty | None = attrs.field(kw_only=True, default=None, validator=optional(instance_of(Loyalty)))
    """Why the retained stay."""
    playbooks: Sequence[Playbook] = attrs.field(kw_only=True, default=(), converter=taken.playbooks)
    """What to do when."""
    policies: Sequence[Policy] = attrs.field(kw_only=True, default=(), converter=taken.policies)
    """What may hold a play back, in the order in which it is asked."""
    program: Program = attrs.field(init=False, repr=False)
    """The definition compiled; for the engines."""
    signs: SignProgram | None = attrs.field(init=False, repr=False)
    """Its signs compiled; None where it has none."""
    plan: PlaybookProgram | None = attrs.field(init=False, repr=False)
    """Its playbooks compiled; None where it has none."""
    _variant: type[CustomerMachine] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        context = context_of(self.events, self.currency)
        check_dates(self.timers, self.facts)
        declared = self._declared()
        known = {**self.facts, **playbook_facts(self.playbooks, self.facts)}
        hidden = {
            **timer_facts(self.timers),
            **sign_facts(declared, known, context),
            **hidden_facts(self.playbooks, self.policies),
        }
        facts = bind_facts(known, context, hidden=hidden)
        chart = compile_chart(self.machine_class, facts, self.timers)
        if problems := [
            *event_problems(self.events, self.timers, chart, facts),
            *amount_problems(self.facts, self.currency),
        ]:
            raise DefinitionError(problems)
        passive = frozenset(context.key(kind) for kind in self.passive) | BOOKKEEPING
        digest = digest_of(canonical(self, chart))
        program = Program(digest, chart, facts, context, Calendar(self.zone), passive)
        object.__setattr__(self, "program", program)
        signs = compile_signs(declared, program) if declared or self.playbooks else None
        object.__setattr__(self, "signs", signs)
        object.__setattr__(self, "plan", self._compiled_playbooks(signs))
        if refused := refusals(self._playbook_setup()):
            raise DefinitionError([str(finding) for finding in refused])
        # Built now: a class derived later from the host's would change the host's (python-statemachine shares states).
        object.__setattr__(self, "_variant", machine_variant(self.machine_class, facts))

    def _declared(self) -> Declared:
        return Declared(
            tuple(self.signals), tuple(self.segments), self.health, tuple(self.blueprints), self.loyalty,
            watched_conditions(self.playbooks),
        )  # fmt: skip

    def _compiled_playbooks(self, signs: SignProgram | None) -> PlaybookProgram | None:
        if not self.playbooks or signs is None:
            return None
        return compile_playbooks(self.playbooks, self.policies, signs, salt=self.name)

    def _playbook_setup(self) -> PlaybookSetup:
        return PlaybookSetup(
            self.playbooks, self.policies, self.plan, self.signals, self.program.facts, self.program.chart.stages
        )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in document order."""
        return self.program.chart.stages

    @property
    def digest(self) -> str:
        """The identity: SHA-256 of the canonical JSON, plain functions by qualified name (S16)."""
        return self.program.digest

    def to_dict(self) -> dict[str, Any]:
        """The canonical form behind the digest, in JSON values."""
        return canonical(self, self.program.chart)

    def check(self, hooks: Hooked | None = None) -> tuple[Finding, ...]:
        """What stands but deserves care, each with place, remedy, severity and how certain it is.

        Args:
            hooks: the host's hooks, or the names of the actions that have one: actions without are found; None: hooks
                are not looked at.
        """
        answered = {name for book in self.playbooks for one in book.on if one.sort == "raised" for name in one.names}
        found = check(Setup(self.program, self.facts, self._declared(), self.signs, frozenset(answered)))
        return tuple(dict.fromkeys((*found, *playbook_findings(self._playbook_setup(), hooks))))

    def diff(self, later: Definition) -> tuple[Change, ...]:
        """What a later version says differently, line by line; nothing where both have one digest."""
        return differences(self.to_dict(), later.to_dict())

    def mermaid(self) -> str:
        """The lifecycle as a Mermaid state diagram."""
        return mermaid(self.program.chart)

    def welcome(
        self,
        id: str | int,
        at: datetime,
        *,
        source: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Customer:
        """A new customer: folds a `welcomed` touchpoint (S6).

        Args:
            id: who.
            at: when, aware.
            source: where the customer came from; the attribute `source`.
            attributes: campaign, plan, owner, discount, renewal date and so on.

        Raises:
            InvalidTouchpoint: a value is refused.

        Warns:
            LifecycleWarning: playbooks decided plays at once, which only the step of `begin` gives.
        """
        known: Any = {} if attributes is None else attributes
        if source is not None and isinstance(known, Mapping):
            known = {**known, "source": source}
        step = self.begin(Touchpoint(id, "welcomed", at, attributes=known))
        if step.plays:
            warnings.warn(
                f"{self.name}: welcome gives the customer only, and {len(step.plays)} plays were decided at once; "
                "use begin(Touchpoint(id, 'welcomed', at, attributes={…})), whose step has them",
                LifecycleWarning,
                stacklevel=2,
            )
        return step.customer

    def begin(self, touchpoint: Touchpoint) -> Step:
        """A new customer who begins with any touchpoint.

        Raises:
            CurrencyMismatch: its amount is in another currency than the definition's.
        """
        if self.plan is not None:
            return begin_playbooks(self.plan, touchpoint)
        return begin(self.program, touchpoint) if self.signs is None else begin_signs(self.signs, touchpoint)

    def advance(self, customer: Customer, touchpoint: Touchpoint) -> Step:
        """The customer after a touchpoint, and after every timer that was due before it.

        Raises:
            LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
            InvalidTouchpoint: it belongs to another customer, or sets an unknown stage.
            CurrencyMismatch: its amount is in another currency than the definition's.
            DefinitionMismatch: the customer was made by another definition.
        """
        if self.plan is not None:
            return advance_playbooks(self.plan, customer, touchpoint)
        if self.signs is None:
            return advance(self.program, customer, touchpoint)
        return advance_signs(self.signs, customer, touchpoint)

    def pass_time(self, customer: Customer, now: datetime) -> Step:
        """The customer after every timer due by `now`, inclusive; however often it is called, the result is the same.

        Raises:
            InvalidArgument: `now` is not aware.
            DefinitionMismatch: the customer was made by another definition.
        """
        now_us = moment_us(now, "now")
        if self.plan is not None:
            return pass_playbooks(self.plan, customer, now_us)
        return (
            pass_time(self.program, customer, now_us)
            if self.signs is None
            else pass_signs(self.signs, customer, now_us)
        )

    def machine(self, customer: Customer) -> CustomerMachine:
        """A live python-statemachine at the customer's stage, with the host's own callbacks and listeners.

        Its guards read the customer's facts as of its last touchpoint or due day. Sending it events does not change
        the customer; `advance` does.
        """
        return machine_at(self._variant, customer.stage.id, reader_of(self.program, customer))
