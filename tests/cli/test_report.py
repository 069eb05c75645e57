from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.outcome import Joint, Leg
from steadystream.cli.demo.report import page
from steadystream.cli.demo.report.timeline import picked, text_with_seams, timelines
from steadystream.cli.demo.tally import Tally
from support.demo_streams import ABOUT, BARE, FAILED, STEADY, TEXT, arrived

PAGE = page(BARE, STEADY, ABOUT)
_VOID = {"meta", "line", "br"}


class Outline(HTMLParser):
    """Elements, attributes and text of a page; complains of tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def without_tags(markup: str) -> str:
    return re.sub("<[^>]+>", "", markup)


def test_tags_match() -> None:
    assert Outline(PAGE).open == []


def test_nothing_is_loaded() -> None:
    names = {name for name, _ in Outline(PAGE).attributes}
    assert not names & {"src", "href", "srcset", "data", "action"}
    assert not re.search(r"url\(|@import|https?://|<script|<link", PAGE)


def test_headline_numbers_are_there() -> None:
    text = Outline(PAGE).text
    assert "3 streams through a server that breaks them" in text
    assert "1 of 3 answers whole" in text
    assert "3 of 3 answers whole" in text
    assert "2 broken, 1 of them without any error" in text


def test_it_says_how_to_run_it_again() -> None:
    command = "steadystream demo --seed 5 --dialect vllm --streams 3 --concurrency 40"
    assert command in Outline(PAGE).text


def test_each_stream_that_lost_something_has_a_bar() -> None:
    titles = re.findall(r"<title>(stream \d+: \d+ characters lost)</title>", PAGE)
    assert titles == ["stream 1: 18 characters lost", "stream 3: 24 characters lost"]


def test_it_is_light_and_dark_and_made_for_small_screens_too() -> None:
    assert "prefers-color-scheme: dark" in PAGE
    assert 'name="viewport"' in PAGE


def test_an_attempt_has_the_colour_of_its_text() -> None:
    busy = arrived(TEXT, 1, TEXT, Kind.CUT)
    legs = (Leg(0, 1, 0, Kind.OVERLOADED), Leg(1, 2, 4, Kind.CUT), Leg(2, 3, 23))
    drawn = timelines([replace(busy, outcome=replace(busy.outcome, legs=legs))])
    assert re.findall(r'<rect class="(\w+)" x', drawn) == ["idle", "cut", "leg1", "cut", "leg0"]
    assert re.findall(r'<span class="(\w+)"', drawn) == ["leg1", "leg0"]


def test_streams_that_failed_are_told_in_full() -> None:
    text = Outline(page(BARE, FAILED, ABOUT)).text
    assert "Not whole with steadystream" in text
    assert "first difference at character 5" in text
    assert "Not whole with steadystream" not in Outline(PAGE).text


def test_text_is_escaped() -> None:
    evil = "<script>alert('&')</script>"
    tally = Tally([arrived(evil, 1, evil, Kind.CUT, error="<b>bold</b>")], 1.0)
    report = page(tally, tally, ABOUT)
    assert "<script" not in report
    assert "<b>bold" not in report
    assert evil in Outline(report).text


def test_seams_stand_where_they_were() -> None:
    joints = [Joint(4, "exact_prefix", (Kind.CUT,)), Joint(9, "prefill", (Kind.RESET, Kind.STALL))]
    marked = without_tags(text_with_seams(TEXT, joints))
    assert marked == ("The connection cutferryconnection reset, then silence waits for nobody.")


def test_a_text_without_seams_is_itself() -> None:
    assert without_tags(text_with_seams(TEXT, ())) == TEXT


def test_failed_streams_are_picked_first() -> None:
    reads = [arrived(TEXT, number, TEXT, Kind.CUT, Kind.RESET) for number in range(1, 9)]
    chosen = picked(Tally([*reads, arrived("", 9)], 1.0), 3)
    assert [read.case.number for read in chosen] == [1, 2, 9]


def test_picked_streams_show_as_many_kinds_as_they_can() -> None:
    reads = [
        arrived(TEXT, 1, TEXT, Kind.CUT, Kind.CUT, Kind.CUT),
        arrived(TEXT, 2),
        arrived(TEXT, 3, TEXT, Kind.CUT, Kind.RESET),
        arrived(TEXT, 4, TEXT, Kind.GARBLED),
    ]
    assert [read.case.number for read in picked(Tally(reads, 1.0), 2)] == [3, 4]


def test_undisturbed_streams_alone_make_a_report_too() -> None:
    calm = Tally([arrived(TEXT, 1)], 1.0)
    assert Outline(page(calm, calm, ABOUT)).open == []
