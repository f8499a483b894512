"""Whether a function can be a hook, and what it is to be given."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

import attrs

from lifecycle.errors import InvalidArgument

HOOK_CONTEXT: Final[tuple[str, ...]] = ("attempt", "key", "now", "record")
"""The keywords that a hook may ask for, by naming them as parameters; a later version may offer more."""
CALLED: Final = f"hook(play, *, {', '.join(HOOK_CONTEXT)})"
_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_NAMED: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@attrs.frozen
class Reading:
    """What a function's signature says."""

    passes: tuple[str, ...]
    """The keywords of the context that it is given."""
    is_async: bool
    """Whether it is awaited."""


def read_signature(action: str, function: Callable[..., Any]) -> Reading:
    """What a hook is to be given.

    Raises:
        InvalidArgument: it cannot be called as hooks are called; the message holds both signatures.
    """
    if not callable(function):
        raise InvalidArgument(f"hook {action!r}: {function!r} cannot be called; give a function of a play")
    if _is(inspect.isgeneratorfunction, function) or _is(inspect.isasyncgenfunction, function):
        raise InvalidArgument(f"hook {action!r}: {called(function)} yields, so it would never run; return instead")
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        message = f"hook {action!r}: {function!r} has no signature that can be read; wrap it in a function of a play"
        raise InvalidArgument(message) from error
    first = found[0] if found else None
    if first is None or first.kind not in (*_POSITIONAL, inspect.Parameter.VAR_POSITIONAL):
        raise _refused(action, function, "it cannot take the play as its first argument")
    rest = found[1:]
    demanded = [one for one in rest if one.default is inspect.Parameter.empty and one.kind in (*_POSITIONAL, *_NAMED)]
    unmet = [one.name for one in demanded if one.kind not in _NAMED or one.name not in HOOK_CONTEXT]
    if unmet:
        what = " and ".join(map(repr, unmet))
        raise _refused(action, function, f"it demands {what}: give a default, or bind it with functools.partial")
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in rest):
        # A first parameter of that name holds the play already.
        passes = [name for name in HOOK_CONTEXT if first.kind not in _NAMED or name != first.name]
        passes = [name for name in passes if name not in _positional_only(rest)]
    else:
        named = {one.name for one in rest if one.kind in _NAMED}
        passes = [name for name in HOOK_CONTEXT if name in named]
    return Reading(tuple(passes), _is(inspect.iscoroutinefunction, function))


def called(function: Callable[..., Any]) -> str:
    """A function as it is written: its name and signature, without types."""
    whole = getattr(function, "func", function)
    name = getattr(whole, "__qualname__", type(whole).__qualname__)
    module = getattr(whole, "__module__", "")
    signature = inspect.signature(function)
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    shown = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f"{module}.{name}{shown}".lstrip(".")


def _positional_only(rest: list[inspect.Parameter]) -> set[str]:
    return {one.name for one in rest if one.kind is inspect.Parameter.POSITIONAL_ONLY}


def _is(test: Callable[[Any], bool], function: Any) -> bool:
    """Whether a test holds for a function, or for the `__call__` of an object."""
    return test(function) or (not inspect.isroutine(function) and test(getattr(function, "__call__", None)))  # noqa: B004


def _refused(action: str, function: Callable[..., Any], why: str) -> InvalidArgument:
    return InvalidArgument(f"hook {action!r}: {called(function)} is not of use: {why}; a hook is called as {CALLED}")
