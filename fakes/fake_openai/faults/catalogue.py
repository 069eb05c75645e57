"""The faults there are, in the order of the documentation."""

from __future__ import annotations

from fake_openai.fault import Fault

from .broken_json import BrokenJSON
from .clean_end import CleanEnd
from .comment_flood import CommentFlood
from .cut import Cut
from .drip import Drip
from .duplicate_chunk import DuplicateChunk
from .error_event import ErrorEvent
from .long_line import LongLine
from .no_headers import NoHeaders
from .refuse_connection import RefuseConnection
from .reset import Reset
from .reset_before_headers import ResetBeforeHeaders
from .stall import Stall
from .status import Status

ALL: tuple[type[Fault], ...] = (
    Status,
    ResetBeforeHeaders,
    NoHeaders,
    RefuseConnection,
    Cut,
    Reset,
    CleanEnd,
    Stall,
    Drip,
    ErrorEvent,
    BrokenJSON,
    DuplicateChunk,
    CommentFlood,
    LongLine,
)
