"""Answers for requests that nobody has scripted: a few sentences, the same for the same seed."""

from __future__ import annotations

import random
from functools import lru_cache

from fake_openai.counting.tokens import OWN
from fake_openai.scripts.script import Answer

_OPENINGS = (
    "Good question.",
    "In short, it depends on what you need.",
    "There are two things to look at here.",
    "Yes, and the reason is simple.",
    "Let us take it step by step.",
)
_SUBJECTS = (
    "The first step",
    "A careful reader",
    "The usual approach",
    "Most of the work",
    "The important part",
    "An experienced team",
    "The harbour at dawn",
    "Every small change",
)
_VERBS = (
    "keeps an eye on",
    "depends on",
    "begins with",
    "gains from",
    "comes back to",
    "is easier to see through",
    "follows from",
)
_OBJECTS = (
    "a short list of clear goals",
    "the difference between signal and noise",
    "one honest measurement",
    "the order in which things happen",
    "a quiet afternoon and a good map",
    "what the numbers really say",
    "the parts that nobody wrote down",
)
_TAILS = (
    ", even when time is short.",
    ".",
    ", and that is usually enough.",
    "; the rest can wait.",
    ", at least at the beginning.",
)
_FOREIGN = (
    "På norsk heter det «øyeblikk».",
    "日本語では「ありがとう」と言います。",
    "Ça ne coûte que 3 €, à peu près.",
    "Привет, мир!",
    "A picture says it best: 🌊🧭👩‍🚀.",
)


# Sentences after the opening, at least and at most.
_SENTENCES = {"low": (1, 1), "medium": (2, 4), "high": (6, 9)}
# Blocks of 64 tokens: OpenAI counts reasoning in such blocks.
_BLOCKS = {"low": 1, "medium": 3, "high": 7, "xhigh": 13, "max": 16}
_BLOCK = 64


def answer(seed: str, question: str = "", verbosity: str = "medium") -> Answer:
    """Return the answer that belongs to `seed`.

    Args:
        seed: any text.
        question: what was asked; a question that is not plain ASCII is answered with characters of
            two to four bytes in it as well.
        verbosity: how much is said: `low`, `medium` or `high`.
    """
    rng = random.Random(seed)
    sentences = [rng.choice(_OPENINGS)]
    sentences += [_sentence(rng) for _ in range(rng.randint(*_SENTENCES.get(verbosity, (2, 4))))]
    if not question.isascii():
        sentences[1:1] = rng.sample(_FOREIGN, 2)
    return Answer(" ".join(sentences))


@lru_cache(64)
def reasoning(seed: str, effort: str) -> str:
    """Return what is thought before the answer that belongs to `seed`: more with more `effort`."""
    wanted = _BLOCKS.get(effort, 0) * _BLOCK
    rng = random.Random(f"{seed}/reasoning")
    thought: list[str] = []
    while len(thought) < wanted:
        thought += OWN.split(f"{' ' if thought else ''}{_sentence(rng)}")
    return "".join(thought[:wanted])


def other(seed: str) -> Answer:
    """Return an answer that goes on from nothing: what a model says to a prefix it cannot use."""
    return Answer("I am not sure what to continue here. " + answer(f"{seed}/other").text)


def _sentence(rng: random.Random) -> str:
    subject, verb = rng.choice(_SUBJECTS), rng.choice(_VERBS)
    return f"{subject} {verb} {rng.choice(_OBJECTS)}{rng.choice(_TAILS)}"
