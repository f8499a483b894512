"""The functions of a host that carry plays out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

import attrs

from lifecycle.errors import InvalidArgument

from ._outcome import Retry
from ._playbook import Playbook
from ._signature import called, read_signature

HookFunction = TypeVar("HookFunction", bound=Callable[..., Any])


@runtime_checkable
class HasPlaybooks(Protocol):
    """Whatever has playbooks, such as a definition."""

    @property
    def playbooks(self) -> Iterable[Playbook]:
        """Its playbooks."""
        ...


Asked: TypeAlias = HasPlaybooks | Playbook | Iterable[Playbook]
"""A definition, a playbook or several."""


@attrs.frozen(eq=False)
class BoundHook:
    """A function that carries out one action."""

    action: str
    """Which."""
    function: Callable[..., Any]
    """The host's function."""
    passes: tuple[str, ...]
    """The keywords of the context that it is given."""
    is_async: bool
    """Whether it is awaited."""
    retry: Retry
    """How often it is given one play."""


@attrs.frozen
class HookCheck:
    """How the actions of playbooks and the hooks of a host fit together."""

    missing: tuple[tuple[str, tuple[str, ...]], ...]
    """Actions without a hook, by name, each with the playbooks that have it."""
    unused: tuple[str, ...]
    """Hooks that no action uses, by name."""

    @property
    def is_complete(self) -> bool:
        """Whether every action has its hook."""
        return not self.missing

    def __str__(self) -> str:
        lines = []
        for action, playbooks in self.missing:
            near = get_close_matches(action, self.unused, n=1)
            hint = f"; did you mean it with {near[0]!r}?" if near else f"; bind one with hooks.on({action!r})"
            lines.append(f"no hook for {action!r} ({', '.join(playbooks)}){hint}")
        lines += [f"no playbook has {action!r}; leave the hook out, or mend its name" for action in self.unused]
        return "\n".join(lines) or "every action has its hook"


@attrs.define(eq=False)
class Hooks:
    """A register of hooks: one function per action.

    A function is checked when it is bound. It is called with the play, and with those keywords of the context that its
    signature names: `now`, `attempt` (from 1), `key` and `record`; all of them, later ones too, where it takes
    `**keywords`.

    Raises:
        InvalidArgument: a field is of the wrong kind or out of range.

    >>> hooks = Hooks()
    >>> @hooks.on("send_email")
    ... def send_email(play, *, key):
    ...     print(key, play.param("first_name"))
    >>> hooks.actions
    ('send_email',)
    """

    retry: Retry = attrs.field(factory=Retry, kw_only=True)
    """How often a hook is given one play, where it was not bound with a rule of its own."""
    at_once: int = attrs.field(default=10, kw_only=True)
    """How many plays `dispatch_async` has under way at one time."""
    _bound: dict[str, BoundHook] = attrs.field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.retry, Retry):
            raise InvalidArgument(f"Hooks: retry={self.retry!r} is no Retry; give such as Retry(attempts=2)")
        if type(self.at_once) is not int or self.at_once < 1:
            raise InvalidArgument(f"Hooks: at_once={self.at_once!r} is not a whole number of 1 or more")

    def on(
        self, action: str, *, retry: Retry | None = None, replace: bool = False
    ) -> Callable[[HookFunction], HookFunction]:
        """What binds a function to an action; usable as a decorator, it gives the function back.

        Args:
            action: the name of the action.
            retry: how often it is given one play; None: as the register says.
            replace: whether it may take the place of another function.

        Raises:
            InvalidArgument: the action is no name, or retry no `Retry`. When a function is bound: it cannot be called
                as hooks are called, or the action has a hook already.
        """
        if type(action) is not str or not action.isidentifier():
            raise InvalidArgument(f"hooks.on: {action!r} is no name of an action, such as 'send_email'")
        if retry is not None and not isinstance(retry, Retry):
            raise InvalidArgument(f"hooks.on({action!r}): retry={retry!r} is no Retry; give such as Retry(attempts=2)")

        def bind(function: HookFunction) -> HookFunction:
            reading = read_signature(action, function)
            before = self._bound.get(action)
            if before is not None and not replace:
                raise InvalidArgument(
                    f"hook {action!r} is {called(before.function)} already; "
                    f"say hooks.on({action!r}, replace=True) if another is to take its place"
                )
            self._bound[action] = BoundHook(action, function, reading.passes, reading.is_async, retry or self.retry)
            return function

        return bind

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that have a hook, by name."""
        return tuple(sorted(self._bound))

    def of(self, action: str) -> BoundHook | None:
        """The hook of an action; None where it has none."""
        return self._bound.get(action)

    def missing(self, asked: Asked) -> tuple[str, ...]:
        """The actions of a definition, or of playbooks, that have no hook, by name.

        Raises:
            InvalidArgument: it is neither.
        """
        return tuple(action for action, _ in self.check(asked).missing)

    def check(self, asked: Asked) -> HookCheck:
        """The actions of a definition, or of playbooks, that have no hook, and the hooks that none of them uses.

        Raises:
            InvalidArgument: it is neither.
        """
        wanted: dict[str, dict[str, None]] = {}
        for playbook in _playbooks(asked):
            for action in playbook.actions:
                wanted.setdefault(action.name, {})[playbook.name] = None
        missing = sorted((action, tuple(books)) for action, books in wanted.items() if action not in self._bound)
        return HookCheck(tuple(missing), tuple(sorted(set(self._bound) - set(wanted))))


def _playbooks(asked: Asked) -> tuple[Playbook, ...]:
    if isinstance(asked, Playbook):
        return (asked,)
    found = asked.playbooks if isinstance(asked, HasPlaybooks) else asked
    if not isinstance(found, Iterable):
        raise InvalidArgument(f"hooks: {asked!r} has no playbooks; give a definition, or its playbooks")
    books = tuple(found)
    for one in books:
        if not isinstance(one, Playbook):
            raise InvalidArgument(f"hooks: {one!r} is no playbook; give a definition, or its playbooks")
    return books
