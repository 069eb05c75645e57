"""What can go wrong, one fault a file."""

from fake_openai.fault import Fault

from .bandwidth import Bandwidth
from .base import BeforeHeaders, InStream, Placed, Scene
from .blank_lines import BlankLines
from .boundaries import Boundaries
from .broken_json import BrokenJSON
from .chance import Chance, drawn
from .changed_id import ChangedId
from .chunk_after_done import ChunkAfterDone
from .clean_end import CleanEnd
from .comment_every_event import CommentEveryEvent
from .comment_flood import CommentFlood
from .compressed import Compressed
from .cut import Cut
from .drip import Drip
from .dropped_chunk import DroppedChunk
from .duplicate_chunk import DuplicateChunk
from .duplicate_finish import DuplicateFinish
from .early_hints import EarlyHints
from .error200 import Error200
from .error_event import ErrorEvent
from .http10 import HTTP10
from .invalid_utf8 import InvalidUTF8
from .line_separators import LineSeparators
from .long_line import LongLine
from .lying_usage import LyingUsage
from .no_done import NoDone
from .no_headers import NoHeaders
from .notation import KINDS, from_json, parse, schema, several, to_text
from .nul import Nul
from .odd_done import OddDone
from .odd_headers import OddHeaders
from .odd_lines import OddLines
from .on_events import OnEvents
from .padding_only import PaddingOnly
from .raw_bytes import RawBytes
from .refuse_connection import RefuseConnection
from .reordered import Reordered
from .repeated_usage import RepeatedUsage
from .reset import Reset
from .reset_before_headers import ResetBeforeHeaders
from .second_role import SecondRole
from .split_data import SplitData
from .stall import Stall
from .status import Status
from .truncated_event import TruncatedEvent
from .unknown_event import UnknownEvent
from .unknown_fields import UnknownFields
from .wrong_content_length import WrongContentLength
from .wrong_content_type import WrongContentType

__all__ = [
    "HTTP10",
    "KINDS",
    "Bandwidth",
    "BeforeHeaders",
    "BlankLines",
    "Boundaries",
    "BrokenJSON",
    "Chance",
    "ChangedId",
    "ChunkAfterDone",
    "CleanEnd",
    "CommentEveryEvent",
    "CommentFlood",
    "Compressed",
    "Cut",
    "Drip",
    "DroppedChunk",
    "DuplicateChunk",
    "DuplicateFinish",
    "EarlyHints",
    "Error200",
    "ErrorEvent",
    "Fault",
    "InStream",
    "InvalidUTF8",
    "LineSeparators",
    "LongLine",
    "LyingUsage",
    "NoDone",
    "NoHeaders",
    "Nul",
    "OddDone",
    "OddHeaders",
    "OddLines",
    "OnEvents",
    "PaddingOnly",
    "Placed",
    "RawBytes",
    "RefuseConnection",
    "Reordered",
    "RepeatedUsage",
    "Reset",
    "ResetBeforeHeaders",
    "Scene",
    "SecondRole",
    "SplitData",
    "Stall",
    "Status",
    "TruncatedEvent",
    "UnknownEvent",
    "UnknownFields",
    "WrongContentLength",
    "WrongContentType",
    "drawn",
    "from_json",
    "parse",
    "schema",
    "several",
    "to_text",
]
