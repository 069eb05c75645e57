"""What a part of a request may be, as plain data; `validation.check` goes by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Null: TypeAlias = Literal["absent", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Anything at all.

    Attributes:
        null: what null is: as good as `absent`, or of the `wrong` type.
    """

    null: Null = "absent"

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "a value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Rule):
    """True or false."""

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "a boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Rule):
    """An integer.

    Attributes:
        lowest: the least it may be.
        highest: the most it may be.
    """

    lowest: float | None = None
    highest: float | None = None

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "an integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Whole):
    """A number."""

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "a decimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Rule):
    """A text.

    Attributes:
        choices: texts it may be; empty = any.
        firm: whether lenient providers insist on `choices`, too.
        shortest: characters at least.
        longest: characters at most.
        pattern: a regular expression it must match.
    """

    choices: Sequence[str] = ()
    firm: bool = False
    shortest: int = 0
    longest: int | None = None
    pattern: str = ""

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return f"one of {listed(self.choices, 'or')}" if self.choices else "a string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Array(Rule):
    """A list.

    Attributes:
        of: what its items are.
        shortest: items at least.
        longest: items at most.
    """

    of: Rule = field(default_factory=Rule)
    shortest: int = 0
    longest: int | None = None

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return f"an array of {self.of.called.split(' ', 1)[-1]}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Rule):
    """An object whose members have names of the client's choice.

    Attributes:
        of: what its members are.
        most: members at most.
        longest_name: characters of a name at most.
    """

    of: Rule = field(default_factory=Rule)
    most: int | None = None
    longest_name: int | None = None

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "an object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Rule):
    """An object with known members.

    Attributes:
        members: by name, in the order in which they are looked at.
        required: names of those that must be there.
        open: whether it may have others.
    """

    members: Mapping[str, Rule]
    required: Sequence[str] = ()
    open: bool = False

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "an object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged(Rule):
    """An object that is of one kind or another, as one of its members says.

    Attributes:
        variants: kinds by that member's value.
        tag: name of that member.
        firm: whether lenient providers know these kinds only.
    """

    variants: Mapping[str, Record]
    tag: str = "type"
    firm: bool = False

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        return "an object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Either(Rule):
    """One of several rules, each for another JSON type."""

    rules: Sequence[Rule]

    @property
    def called(self) -> str:
        """What is expected, with its article."""
        first, *others = self.rules
        return f"one of {first.called} or " + " or ".join(
            o.called.split(" ", 1)[-1] for o in others
        )


def listed(texts: Sequence[str], word: str) -> str:
    """Return quoted `texts` as a list with `word` before the last."""
    quoted = [f"'{text}'" for text in texts]
    if len(quoted) <= 2:  # noqa: PLR2004 (one or a pair has no comma)
        return f" {word} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {word} {quoted[-1]}"
