"""What all faults have in common. Apart from them, so that scripts can tell a fault by its kind."""

from __future__ import annotations

from typing import ClassVar


class Fault:
    """Something that goes wrong on purpose.

    Attributes:
        ends: whether the response is not whole because of it.
        streams_only: whether it has no meaning in an answer that is not streamed, and is left out.
    """

    ends: ClassVar[bool] = True
    streams_only: ClassVar[bool] = False
    __slots__ = ()
