"""The body of `POST /v1/batches`, and a line of its input file."""

from __future__ import annotations

from fake_openai.asking.rules import Record, Table, Text, Whole

ENDPOINTS = (
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
)

BATCHES = Record(
    members={
        "input_file_id": Text(null="wrong"),
        "endpoint": Text(choices=ENDPOINTS, firm=True, null="wrong"),
        "completion_window": Text(choices=("24h",), firm=True, null="wrong"),
        "metadata": Table(of=Text(longest=512), most=16, longest_name=64),
        "output_expires_after": Record(
            members={
                "anchor": Text(choices=("created_at",)),
                "seconds": Whole(lowest=3600, highest=2_592_000),
            },
            required=("anchor", "seconds"),
        ),
    },
    required=("input_file_id", "endpoint", "completion_window"),
)
