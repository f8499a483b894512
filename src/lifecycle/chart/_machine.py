"""The class from which a host derives its lifecycle."""

from __future__ import annotations

from statemachine import StateMachine


class CustomerMachine(StateMachine):
    """The stages and moves of a lifecycle: a python-statemachine class.

    An event that a stage has no answer to is no error, an error in a callback reaches the caller, and a
    stage may lack an exit. What can be compiled, and is reached, is checked by `compile_chart`.

    >>> from lifecycle.chart import CustomerMachine, role
    >>> class Gym(CustomerMachine):
    ...     trial, member, lapsed = role.prospect(initial=True), role.active(), role.lost()
    ...     joined = trial.to(member)
    ...     went_quiet = member.to(lapsed, cond="visits_30d == 0")
    ...     visit = lapsed.to(member)
    """

    allow_event_without_transition = True
    # compile_chart finds these with place and remedy, and inside compounds too.
    validate_trap_states = False
    validate_final_reachability = False
    validate_disconnected_states = False
