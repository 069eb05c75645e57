"""What is promised, as data: which outcome a fault has, for which answers, where.

Written by hand from what the documentation says; nothing of the library is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["unharmed", "again", "goes on", "ended", "as sent", "fault", "told", "passed on"]


@dataclass(frozen=True)
class Promise:
    """What becomes of a cell.

    Attributes:
        outcome: which class of them it is; the page has their meanings.
        rung: how an answer goes on.
        verified: whether what was delivered came again and was compared.
        requests: that the server gets.
        fault: name of the fault that is raised.
        why: why no further attempt was made.
        finish: the finish reason of an answer that the server ended.
        verdict: on an answer that raises no fault.
    """

    outcome: Outcome
    rung: str = ""
    verified: bool = False
    requests: int = 1
    fault: str = ""
    why: str = ""
    finish: str = ""
    verdict: str = "complete"


UNHARMED = Promise("unharmed")
AGAIN = Promise("again", requests=2)
AS_SENT = Promise("as sent")
TOLD = Promise("told", verdict="truncated")
PASSED_ON = Promise("passed on")

MATCHED = Promise("goes on", "regenerate", verified=True, requests=2)
EXACT = Promise("goes on", "exact_prefix", requests=2)
ECHOED = Promise("goes on", "exact_prefix", verified=True, requests=2)
PREFILLED = Promise("goes on", "prefill", requests=2)
FOLLOWED = Promise("goes on", "cursor", verified=True, requests=2)
EMPTY_THEN_MATCHED = Promise("goes on", "regenerate", verified=True, requests=4)
REFUSED_THEN_MATCHED = Promise("goes on", "regenerate", verified=True, requests=3)


def _fault(name: str, why: str = "not_transient") -> Promise:
    return Promise("fault", fault=name, why=why)


def _ended(finish: str, verdict: str = "complete") -> Promise:
    return Promise("ended", finish=finish, verdict=verdict)


@dataclass(frozen=True)
class Rule:
    """One line of what is promised; names are separated by spaces, "" stands for any.

    Attributes:
        faults: names of rows.
        promise: None = as any other break: see `MENDING`.
        place: "start" = before the first token, "middle".
        kinds: of answers, `_` for a space in their names.
        dialects: of the server.
        through: which shell, "client" or "middleware".
    """

    faults: str
    promise: Promise | None
    place: str = ""
    kinds: str = ""
    dialects: str = ""
    through: str = ""

    def fits(self, fault: str, place: str, kind: str, dialect: str, shell: str) -> bool:
        """Say whether it is about this cell."""
        pairs = (
            (self.faults, fault),
            (self.place, place),
            (self.kinds, kind.replace(" ", "_")),
            (self.dialects, dialect),
            (self.through, shell),
        )
        return all(not said or one in said.split() for said, one in pairs)


_FRAGMENTS = "openai azure deepseek vllm sglang qwen kimi openrouter"
"""Dialects that stream a tool call in pieces; the others send all calls at once."""

_RESPONSES = "response kept_response"

_BREAKS = (
    "cut reset clean_end truncated_event wrong_content_length:-n error_event"
    " error_event:form=anthropic error_event:form=flat error_event:form=gpustack"
    " error_event:form=ollama stall stall:comments=true,every=10 broken_json nul:json"
)

MENDING: tuple[Rule, ...] = (
    # A call that was torn was held, so nothing of it was delivered.
    Rule("", AGAIN, kinds="one_tool"),
    Rule("", MATCHED, kinds="parallel_tools", dialects=_FRAGMENTS),
    Rule("", AGAIN, kinds="parallel_tools"),
    Rule("", MATCHED, kinds="reasoning n=2 response"),
    Rule("", FOLLOWED, kinds="kept_response", dialects="openai azure"),
    Rule("", REFUSED_THEN_MATCHED, kinds="kept_response"),
    Rule("", EXACT, kinds="json json_schema", dialects="deepseek"),
    Rule("", ECHOED, kinds="json json_schema", dialects="mistral"),
    Rule("", EXACT, kinds="json_schema", dialects="qwen"),
    Rule("", REFUSED_THEN_MATCHED, kinds="json", dialects="qwen"),
    Rule("", MATCHED, kinds="json json_schema"),
    Rule("", EXACT, kinds="text logprobs", dialects="vllm sglang deepseek qwen kimi"),
    Rule("", ECHOED, kinds="text logprobs", dialects="mistral"),
    Rule("", PREFILLED, kinds="text logprobs", dialects="groq openrouter"),
    Rule("", MATCHED, kinds="text logprobs"),
)
"""How an answer is mended that breaks in the middle."""

RULES: tuple[Rule, ...] = (
    # Refused: the middleware hands over what it got, as aiohttp would.
    Rule("status:400 status:401", _fault("Rejected"), through="client"),
    Rule("status:400 status:401", PASSED_ON),
    Rule("status:429,case=quota", AGAIN, dialects="azure deepseek vllm sglang openrouter ollama"),
    Rule("status:429,case=quota", _fault("Rejected"), through="client"),
    Rule("status:429,case=quota", PASSED_ON),
    Rule(
        "status:429,retry_after=3600", _fault("Rejected", "retry_after_too_long"), through="client"
    ),
    Rule("status:429,retry_after=3600", PASSED_ON),
    Rule("error200 error200:401 wrong_content_type", PASSED_ON, through="middleware"),
    Rule("wrong_content_type", _fault("NotAnEventStream")),
    Rule("error200", AGAIN),
    Rule("error200:401", _fault("NotAnEventStream"), dialects="mistral"),
    Rule("error200:401", AGAIN, dialects="vllm sglang ollama"),
    Rule("error200:401", _fault("UpstreamError")),
    # Failed before anything of an answer came.
    Rule("status:429 status:500 status:503", AGAIN),
    Rule("reset_before_headers no_headers refuse_connection padding_only:20,every=0.4", AGAIN),
    # The response itself failed, and is not followed.
    Rule(
        "error_event error_event:form=anthropic error_event:form=flat error_event:form=ollama",
        MATCHED,
        place="middle",
        kinds="kept_response",
    ),
    # Followed twice, and nothing came.
    Rule(
        "error_event:form=gpustack",
        EMPTY_THEN_MATCHED,
        place="middle",
        kinds="kept_response",
        dialects="openai azure",
    ),
    # Nothing but its last event ends a response.
    Rule("error_event:form=azure", AGAIN, place="start", kinds=_RESPONSES),
    Rule("error_event:form=azure", MATCHED, place="middle", kinds=_RESPONSES),
    # Broken under way.
    Rule(_BREAKS, AGAIN, place="start"),
    Rule(_BREAKS, None, place="middle"),
    # Ollama loses what was wrong on its way.
    Rule("error_event:code=400", AGAIN, place="start", dialects="ollama"),
    Rule("error_event:code=400", None, place="middle", dialects="ollama"),
    Rule("error_event:code=400", _fault("UpstreamError"), through="client"),
    Rule("error_event:code=400", TOLD),
    # Two choices, of which one is ended; and responses do not end so.
    Rule("error_event:form=azure", _ended("content_filter", "unknown"), kinds="n=2"),
    Rule(
        "error_event:form=openrouter_limit",
        _fault("UpstreamError"),
        kinds=f"n=2 {_RESPONSES}",
        through="client",
    ),
    Rule("error_event:form=openrouter_limit", TOLD, kinds=f"n=2 {_RESPONSES}"),
    Rule("error_event:form=azure", _ended("content_filter")),
    Rule("error_event:form=openrouter_limit", _ended("length")),
    # Slow, and yet alive.
    Rule("stall:seconds=20 drip bandwidth", UNHARMED),
    # Wrong in a way that a right answer could be wrong in, too.
    Rule("reordered", UNHARMED, kinds="n=2"),
    Rule("reordered", UNHARMED, kinds="one_tool parallel_tools", dialects="groq ollama"),
    # All calls and the finish reason are one event; without it, there is no answer.
    Rule("dropped_chunk reordered", AGAIN, kinds="one_tool parallel_tools", dialects="mistral"),
    # All calls and the finish reason are one event, and nothing ends twice.
    Rule("duplicate_chunk", UNHARMED, kinds="one_tool parallel_tools", dialects="mistral"),
    # Events of a response are counted.
    Rule("duplicate_chunk", UNHARMED, kinds=_RESPONSES),
    Rule("dropped_chunk duplicate_chunk reordered invalid_utf8", AS_SENT),
    Rule("duplicate_finish", UNHARMED),
    Rule("lying_usage", AS_SENT),
    # Odd, and passed over.
    Rule("no_done chunk_after_done second_role repeated_usage", UNHARMED),
    Rule("odd_done:one_newline odd_done:no_newline", UNHARMED),
    Rule("odd_done:trailing_space odd_done:no_space", UNHARMED),
    Rule("changed_id changed_id:fresh changed_id:empty", UNHARMED),
    Rule("nul:escaped nul:line nul:id raw_bytes", UNHARMED),
    Rule("unknown_fields unknown_event odd_lines comment_every_event comment_flood", UNHARMED),
    Rule("blank_lines split_data line_separators long_line", UNHARMED),
    Rule("boundaries:random boundaries:event,newline=CR boundaries:whole,bom=true", UNHARMED),
    Rule("wrong_content_type:none wrong_content_length", UNHARMED),
    Rule("compressed compressed:deflate http10 early_hints odd_headers", UNHARMED),
)


def promised(fault: str, place: str, kind: str, dialect: str, shell: str) -> Promise:
    """Return what is promised for a cell: what the first rule says that is about it.

    Raises:
        LookupError: none is.
    """
    cell = (fault, place, kind, dialect, shell)
    for rule in RULES:
        if rule.fits(*cell):
            if rule.promise is not None:
                return rule.promise
            break
    else:
        raise LookupError(f"nothing is promised for {cell}")
    for rule in MENDING:
        if rule.fits(*cell) and rule.promise is not None:
            return rule.promise
    raise LookupError(f"nothing is promised to mend {cell}")
