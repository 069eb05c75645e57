"""Tells whether a text can still become JSON, however far it has come."""

from __future__ import annotations

import re
from enum import Enum, auto

_SPACE = frozenset(" \t\r\n")
_LITERALS = ("true", "false", "null")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_OF_NUMBERS = frozenset("0123456789+-.eE")
_ESCAPED = frozenset('"\\/bfnrt')
_HEX = frozenset("0123456789abcdefABCDEF")
_CLOSES = {"{": "}", "[": "]"}


class _Awaits(Enum):
    """What may come next."""

    VALUE = auto()
    VALUE_OR_END = auto()
    KEY = auto()
    KEY_OR_END = auto()
    COLON = auto()
    COMMA_OR_END = auto()
    TEXT = auto()
    ESCAPED = auto()
    HEX = auto()
    WORD = auto()


class JsonPrefix:
    """Reads JSON character by character. Does not build anything of it.

    Source: RFC 8259.

    Attributes:
        is_possible: whether what came is JSON, or its beginning.
    """

    def __init__(self) -> None:
        self._awaits = _Awaits.VALUE
        self._open: list[str] = []
        self._word = ""
        self._hex_left = 0
        self._in_key = False
        self.is_possible = True

    def feed(self, text: str) -> None:
        """Take the next part of the text."""
        for character in text:
            if not self.is_possible:
                return
            self.is_possible = self._take(character)

    def _take(self, character: str) -> bool:
        match self._awaits:
            case _Awaits.TEXT:
                return self._in_text(character)
            case _Awaits.ESCAPED:
                self._hex_left = 4
                self._awaits = _Awaits.HEX if character == "u" else _Awaits.TEXT
                return character == "u" or character in _ESCAPED
            case _Awaits.HEX:
                self._hex_left -= 1
                self._awaits = _Awaits.HEX if self._hex_left else _Awaits.TEXT
                return character in _HEX
            case _Awaits.WORD:
                return self._in_word(character)
            case _:
                return character in _SPACE or self._between(character)

    def _in_text(self, character: str) -> bool:
        if character == "\\":
            self._awaits = _Awaits.ESCAPED
        elif character == '"':
            self._awaits = _Awaits.COLON if self._in_key else _Awaits.COMMA_OR_END
        return character >= " "

    def _in_word(self, character: str) -> bool:
        word = self._word + character
        if word[0] in _OF_NUMBERS and character in _OF_NUMBERS:
            self._word = word
            return True
        if any(literal.startswith(word) for literal in _LITERALS):
            self._word = word
            return True
        if self._word not in _LITERALS and not _NUMBER.fullmatch(self._word):
            return False
        self._awaits = _Awaits.COMMA_OR_END
        return character in _SPACE or self._between(character)

    def _between(self, character: str) -> bool:
        """Take what is neither space nor inside a text, a number or a literal."""
        awaits = self._awaits
        ends = awaits in {_Awaits.COMMA_OR_END, _Awaits.KEY_OR_END, _Awaits.VALUE_OR_END}
        if ends and self._open and character == _CLOSES[self._open[-1]]:
            self._open.pop()
            self._awaits = _Awaits.COMMA_OR_END
            return True
        if awaits is _Awaits.COMMA_OR_END:
            inside = bool(self._open)
            self._awaits = _Awaits.KEY if inside and self._open[-1] == "{" else _Awaits.VALUE
            return inside and character == ","
        if awaits is _Awaits.COLON:
            self._awaits = _Awaits.VALUE
            return character == ":"
        if awaits in {_Awaits.KEY, _Awaits.KEY_OR_END}:
            self._in_key, self._awaits = True, _Awaits.TEXT
            return character == '"'
        return self._begin_value(character)

    def _begin_value(self, character: str) -> bool:
        if character in _CLOSES:
            self._open.append(character)
            self._awaits = _Awaits.KEY_OR_END if character == "{" else _Awaits.VALUE_OR_END
            return True
        if character == '"':
            self._in_key, self._awaits = False, _Awaits.TEXT
            return True
        self._word, self._awaits = character, _Awaits.WORD
        return character in "-0123456789tfn"
