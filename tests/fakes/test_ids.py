"""Ids have the form that their template says, and all of it comes from the generator."""

from __future__ import annotations

import random
import re

import pytest

from fake_openai.telling.ids import fill


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("chatcmpl-{alnum29}", r"chatcmpl-[A-Za-z0-9]{29}"),
        ("{hex16}-EWR", r"[0-9a-f]{16}-EWR"),
        ("39999{digits3}", r"39999\d{3}"),
        ("req_{crockford26}x", r"req_[0-9a-hjkmnp-tv-z]{26}x"),
        ("{uuid}", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("gen-{created}-{alnum20}", r"gen-1700000000-[A-Za-z0-9]{20}"),
        ("max-age=1; {other}", r"max-age=1; \{other\}"),
        ("plain", "plain"),
    ],
)
def test_a_template_is_filled_in_its_form(template: str, pattern: str) -> None:
    assert re.fullmatch(pattern, fill(template, random.Random(1), 1_700_000_000))


def test_every_character_of_an_alphabet_comes_up() -> None:
    drawn = set(fill("{alnum9999}", random.Random(1)))

    assert len(drawn) == 62


def test_the_same_generator_gives_the_same_id_and_the_next_is_another() -> None:
    one, other = random.Random(5), random.Random(5)

    assert fill("{alnum29}", one) == fill("{alnum29}", other) != fill("{alnum29}", one)
