from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from steadystream.errors import Disconnected, SpliceMismatch
from steadystream.events import (
    Batch,
    Comment,
    Done,
    Interrupted,
    Message,
    Opened,
    Resumed,
    Rung,
    WireEvent,
)
from steadystream.protocol.continuation import Continuation, continuation
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.head import Head
from steadystream.protocol.reading import Reader
from steadystream.protocol.splice import Splice, done, ending
from steadystream.protocol.transcript import Transcript
from support.scripted import DONE, REQUEST, ROLE, STOP, USAGE, chunk

CAUSE = Disconnected(3, "cut")
SECOND = {"id": "second", "created": 99, "model": "m-2", "system_fingerprint": "fp_2"}


def events(*raw: bytes) -> Batch:
    return Reader().feed(b"".join(raw))


def chunks(batch: Batch) -> list[Any]:
    return [json.loads(e.raw[6:]) for e in batch if isinstance(e, Message)]


def words(batch: Batch) -> str:
    return "".join(e.chunk.text for e in batch if isinstance(e, Message) and e.chunk is not None)


def delivered(*pieces: str) -> Transcript:
    so_far = Transcript()
    for event in events(ROLE, *(chunk({"content": piece}) for piece in pieces)):
        assert isinstance(event, Message)
        assert event.chunk is not None
        so_far.feed(event.chunk)
    return so_far


def seam_after(*pieces: str, dialect: str = "vllm") -> Splice:
    so_far = delivered(*pieces)
    rest = continuation(REQUEST, so_far, DIALECTS[dialect])
    assert isinstance(rest, Continuation)
    return Splice(rest, so_far, 2, CAUSE)


def second(*deltas: dict[str, Any] | str, finish: str | None = "stop") -> list[bytes]:
    held = [{"content": d} if isinstance(d, str) else d for d in deltas]
    body = [ROLE, *(chunk(delta, **SECOND) for delta in held)]
    return [*body, chunk(finish=finish, **SECOND)] if finish else body


# The head of an answer


def test_nothing_of_an_attempt_is_seen_before_its_first_token() -> None:
    head = Head()

    assert head.feed(events(b": ping\n\n", ROLE)) == []
    assert head.feed(events(chunk({"content": ""}))) == []


def test_the_first_token_brings_what_was_held_before_it_in_order() -> None:
    head = Head()
    before = [b": ping\n\n", ROLE, b'data: {"type":"ping"}\n\n']
    token = chunk({"content": "one"})

    batch = head.feed(events(*before)) + head.feed(events(token, STOP))

    assert [e.raw for e in batch if isinstance(e, WireEvent)] == [*before, token, STOP]


