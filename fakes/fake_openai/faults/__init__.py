"""What can go wrong, one fault a file."""

from fake_openai.fault import Fault

from .base import BeforeHeaders, InStream, OnEvents, Placed, Scene
from .broken_json import BrokenJSON
from .chance import Chance, drawn
from .clean_end import CleanEnd
from .comment_flood import CommentFlood
from .cut import Cut
from .drip import Drip
from .duplicate_chunk import DuplicateChunk
from .error_event import ErrorEvent
from .long_line import LongLine
from .no_headers import NoHeaders
from .notation import KINDS, from_json, parse, schema, several, to_text
from .refuse_connection import RefuseConnection
from .reset import Reset
from .reset_before_headers import ResetBeforeHeaders
from .stall import Stall
from .status import Status

__all__ = [
    "KINDS",
    "BeforeHeaders",
    "BrokenJSON",
    "Chance",
    "CleanEnd",
    "CommentFlood",
    "Cut",
    "Drip",
    "DuplicateChunk",
    "ErrorEvent",
    "Fault",
    "InStream",
    "LongLine",
    "NoHeaders",
    "OnEvents",
    "Placed",
    "RefuseConnection",
    "Reset",
    "ResetBeforeHeaders",
    "Scene",
    "Stall",
    "Status",
    "drawn",
    "from_json",
    "parse",
    "schema",
    "several",
    "to_text",
]
