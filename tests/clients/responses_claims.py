"""What holds for every client that reads streamed responses."""

from __future__ import annotations

from clients import claims
from clients.breaks import Breaks
from fake_openai import BrokenJSON, CleanEnd, Cut, ErrorEvent, Reset

# A response of the fake begins with four events without text.
BREAKS: Breaks = {
    "cut inside an event": (Cut(at_byte=4000),),
    "clean end": (CleanEnd(after=9),),
    "broken JSON": (BrokenJSON(after=9),),
    "three in a row": (Cut(after=6), ErrorEvent(after=12), Reset(after=8)),
}
# Behind the text follow a call in 18 events, and another.
IN_A_CALL: Breaks = {
    "behind a name": (Cut(after=12),),
    "between two": (CleanEnd(after=29),),
    "in both": (ErrorEvent(after=18), Reset(after=38)),
}
IN_AN_OBJECT = {name: BREAKS[name] for name in ("clean end", "three in a row")}
IN_REASONING: Breaks = {
    "in the reasoning": (Cut(after=8),),
    "in the text behind it": (CleanEnd(after=36),),
}


class Texts(claims.Texts):
    breaks = BREAKS
    continued = ()


class Calls(claims.Calls):
    breaks = IN_A_CALL
    continued = ()


class Objects(claims.Objects):
    breaks = IN_AN_OBJECT
    continued = ()


class Reasonings(claims.Reasonings):
    breaks = IN_REASONING
    dialect = "openai"
    continued = ()