@pytest.mark.parametrize(
    "delta",
    [
        {"content": "x"},
        {"reasoning": "x"},
        {"refusal": "x"},
        {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f"}}]},
    ],
)
def test_anything_of_the_answer_opens_it(delta: dict[str, Any]) -> None:
    assert Head().feed(events(ROLE, chunk(delta)))


def test_an_end_without_any_token_opens_it_too() -> None:
    assert len(Head().feed(events(ROLE, STOP))) == 2


def test_what_happened_is_told_at_once() -> None:
    head = Head()
    opened = Opened(1, 200, {})

    assert head.feed([*events(ROLE), opened]) == [opened]
    assert len(head.feed(events(chunk({"content": "one"})))) == 2


def test_an_attempt_that_ends_without_a_token_is_delivered_as_it_came() -> None:
    head = Head()
    head.feed(events(ROLE, DONE))

    assert [type(e) for e in head.close()] == [Message, Done]
    assert head.close() == []


# The rest of an answer


def test_an_answer_keeps_the_identity_of_its_first_attempt() -> None:
    batch = seam_after("one").feed(events(*second(" two"), DONE))

    for document in chunks(batch):
        assert {name: document[name] for name in ("id", "created", "model")} == {
            "id": "chatcmpl-1", "created": 1, "model": "m-1"
        }  # fmt: skip
        assert document["system_fingerprint"] is None


def test_members_that_the_first_attempt_did_not_name_are_not_made_up() -> None:
    (document,) = chunks(seam_after("one").feed(events(chunk({"content": "x"}))))

    assert "system_fingerprint" not in document


def test_the_second_role_is_taken_away() -> None:
    role_everywhere = second({"role": "assistant", "content": " two"}, finish=None)

    batch = seam_after("one").feed(events(*role_everywhere))

    assert [d["choices"][0]["delta"] for d in chunks(batch)] == [{"content": " two"}]


def test_members_that_nobody_knows_are_kept() -> None:
    odd = chunk({"content": "x", "odd": [1, {"a": None}]}, provider="p", x_groq={"id": "r"})

    (document,) = chunks(seam_after("one").feed(events(odd)))

    assert document["choices"][0]["delta"]["odd"] == [1, {"a": None}]
    assert (document["provider"], document["x_groq"]) == ("p", {"id": "r"})


def test_the_seam_is_told_once_before_the_first_new_token() -> None:
    splice = seam_after("one", " two")

    batch = splice.feed(events(*second(" three"))) + splice.feed(events(DONE))

    kinds = [type(e) for e in batch]
    assert kinds == [Resumed, Message, Message, Done]
    assert isinstance(batch[0], Resumed)
    seam = batch[0].seam
    assert (seam.position, seam.rung, seam.verified, seam.attempt, seam.cause) == (
        7, Rung.EXACT_PREFIX, False, 2, CAUSE
    )  # fmt: skip


def test_a_continuation_that_brings_only_the_end_is_a_seam_too() -> None:
    batch = seam_after("one").feed(events(*second()))

    assert [type(e) for e in batch] == [Resumed, Message]
    assert chunks(batch)[0]["choices"][0]["finish_reason"] == "stop"


def test_what_is_no_chunk_passes_except_json_of_another_kind() -> None:
    told = Interrupted(1, CAUSE)
    comment, ping = Comment(b": ping\n\n"), events(b'data: {"type":"ping"}\n\n')

    assert seam_after("one").feed([told, comment, *ping]) == [told, comment]


def test_usage_counts_what_was_handed_in_as_completion() -> None:
    batch = seam_after("one", " two").feed(events(*second(" three"), USAGE, DONE))

    (usage,) = [d["usage"] for d in chunks(batch) if d.get("usage")]
    assert usage == {"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11}


def test_usage_beside_the_last_delta_is_shifted_too() -> None:
    last = chunk(finish="stop", usage={"prompt_tokens": 5, "completion_tokens": 1})

    batch = seam_after("one").feed(events(last))

    assert chunks(batch)[-1]["usage"] == {"prompt_tokens": 4, "completion_tokens": 2}


def test_whitespace_that_comes_again_is_not_counted_twice() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2}

    batch = seam_after("one", "\n").feed(events(*second("\n", "two"), chunk(usage=usage)))

    assert chunks(batch)[-1]["usage"] == {"prompt_tokens": 4, "completion_tokens": 3}


def test_usage_that_counts_fewer_prompt_tokens_than_were_handed_in_stays_positive() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1}

    batch = seam_after("a", "b", "c").feed(events(*second("d"), chunk(usage=usage)))

    assert chunks(batch)[-1]["usage"] == {"prompt_tokens": 0, "completion_tokens": 2}


@pytest.mark.parametrize("usage", [{"prompt_tokens": None}, {"cost": 1.5}, {}])
def test_usage_of_another_shape_passes_as_it_came(usage: dict[str, Any]) -> None:
    batch = seam_after("one").feed(events(*second(" two"), chunk(usage=usage)))

    assert chunks(batch)[-1].get("usage") == usage


@pytest.mark.parametrize(
    "delta", [{"reasoning": "hm"}, {"reasoning_content": "hm", "content": " two"}]
)
def test_reasoning_in_the_middle_of_text_is_no_continuation(delta: dict[str, Any]) -> None:
    splice = seam_after("one")

    with pytest.raises(SpliceMismatch, match="expected a continuation that goes on with text"):
        splice.feed(events(*second(delta)))


def test_log_probabilities_of_a_delta_that_was_shortened_are_left_out() -> None:
    probable = chunk({"content": "\n two"})
    probable = probable.replace(b'"delta"', b'"logprobs": {"content": [1]}, "delta"')

    (document,) = chunks(seam_after("one", "\n").feed(events(probable)))

    assert document["choices"][0]["delta"] == {"content": " two"}
    assert document["choices"][0]["logprobs"] is None


