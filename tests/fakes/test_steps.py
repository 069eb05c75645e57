from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai.delivery.steps import Send, Step, Stop, Wait, split

SENDS = st.builds(Send, st.binary(min_size=1, max_size=9), st.integers(0, 1), st.integers(1, 3))
STEPS = st.lists(SENDS | st.builds(Wait, st.just(0.0))).map(lambda steps: [*steps, Stop("end")])


def data(steps: list[Step]) -> bytes:
    return b"".join(step.data * step.times for step in steps if isinstance(step, Send))


def events(steps: list[Step]) -> int:
    return sum(step.events for step in steps if isinstance(step, Send))


@given(STEPS, st.integers(0, 100))
@settings(max_examples=50)
def test_a_cut_at_a_byte_leaves_that_many_bytes_before_it_and_loses_none(
    steps: list[Step], at: int
) -> None:
    parts = split(steps, None, at)

    whole = data(steps)
    if at > len(whole):
        assert parts is None
    else:
        assert parts is not None
        assert (data(parts[0]), data(parts[1])) == (whole[:at], whole[at:])


@given(STEPS, st.integers(0, 100))
@settings(max_examples=50)
def test_a_cut_at_a_byte_loses_no_event(steps: list[Step], at: int) -> None:
    parts = split(steps, None, at)

    if parts is not None:
        assert events(parts[0]) + events(parts[1]) == events(steps)


@given(STEPS, st.integers(0, 12))
@settings(max_examples=50)
def test_a_cut_after_an_event_leaves_that_many_events_before_it(
    steps: list[Step], after: int
) -> None:
    parts = split(steps, after, None)

    if after > events(steps):
        assert parts is None
    else:
        assert parts is not None
        assert parts[0] + parts[1] == steps
        assert events(parts[0]) == after


def test_a_cut_after_the_last_event_is_before_the_end_of_the_body() -> None:
    steps: list[Step] = [Send(b"a", 1), Stop("end")]

    assert split(steps, 1, None) == ([Send(b"a", 1)], [Stop("end")])
