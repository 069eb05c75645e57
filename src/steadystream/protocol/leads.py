"""What the reply to a continuation may begin with that the consumer has already."""

from __future__ import annotations

from typing import Protocol

from steadystream.errors import SpliceMismatch

_EXCERPT = 80
_SLACK = 400
"""Characters that a model may say around the last words before it counts as not repeating them."""

_TELLING = 32
"""Characters that tell a second beginning from the rest of an answer."""


class Lead(Protocol):
    """Takes the beginning off a reply.

    Attributes:
        is_over: whether all passes from here on.
        is_verified: whether what was delivered came again.
    """

    is_over: bool
    is_verified: bool

    def fresh(self, text: str, *, ends: bool) -> str:
        """Return what of `text` goes on from what was delivered; `ends` = nothing follows it.

        Raises:
            SpliceMismatch: nothing will.
        """
        ...


class NoLead:
    """A reply that goes on with its first character."""

    is_over = True
    is_verified = False

    def fresh(self, text: str, *, ends: bool) -> str:  # noqa: ARG002  # one shape for all leads
        """Return `text`."""
        return text


class Echo:
    """A reply that may repeat what was handed in before it goes on.

    Args:
        echo: what was handed in.
    """

    def __init__(self, echo: str) -> None:
        self._echo = echo
        self._said = ""
        self.is_over = False
        self.is_verified = False

    def fresh(self, text: str, *, ends: bool) -> str:
        """Return what stands behind the repetition, or all, where there is none.

        Raises:
            SpliceMismatch: the reply begins like a repetition and becomes something else.
        """
        self._said += text
        if self._said.startswith(self._echo):
            self.is_over = self.is_verified = True
            return self._said[len(self._echo) :]
        if self._echo.startswith(self._said) and not ends:
            return ""
        if self._said and self._said[0] == self._echo[0]:
            got = self._said[:_EXCERPT]
            raise SpliceMismatch("repeats what was delivered, or goes on from it", got)
        self.is_over = True
        return self._said


class Anchor:
    """A reply that has to repeat the last words that were delivered, wherever in its beginning.

    Args:
        anchor: those words.
        whole: all that was delivered; a reply may begin as far back as there.
    """

    def __init__(self, anchor: str, whole: str) -> None:
        self._anchor = anchor
        self._most = len(whole) + _SLACK
        self._said = ""
        self.is_over = False
        self.is_verified = False

    def fresh(self, text: str, *, ends: bool) -> str:
        """Return what stands behind the words.

        Raises:
            SpliceMismatch: they do not come.
        """
        self._said += text
        before, found, behind = self._said.partition(self._anchor)
        if found:
            self.is_over = self.is_verified = True
            return behind
        if ends or len(self._said) > self._most:
            raise SpliceMismatch(f"repeats {self._anchor!r}", before[:_EXCERPT])
        return ""


class NotAnew:
    """A reply that must not begin as what was delivered did: a grammar would start anew so.

    Args:
        whole: all that was delivered.
    """

    is_verified = False

    def __init__(self, whole: str) -> None:
        self._begins = whole.lstrip()[:_TELLING]
        self._said = ""
        self.is_over = not self._begins

    def fresh(self, text: str, *, ends: bool) -> str:
        """Return the reply, once it is known to be another text than the beginning.

        Raises:
            SpliceMismatch: it begins anew.
        """
        self._said += text
        said = self._said.lstrip()
        if said.startswith(self._begins):
            raise SpliceMismatch("goes on from what was delivered", said[:_EXCERPT])
        if self._begins.startswith(said) and not ends:
            return ""
        self.is_over = True
        return self._said