def test_a_copy_of_the_content_is_shortened_with_it() -> None:
    together = chunk({"content": "\n two"}).replace(b'"delta"', b'"text": "\\n two", "delta"')

    (document,) = chunks(seam_after("one", "\n").feed(events(together)))

    assert (document["choices"][0]["text"], words(events(chunk({"content": ""})))) == (" two", "")


def test_a_copy_of_content_that_comes_again_is_not_delivered() -> None:
    together = chunk({"content": "\n"}, "stop").replace(b'"delta"', b'"text": "\\n", "delta"')

    batch = seam_after("one", "\n").feed(events(together))

    assert words(batch) == ""


def test_content_under_the_older_name_is_shortened_where_it_stands() -> None:
    older = chunk().replace(b'"delta": {}', b'"text": "\\n two"')

    batch = seam_after("one", "\n").feed(events(older))

    assert words(batch) == " two"


@pytest.mark.parametrize("half", ["\\ud83d", "\\udf0a"])
def test_half_a_surrogate_pair_passes_as_the_escape_it_was(half: str) -> None:
    torn = chunk({"content": "X"}).replace(b'"X"', f'"{half}"'.encode())

    (document,) = chunks(seam_after("one").feed(events(torn)))

    assert document["choices"][0]["delta"]["content"] == json.loads(f'"{half}"')


def test_numbers_that_json_does_not_have_do_not_break_a_continuation() -> None:
    odd = chunk({"content": "x"}).replace(b'"delta"', b'"score": NaN, "delta"')

    assert words(seam_after("one").feed(events(odd))) == "x"


@pytest.mark.parametrize(
    "choices",
    [
        '[{"delta": "\\n two"}]',
        '[null, {"index": "0", "delta": {"content": "\\n two"}}]',
        '[{"index": 0, "delta": null, "text": "\\n two"}]',
        '[{"index": 0, "delta": {"content": [{"type": "text", "text": "\\n two"}]}}]',
    ],
)
def test_chunks_of_odd_shapes_are_spliced_like_any_other(choices: str) -> None:
    odd = f'data: {{"id": "second", "choices": {choices}}}\n\n'.encode()

    batch = seam_after("one", "\n").feed(events(odd))

    assert words(batch) == " two"
    assert chunks(batch)[0]["id"] == "chatcmpl-1"


# Echoes


def test_an_echo_in_one_piece_is_taken_away() -> None:
    batch = seam_after("1, 2,", dialect="mistral").feed(events(*second("1, 2,", " 3")))

    assert words(batch) == " 3"
    assert [e.seam.verified for e in batch if isinstance(e, Resumed)] == [True]


def test_a_reply_that_does_not_echo_is_taken_as_it_is() -> None:
    batch = seam_after("1, 2,", dialect="mistral").feed(events(*second(" 3")))

    assert words(batch) == " 3"
    assert [e.seam.verified for e in batch if isinstance(e, Resumed)] == [False]


def test_an_answer_that_begins_anew_is_a_mismatch_and_nothing_of_it_is_delivered() -> None:
    splice = seam_after("1, 2,", dialect="mistral")

    assert splice.feed(events(*second("1,", finish=None))) == []
    with pytest.raises(SpliceMismatch, match=r"repeats what was delivered.*got '1, too'"):
        splice.feed(events(chunk({"content": " too"})))


def test_an_end_inside_the_echo_is_a_mismatch() -> None:
    with pytest.raises(SpliceMismatch, match="got '1,'"):
        seam_after("1, 2,", dialect="mistral").feed(events(*second("1,")))


# Ends that nobody asked for


def test_the_end_of_an_answer_at_its_limit_is_made_up() -> None:
    so_far = delivered("one", " two")

    batch = ending(so_far, 1, CAUSE)

    assert [type(e) for e in batch] == [Resumed, Message, Done]
    assert chunks(batch)[0] == {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-1",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}],
    }


def test_the_terminator_is_the_one_of_the_wire() -> None:
    assert done().raw == DONE


# Any text, any chunks, any cut

_PIECES = [
    "one",
    " two",
    "a",
    "aa",
    " ",
    "\n",
    "\n\n",
    "\t ",
    "é",
    "日本",
    "🌊",
    "\u2028",
    '"\\',
    "\x1e",
]


