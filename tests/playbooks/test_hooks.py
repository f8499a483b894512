"""Hooks: what can be bound, with which words it is refused, and what is missing."""

from __future__ import annotations

import functools
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import attrs
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.model import Play
from lifecycle.playbooks import HOOK_CONTEXT, Action, Hooks, Playbook, Retry, Stop, Tier, Wait, dispatch, entered
from tests.playbooks.making import NOW, play, playbook, states

pytestmark = pytest.mark.smoke


class Sender:
    """An object whose methods are hooks."""

    def send(self, play: Play, *, key: str) -> None:
        """A method."""

    def __call__(self, play: Play, now: object = None) -> None:
        """The object itself."""

    @staticmethod
    def post(play: Play, /) -> None:
        """A static method."""


class AsyncSender:
    """An object that is awaited when it is called."""

    async def __call__(self, play: Play) -> None:
        """The object itself."""


def with_all(play: Play, **context: object) -> None:
    """Takes whatever there is."""


def with_some(play: Play, attempt: int, *, record: object, tenant: str = "me") -> None:
    """Takes some, and has a parameter of its own."""


def with_address(play: Play, address: str, *, now: object) -> None:
    """Takes an address first, which is bound by the host."""


async def with_await(play: Play, *, key: str) -> None:
    """Is awaited."""


@pytest.mark.parametrize(
    ("function", "passes", "is_async"),
    [
        (lambda play: None, (), False),
        (with_all, HOOK_CONTEXT, False),
        (lambda key, **rest: None, ("attempt", "now", "record"), False),
        (lambda key, /, **rest: None, HOOK_CONTEXT, False),
        (lambda play, key="", /, **rest: None, ("attempt", "now", "record"), False),
        (lambda *everything: None, (), False),
        (with_some, ("attempt", "record"), False),
        (functools.partial(with_address, address="me"), ("now",), False),
        (Sender().send, ("key",), False),
        (Sender(), ("now",), False),
        (Sender.post, (), False),
        (with_await, ("key",), True),
        (functools.partial(with_await, key="mine"), ("key",), True),
        (AsyncSender(), (), True),
        (dict[str, object]().get, (), False),
    ],
)
def test_a_hook_is_given_what_its_signature_names(
    function: Callable[..., Any], passes: tuple[str, ...], is_async: bool
) -> None:
    """Functions, methods, objects and partials are bound, each with the keywords that it takes."""
    hooks = Hooks()
    assert hooks.on("call")(function) is function
    bound = hooks.of("call")
    assert bound is not None
    assert (bound.passes, bound.is_async, bound.retry) == (passes, is_async, hooks.retry)


@pytest.mark.parametrize(
    "function",
    [
        lambda play: None,
        with_all,
        lambda key, **rest: None,
        lambda key, /, **rest: None,
        lambda play, key="", /, **rest: None,
        lambda *everything: None,
        lambda play, attempt, now, *, record, key: None,
        with_some,
        functools.partial(with_address, address="me"),
        Sender().send,
        Sender(),
        Sender.post,
    ],
)
def test_what_is_bound_can_be_called(function: Callable[..., Any]) -> None:
    """No function that passes the check fails for its signature when it is called."""
    hooks = Hooks(retry=Retry(attempts=1))
    hooks.on("send_email")(function)
    (record,) = dispatch([play()], hooks, now=NOW)
    assert (record.state, record.reason) == ("done", "")


def no_play(*, now: object) -> None:
    """Takes no play."""


def nothing():
    """Takes nothing."""


def only_more(**context: object) -> None:
    """Takes keywords only."""


def demanding(play: Play, *, address: str, tenant: str) -> None:
    """Demands what nobody offers."""


def second(play: Play, address: str, /) -> None:
    """Demands a second position."""


def hidden(play: Play, key: str, /) -> None:
    """Demands by position what is offered by keyword."""


CALL = "; a hook is called as hook(play, *, attempt, key, now, record)"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (nothing, "nothing() is not of use: it cannot take the play as its first argument" + CALL),
        (
            no_play,
            "no_play(*, now) is not of use: it cannot take the play as its first argument" + CALL,
        ),
        (only_more, "only_more(**context) is not of use: it cannot take the play"),
        (demanding, "it demands 'address' and 'tenant': give a default, or bind it with functools.partial" + CALL),
        (second, "second(play, address, /) is not of use: it demands 'address'"),
        (hidden, "it demands 'key'"),
        (Sender.send, "it demands 'play'"),
    ],
)
def test_a_function_that_cannot_take_a_play_is_refused(function: Callable[..., Any], message: str) -> None:
    """The message holds the action and both signatures; nothing is bound."""
    hooks = Hooks()
    with pytest.raises(InvalidArgument, match=re.escape(message)) as told:
        hooks.on("call")(function)
    assert str(told.value).startswith("hook 'call': ")
    assert hooks.actions == ()


def yielding(play: Play) -> Iterator[int]:
    """Would never run."""
    yield 1


async def yielding_async(play: Play) -> AsyncIterator[int]:
    """Would never run."""
    yield 1


@pytest.mark.parametrize("function", [yielding, yielding_async, functools.partial(yielding)])
def test_a_generator_is_refused(function: Callable[..., Any]) -> None:
    """A function that yields would not run when it is called."""
    with pytest.raises(InvalidArgument, match="yields, so it would never run; return instead"):
        Hooks().on("call")(function)


