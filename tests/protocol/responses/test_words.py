from __future__ import annotations

from typing import Any

import pytest

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Resumed, Rung
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.responses.words import WordsJoint
from support.response_events import Spoken, documents_of, numbers_of, seam, transcript_of, types_of

BEFORE = Spoken("a").message("It was a dark", " and stormy night").events[:6]


def joined(reply: Spoken, *, whitespace: str = "") -> Batch:
    so_far = transcript_of(BEFORE)
    rest = Continuation(
        None, Rung.INSTRUCT, anchor="and stormy night", whitespace=whitespace, handed_in=2
    )
    joint = WordsJoint(rest, so_far, seam(so_far, Rung.INSTRUCT))
    return [*joint.feed(reply.events), *joint.close()]


def test_what_stands_behind_the_last_words_is_the_rest() -> None:
    rest = joined(Spoken("b").message("Sure: and sto", "rmy night;", " rain fell.").end())

    whole = transcript_of([*BEFORE, *rest])
    assert isinstance(rest[0], Resumed)
    assert rest[0].seam.verified
    assert whole.text == "It was a dark and stormy night; rain fell."
    assert whole.last["output"][0]["content"][0]["text"] == whole.text
    assert whole.last["output"][0]["id"] == "msg_a0"
    assert types_of(rest)[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert numbers_of([*BEFORE, *rest]) == list(range(len(BEFORE) + len(rest) - 1))


def test_what_tells_the_whole_text_tells_all_of_it() -> None:
    rest = joined(Spoken("b").message("and stormy night; rain fell.").end())

    done = {document["type"]: document for document in documents_of(rest)}
    assert done["response.output_text.done"]["text"].startswith("It was a dark")
    assert done["response.content_part.done"]["part"]["text"].startswith("It was a dark")


def test_usage_is_that_of_one_response() -> None:
    rest = joined(Spoken("b").message("and stormy night; rain fell.").end())

    assert transcript_of([*BEFORE, *rest]).usage == {
        "input_tokens": 5,
        "output_tokens": 7,
        "total_tokens": 12,
    }


def test_what_the_model_thinks_of_going_on_is_no_part_of_the_answer() -> None:
    rest = joined(Spoken("b").reasoning("Go on.").message("and stormy night; rain.").end())

    whole = transcript_of([*BEFORE, *rest])
    assert (whole.text, whole.reasoning) == ("It was a dark and stormy night; rain.", "")


REPLIES: dict[str, Any] = {
    "without the words": Spoken("b").message("Rain fell.").end(),
    "with a call": Spoken("b").call("f", "{}").end(),
    "with a refusal": Spoken("b").refusal("I cannot.").end(),
    "with nothing": Spoken("b").end(),
    "with two messages": Spoken("b").message("and stormy night;").message("rain.").end(),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_of_another_kind_is_refused(reply: str) -> None:
    with pytest.raises(SpliceMismatch):
        joined(REPLIES[reply])
