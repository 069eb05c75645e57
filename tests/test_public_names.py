import steadystream


def test_the_public_names_are_these() -> None:
    assert sorted(steadystream.__all__) == [
        "Answer",
        "AnswerBroken",
        "AnswerLate",
        "Attempt",
        "Backoff",
        "Breaker",
        "Budget",
        "Cost",
        "Dialect",
        "Economy",
        "Event",
        "EventSource",
        "Fallback",
        "GaveUp",
        "Hedge",
        "InvalidRequest",
        "Message",
        "MessageEvent",
        "Pace",
        "Profile",
        "ReadyState",
        "Rejected",
        "ResponseAnswer",
        "ResponseEvent",
        "ResponseTranscript",
        "Retries",
        "Rung",
        "Seam",
        "SteadyClient",
        "SteadyStream",
        "SteadyStreamError",
        "StreamFault",
        "SyncAnswer",
        "SyncResponseAnswer",
        "SyncSteadyClient",
        "Throughput",
        "Timeouts",
        "Transcript",
        "Usage",
        "Verdict",
        "answer_of",
        "event_bytes",
        "fault_of",
        "partial_of",
    ]


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    for name in steadystream.__all__:
        thing = getattr(steadystream, name)
        assert name == "Event" or thing.__doc__, name
