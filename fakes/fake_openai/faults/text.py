"""The text form of faults, read and written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*")
_KEY = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*")
_WORD = re.compile(r"[^,+\"\[\]{}]*")
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./:;-]*(?: [A-Za-z0-9_./:;-]+)*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Item:
    """One argument.

    Attributes:
        name: empty if it has none.
        text: its value as it stands.
        quoted: the value is JSON and says itself what it is.
    """

    name: str
    text: str
    quoted: bool

    def value(self, types: tuple[type, ...]) -> Any:
        """Return the value, read as one of `types`; text if nothing else fits."""
        if self.quoted:
            return json.loads(self.text)
        word = self.text.strip()
        if type(None) in types and word in ("none", "null"):
            return None
        if bool in types and word in ("true", "false", "yes", "no"):
            return word in ("true", "yes")
        for number in (int, float):
            if number in types or float in types:
                try:
                    return number(word)
                except ValueError:
                    continue
        return word


def read(text: str) -> list[tuple[str, list[Item]]]:
    """Return the faults in `text`: kind and arguments.

    Raises:
        ValueError: it is not to be understood.
    """
    faults: list[tuple[str, list[Item]]] = []
    at = 0
    while True:
        name = _NAME.match(text, at)
        if name is None:
            raise _unexpected(text, at, "the name of a fault")
        items: list[Item] = []
        faults.append((name[1], items))
        at = name.end()
        separator = ":"
        while text[at : at + 1] == separator:
            item, at = _item(text, at + 1)
            items.append(item)
            separator = ","
        if at == len(text):
            return faults
        if text[at] != "+":
            raise _unexpected(text, at, f"{separator} or +")
        at += 1


def _item(text: str, at: int) -> tuple[Item, int]:
    key = _KEY.match(text, at)
    name = key[1] if key else ""
    start = at = key.end() if key else at
    if text[at : at + 1] in ('"', "{", "["):
        try:
            _, end = _DECODER.raw_decode(text, at)
        except ValueError:
            raise _unexpected(text, at, "JSON") from None
        item = Item(name, text[start:end], quoted=True)
    else:
        end = _word_end(text, at)
        item = Item(name, text[start:end].strip(), quoted=False)
        if not item.text:
            raise _unexpected(text, at, "a value")
    while text[end : end + 1] == " ":
        end += 1
    return item, end


def _word_end(text: str, at: int) -> int:
    found = _WORD.match(text, at)
    end = found.end() if found else at
    # The + of 1e+20 joins no faults.
    if text[end : end + 1] == "+" and re.search(r"[0-9.]e$", text[at:end]):
        return _word_end(text, end + 1)
    return end


def _unexpected(text: str, at: int, wanted: str) -> ValueError:
    came = repr(text[at:]) if at < len(text) else "the end"
    return ValueError(f"expected {wanted} at character {at + 1} of {text!r}, got {came}")


def write(kind: str, arguments: Mapping[str, Any]) -> str:
    """Return one fault as text."""
    told = ",".join(f"{name}={_written(value)}" for name, value in arguments.items())
    return f"{kind}:{told}" if told else kind


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, (int, float)):
        return repr(value)
    if value == "inf":
        return "inf"
    if isinstance(value, str) and _BARE.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value)


_WORDS = ("none", "null", "true", "false", "yes", "no", "nan", "infinity", "inf")
