"""Ids of responses and their items."""

from __future__ import annotations

import base64
import random
import string
import uuid

from fake_openai.telling.ids import fill

from .form import ResponsesForm

_BASE36 = string.digits + string.ascii_lowercase


class Ids:
    """Draws the ids that belong to one response.

    OpenAI's have 50 hex digits: 18 that the response and its items share, eight of the time, and 24
    of their own. OpenRouter's are its own, save for what stays with OpenAI.

    Args:
        form: of the provider.
        rng: seeded chance.
        created: seconds since 1970.
    """

    def __init__(self, form: ResponsesForm, rng: random.Random, created: int) -> None:
        self._kind = form.ids
        self._rng = rng
        self._created = created
        self._root = fill("0{hex15}01", rng)

    def response(self) -> str:
        """Return the id of the response."""
        if self._kind == "gen":
            return fill("gen-{created}-{alnum20}", self._rng, self._created)
        return self._uuid() if self._kind == "uuid" else "resp_" + self._hex()

    def item(self, kind: str, *, upstream: bool = False) -> str:
        """Return the id of an item.

        Args:
            kind: the prefix, such as `msg`.
            upstream: whether the item is one that a provider behind this one knows.
        """
        if self._kind == "gen" and not upstream:
            return f"{kind}_tmp_" + "".join(self._rng.choices(_BASE36, k=11))
        return self._uuid() if self._kind == "uuid" else f"{kind}_{self._hex()}"

    def sealed(self, text: str) -> str:
        """Return what stands for `text` encrypted: as long as that would be, and opaque."""
        size = 16 * (len(text.encode("utf-8", "replace")) // 16 + 1)
        token = b"\x80" + self._created.to_bytes(8, "big") + self._rng.randbytes(size + 48)
        return base64.urlsafe_b64encode(token).decode()

    def _hex(self) -> str:
        return f"{self._root}{self._created:08x}" + fill("{hex4}819{hex17}", self._rng)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))


def prefix(kind: str) -> str:
    """Return the prefix of ids of items of type `kind`."""
    return _PREFIXES.get(kind, "item")


_PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "function_call_output": "fco",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco",
}
