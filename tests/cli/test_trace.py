from __future__ import annotations

from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.lane import SEAM, Lane
from steadystream.cli.demo.outcome import Joint, Leg
from steadystream.cli.demo.tally import read
from steadystream.cli.demo.trace import Trace, one_line
from steadystream.errors import Disconnected, Rejected
from support.demo_streams import TEXT, a_case


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def traced(*kinds: Kind) -> tuple[Trace, Lane, Clock]:
    clock, lane = Clock(), Lane("steadystream", 1)
    return Trace(a_case(1, TEXT, *kinds), lane, clock), lane, clock


def test_an_undisturbed_stream_is_one_attempt() -> None:
    trace, _, clock = traced()
    trace.came("The ")
    clock.now += 2
    trace.came("ferry")
    outcome = trace.outcome()
    assert (outcome.text, outcome.legs) == ("The ferry", (Leg(0, 2, 9),))


def test_the_next_attempt_begins_after_the_wait() -> None:
    trace, _, clock = traced(Kind.CUT)
    clock.now += 1
    trace.interrupted(Disconnected(1, "gone"), again=True)
    trace.waits(0.5)
    clock.now += 2
    legs = trace.outcome().legs
    assert [(leg.start, leg.end, leg.ended_by) for leg in legs] == [
        (0, 1, Kind.CUT),
        (1.5, 3, None),
    ]


def test_an_attempt_that_nothing_follows_is_the_last() -> None:
    trace, _, _ = traced(Kind.CUT)
    trace.interrupted(Disconnected(1, "gone"), again=False)
    assert len(trace.outcome("gone").legs) == 1


def test_a_seam_names_all_that_went_wrong_since_the_last_one() -> None:
    trace, _, _ = traced(Kind.CUT, Kind.OVERLOADED)
    trace.came("The ")
    trace.interrupted(Disconnected(1, "gone"), again=True)
    trace.interrupted(Rejected(503, "busy"), again=True)
    trace.resumed(4, "exact_prefix")
    trace.interrupted(Disconnected(1, "gone"), again=True)
    trace.resumed(8, "exact_prefix")
    assert trace.outcome().joints == (
        Joint(4, "exact_prefix", (Kind.CUT, Kind.OVERLOADED)),
        Joint(8, "exact_prefix", (Kind.UNPLANNED,)),
    )


def test_what_went_wrong_before_any_text_is_part_of_no_seam() -> None:
    trace, _, _ = traced(Kind.OVERLOADED, Kind.CUT)
    trace.interrupted(Rejected(503, "busy"), again=True)
    trace.came("The ")
    trace.interrupted(Disconnected(1, "gone"), again=True)
    trace.resumed(4, "exact_prefix")
    assert [joint.kinds for joint in trace.outcome().joints] == [(Kind.CUT,)]


def test_each_attempt_knows_how_many_characters_it_brought() -> None:
    trace, _, _ = traced(Kind.CUT, Kind.OVERLOADED)
    trace.came("The ")
    trace.interrupted(Disconnected(1, "gone"), again=True)
    trace.interrupted(Rejected(503, "busy"), again=True)
    trace.came("ferry")
    assert [leg.characters for leg in trace.outcome().legs] == [4, 0, 5]


def test_the_lane_counts_while_the_stream_is_read() -> None:
    trace, lane, _ = traced(Kind.CUT)
    trace.came("The ")
    trace.interrupted(Disconnected(1, "gone"), again=True)
    assert (lane.attempts, lane.kinds[Kind.CUT], lane.strands[1].state) == (2, 1, "interrupted")
    trace.resumed(4, "exact_prefix")
    trace.came("ferry")
    assert (lane.seams, lane.strands[1].tail) == (1, f"The {SEAM}ferry")


def test_the_lane_keeps_few_of_the_streams_that_are_over() -> None:
    lane = Lane("steadystream", 500)
    for number in range(1, 501):
        trace = Trace(a_case(number), lane, Clock())
        trace.came(TEXT)
        lane.ended(read(a_case(number), trace.outcome()))
    assert (lane.done, lane.whole) == (500, 500)
    assert len(lane.strands) < 100


def test_an_exception_is_told_in_one_short_line() -> None:
    assert one_line(ValueError("a\n  b")) == "ValueError: a b"
    assert one_line(KeyError()) == "KeyError"
    assert len(one_line(ValueError("x" * 1000))) == 200