def test_what_cannot_be_called_or_read_is_refused() -> None:
    """A text is no function; a built-in without a signature has to be wrapped."""
    with pytest.raises(InvalidArgument, match="hook 'call': 'send' cannot be called"):
        Hooks().on("call")("send")  # type: ignore[type-var]
    with pytest.raises(InvalidArgument, match="has no signature that can be read; wrap it"):
        Hooks().on("call")(type)


def test_a_class_is_refused_where_its_constructor_takes_no_play() -> None:
    """A class is called as its constructor is."""
    with pytest.raises(InvalidArgument, match=re.escape("Sender() is not of use")):
        Hooks().on("call")(Sender)


@pytest.mark.parametrize("action", ["send email", "", 1, None])
def test_an_action_has_a_name(action: Any) -> None:
    """What is no identifier is refused before a function is bound."""
    with pytest.raises(InvalidArgument, match="is no name of an action"):
        Hooks().on(action)


def test_binding_twice_is_refused_unless_asked_for() -> None:
    """The first hook stays until another is put in its place in so many words."""
    hooks = Hooks()
    hooks.on("call")(with_all)
    with pytest.raises(InvalidArgument, match=r"hook 'call' is .*with_all\(play.*say hooks.on\('call', replace=True\)"):
        hooks.on("call")(with_some)
    kept = hooks.of("call")
    assert kept is not None
    assert kept.function is with_all
    hooks.on("call", replace=True)(with_some)
    taken = hooks.of("call")
    assert taken is not None
    assert taken.function is with_some


def test_one_function_can_carry_out_several_actions() -> None:
    """Decorators stack, as each gives the function back."""
    hooks, given = Hooks(), list[str]()

    @hooks.on("call")
    @hooks.on("write", retry=Retry(attempts=1))
    def either(play: Play) -> None:
        given.append(play.action)

    assert hooks.actions == ("call", "write")
    done = dispatch([play("ada", action="call"), play("bob", action="write")], hooks, now=NOW)
    assert (states(done), given) == ({"ada": "done", "bob": "done"}, ["call", "write"])
    assert [bound.retry.attempts for bound in (hooks.of("call"), hooks.of("write")) if bound] == [3, 1]


BOOKS = (
    playbook("welcome", "send_email", "call"),
    Playbook(
        "rescue",
        on=entered("churn"),
        tiers=[Tier("low", [Action("send_mail")]), Tier("high", [Wait("reply", then=(Action("call"),)), Stop()])],
    ),
)


@attrs.frozen
class Setup:
    """What has playbooks, as a definition has."""

    playbooks: tuple[Playbook, ...] = BOOKS
    """Some."""


def test_actions_without_a_hook_are_listed() -> None:
    """Actions of steps, tiers and branches that have no hook, by name; nothing once all are bound."""
    hooks = Hooks()
    hooks.on("send_email")(with_all)
    assert hooks.missing(Setup()) == hooks.missing(BOOKS) == hooks.missing(iter(BOOKS)) == ("call", "send_mail")
    assert hooks.missing(BOOKS[0]) == ("call",)
    hooks.on("call")(with_all)
    hooks.on("send_mail")(with_all)
    assert hooks.missing(Setup()) == ()


def test_a_check_names_both_sides() -> None:
    """Missing actions come with their playbooks, unused hooks with a guess at what was meant."""
    hooks = Hooks()
    for action in ("call", "send_mails", "dance"):
        hooks.on(action)(with_all)
    check = hooks.check(Setup())
    assert not check.is_complete
    assert check.missing == (("send_email", ("welcome",)), ("send_mail", ("rescue",)))
    assert check.unused == ("dance", "send_mails")
    assert str(check) == (
        "no hook for 'send_email' (welcome); did you mean it with 'send_mails'?\n"
        "no hook for 'send_mail' (rescue); did you mean it with 'send_mails'?\n"
        "no playbook has 'dance'; leave the hook out, or mend its name\n"
        "no playbook has 'send_mails'; leave the hook out, or mend its name"
    )
    assert "call" not in str(check)


def test_a_complete_check_says_so() -> None:
    """Where all fits, a check has nothing to say; playbooks that share an action are both named where it is missing."""
    hooks = Hooks()
    assert str(hooks.check(BOOKS)).startswith("no hook for 'call' (welcome, rescue); bind one with hooks.on('call')")
    for action in ("call", "send_email", "send_mail"):
        hooks.on(action)(with_all)
    assert hooks.check(BOOKS).is_complete
    assert str(hooks.check(BOOKS)) == "every action has its hook"


@pytest.mark.parametrize("asked", [17, ["welcome"], "welcome"])
def test_what_has_no_playbooks_is_refused(asked: Any) -> None:
    """A check needs a definition or playbooks."""
    with pytest.raises(InvalidArgument, match="give a definition, or its playbooks"):
        Hooks().check(asked)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"retry": 3}, "retry=3 is no Retry"),
        ({"at_once": 0}, "at_once=0 is not a whole number of 1 or more"),
        ({"at_once": True}, "at_once=True"),
    ],
)
def test_a_register_of_the_wrong_kind_is_refused(fields: dict[str, Any], message: str) -> None:
    """The settings of a register are checked when it is made."""
    with pytest.raises(InvalidArgument, match=message):
        Hooks(**fields)


def test_a_rule_of_retries_must_be_one() -> None:
    """A number is no rule."""
    with pytest.raises(InvalidArgument, match=r"hooks.on\('call'\): retry=2 is no Retry"):
        Hooks().on("call", retry=2)  # type: ignore[arg-type]
