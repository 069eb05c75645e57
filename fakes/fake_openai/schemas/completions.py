"""The body of `POST /v1/completions`."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Flag, Number, Record, Table, Text, Whole

from .shared import TEMPERATURE, TOP_P

_TOKENS = Array(of=Whole(lowest=0, null="wrong"), shortest=1, null="wrong")

COMPLETIONS = Record(
    members={
        "model": Text(null="wrong", shortest=1),
        "prompt": Either(
            rules=[
                Text(),
                Array(
                    of=Either(
                        rules=[Text(null="wrong"), Whole(lowest=0, null="wrong"), _TOKENS],
                        null="wrong",
                    ),
                    shortest=1,
                    longest=2048,
                ),
            ],
        ),
        "best_of": Whole(lowest=1, highest=20),
        "echo": Flag(),
        "frequency_penalty": Number(lowest=-2, highest=2),
        "logit_bias": Table(of=Number(lowest=-100, highest=100)),
        "logprobs": Whole(lowest=0, highest=5),
        "max_tokens": Whole(lowest=0),
        "n": Whole(lowest=1, highest=128),
        "presence_penalty": Number(lowest=-2, highest=2),
        "seed": Whole(),
        "stop": Either(rules=[Text(), Array(of=Text(null="wrong"), shortest=1, longest=4)]),
        "stream": Flag(),
        "stream_options": Record(
            members={"include_usage": Flag(), "include_obfuscation": Flag()},
        ),
        "suffix": Text(),
        "temperature": TEMPERATURE,
        "top_p": TOP_P,
        "user": Text(),
    },
    required=("model", "prompt"),
)
