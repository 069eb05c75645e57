"""True answers for the demo, in the pieces in which they are streamed."""

from __future__ import annotations

from random import Random

_SUBJECTS = (
    "The lighthouse keeper",
    "A patient engineer",
    "The ferry at noon",
    "Every third wave",
    "The old harbour clock",
    "A careful translator",
    "The night train",
    "Somebody on the pier",
)
_VERBS = (
    "waits for",
    "writes down",
    "keeps away from",
    "asks about",
    "remembers",
    "is never late for",
    "counts on",
)
_OBJECTS = (
    "the second bell",
    "what the tide brought in",
    "a letter without a stamp",
    "the shortest way home",
    "three kinds of fog",
    "the price of a good rope",
    "whatever the map leaves out",
)
_TAILS = (
    ".",
    ", and nobody minds.",
    ", because it has always been so.",
    "; that is the whole secret.",
    ", at least until the rain stops.",
)
_FOREIGN = (
    "På norsk heter det «fyrvokteren».",
    "日本語では「灯台守」と言います。",
    "Один раз — и навсегда.",
    "Le phare coûte 3 € l'entrée.",
    "🌊🧭👩‍🚀 says it without words.",
)


def pieces(dice: Random, *, foreign: bool) -> tuple[str, ...]:
    """Return one answer of two to four paragraphs.

    Args:
        dice: decides which.
        foreign: whether it also holds characters of two to four bytes in UTF-8.
    """
    paragraphs = [_paragraph(dice, foreign=foreign) for _ in range(dice.randint(2, 4))]
    cut: list[str] = []
    for paragraph in paragraphs:
        if cut:
            cut.append("\n\n")
        cut += _cut(paragraph)
    return tuple(cut)


def _paragraph(dice: Random, *, foreign: bool) -> str:
    sentences = [_sentence(dice) for _ in range(dice.randint(2, 4))]
    if foreign:
        sentences.insert(dice.randrange(len(sentences)), dice.choice(_FOREIGN))
    return " ".join(sentences)


def _sentence(dice: Random) -> str:
    subject, verb = dice.choice(_SUBJECTS), dice.choice(_VERBS)
    return f"{subject} {verb} {dice.choice(_OBJECTS)}{dice.choice(_TAILS)}"


def _cut(text: str) -> list[str]:
    """Cut `text` as models do: a word with its space, shorter where a character is not ASCII."""
    cut: list[str] = []
    for at, word in enumerate(text.split(" ")):
        spaced = word if at == 0 else f" {word}"
        cut += [spaced] if word.isascii() else _by_twos(spaced)
    return cut


def _by_twos(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(0, len(word), 2)]
