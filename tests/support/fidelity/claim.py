"""What is claimed of a parameter, in a form that can be proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fake_openai import Answer
from support.judge.asking import Ask, Told

Does = Literal["obeyed", "echoed", "no effect", "refused"]
Shows = Callable[[Told], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the fake does with one parameter.

    Attributes:
        does: the effect.
        value: a value that shows it; where there is none, any that is allowed.
        shows: whether a response shows the effect. It must not show in a response to the same
            request without the parameter.
        note: for the page.
        wrong: a value that is refused; None = one that its type does not allow.
        beside: other parameters of the request, of the one without, too.
        answers: scripted for both.
        after: requests sent after both, the last of which shows the effect.
        required: the request without it lacks what `Endpoint.base` has.
        in_query: it stands in the query, although the request has a body.
    """

    does: Does
    value: Any
    shows: Shows | None = None
    note: str = ""
    wrong: Any = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    answers: Sequence[Answer] = ()
    after: Sequence[Ask] = ()
    required: bool = False
    in_query: bool = False

    @property
    def words(self) -> str:
        """The claim as the page has it."""
        words = {"echoed": "checked and echoed", "no effect": "checked, no effect"}
        return words.get(self.does, self.does)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The parameters of one endpoint.

    Attributes:
        name: method and path, as the document writes it.
        base: a request that is answered, without optional parameters.
        claims: by name of the parameter, in the order of the page; a member of an object is written
            `object.member`.
        before: requests to be sent before `base`, for what it refers to.
    """

    name: str
    base: Ask
    claims: Mapping[str, Claim]
    before: Sequence[Ask] = ()


def obeyed(value: Any, shows: Shows, *answers: Answer, note: str = "", **beside: Any) -> Claim:
    """Return the claim that `shows` is true of a response to a request with `value`."""
    return Claim(does="obeyed", value=value, shows=shows, note=note, beside=beside, answers=answers)


def other(value: Any, *, note: str = "", **beside: Any) -> Claim:
    """Return the claim that the answer is another with `value`, and the same for the same value."""
    return Claim(does="obeyed", value=value, note=note, beside=beside)


def idle(value: Any, *, note: str = "", **beside: Any) -> Claim:
    """Return the claim that `value` makes no difference."""
    return Claim(does="no effect", value=value, note=note, beside=beside)


def echoed(value: Any, shows: Shows, *, required: bool = False, **beside: Any) -> Claim:
    """Return the claim that `value` comes back, which `shows` looks for."""
    return Claim(does="echoed", value=value, shows=shows, beside=beside, required=required)


def refused(value: Any, *, note: str = "", **beside: Any) -> Claim:
    """Return the claim that `value` is refused, although the API has the parameter."""
    return Claim(does="refused", value=value, note=note, beside=beside)