@dataclass(frozen=True)
class Cut:
    before: tuple[str, ...]
    after: tuple[str, ...]
    chunked: tuple[str, ...]

    @property
    def whole(self) -> str:
        return "".join(self.before + self.after)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Draw what was delivered, what is true, and how the continuation cuts into chunks."""
    before = tuple(draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6)))
    after = tuple(draw(st.lists(st.sampled_from(_PIECES), max_size=6)))
    prefix = "".join(before).rstrip()
    left = "".join(before + after)[len(prefix) :]
    places = sorted(draw(st.sets(st.integers(1, max(1, len(left) - 1)), max_size=6)))
    ends = [0, *(place for place in places if place < len(left)), len(left)]
    return Cut(before, after, tuple(left[a:b] for a, b in itertools.pairwise(ends)))


def _together(cut: Cut, splice: Splice, *pieces: str) -> str:
    spliced: list[str] = []
    for raw in [*second(*pieces), DONE]:
        batch = splice.feed(events(raw))
        spliced.append(words(batch))
        assert all(type(e) is not Message or e.chunk is not None for e in batch)
    return "".join(cut.before) + "".join(spliced)


@given(cuts())
def test_delivered_and_spliced_make_the_whole_answer(cut: Cut) -> None:
    splice = seam_after(*cut.before)

    assert _together(cut, splice, *cut.chunked) == cut.whole


@given(cuts(), st.integers(1, 9))
def test_an_echo_of_any_chunks_makes_the_whole_answer(cut: Cut, size: int) -> None:
    echo = "".join(cut.before).rstrip()
    assume(echo)
    pieces = [echo[at : at + size] for at in range(0, len(echo), size)]

    splice = seam_after(*cut.before, dialect="mistral")

    assert _together(cut, splice, *pieces, *cut.chunked) == cut.whole


@given(cuts(), st.integers(1, 9))
def test_an_echo_that_runs_into_the_rest_makes_the_whole_answer(cut: Cut, size: int) -> None:
    assume("".join(cut.before).strip())
    pieces = [cut.whole[at : at + size] for at in range(0, len(cut.whole), size)]

    splice = seam_after(*cut.before, dialect="mistral")

    assert _together(cut, splice, *pieces) == cut.whole


@given(cuts())
def test_a_reply_without_an_echo_is_the_rest_or_a_mismatch(cut: Cut) -> None:
    # A rest that repeats all that was handed in looks like an echo; no reader could tell.
    rest, prefix = "".join(cut.chunked), "".join(cut.before).rstrip()
    assume(prefix and not rest.startswith(prefix))

    splice = seam_after(*cut.before, dialect="mistral")
    try:
        together = _together(cut, splice, *cut.chunked)
    except SpliceMismatch:
        assert rest.startswith(prefix[0])
    else:
        assert together == cut.whole


@given(cuts(), st.integers(1, 20), st.text(min_size=1, max_size=8))
def test_an_answer_that_begins_anew_delivers_nothing(cut: Cut, length: int, other: str) -> None:
    prefix = "".join(cut.before).rstrip()
    anew = prefix[:length] + other
    assume(prefix and not anew.startswith(prefix) and not prefix.startswith(anew))

    splice = seam_after(*cut.before, dialect="mistral")

    with pytest.raises(SpliceMismatch):
        _together(cut, splice, *anew)


@given(cuts())
def test_every_event_of_a_splice_can_be_read_again(cut: Cut) -> None:
    batch = seam_after(*cut.before).feed(events(*second(*cut.chunked), USAGE, DONE))

    reread = events(*(e.raw for e in batch if isinstance(e, WireEvent)))
    assert words(reread) == words(batch)
    assert all(document.get("id") == "chatcmpl-1" for document in chunks(batch))
    roles = [c["delta"].get("role") for d in chunks(batch) for c in d["choices"]]
    assert not any(roles)


def test_a_flood_of_comments_drops_nothing_else_that_is_held() -> None:
    flood = [b": busy\n\n"] * 3000
    head = Head()

    for event in [*flood, ROLE, *flood]:
        assert head.feed(events(event)) == []
    passed = head.feed(events(chunk({"content": "one"}), DONE))

    assert [b'"role"' in e.raw for e in passed if isinstance(e, Message)] == [True, False]
    assert sum(isinstance(e, Comment) for e in passed) <= 1000
    assert isinstance(passed[-1], Done)
