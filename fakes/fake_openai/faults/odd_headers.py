"""Response headers that a client must bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fake_openai import checks
from fake_openai.delivery.steps import Step

from .base import InStream, Scene

Form = Literal["long", "many", "duplicate", "odd", "folded", "injected"]
_LONG = 4000
_MANY = 60


@dataclass(frozen=True, slots=True, repr=False)
class OddHeaders(InStream):
    """The response has headers that nobody expects and that are none of the client's business.

    Attributes:
        form: `long` = one very long value; `many` = very many headers; `duplicate` = names that
            come twice, `content-type` among them; `odd` = empty values, tabs, bytes above 127,
            names of punctuation; `folded` = a value over two lines, as HTTP once allowed;
            `injected` = attempts at further headers: encoded line ends, of all kinds that were
            ever decoded by mistake.
        size: bytes of the long value, number of many headers; None = 4000 and 60, which clients
            bear by default.
    """

    ends = False

    form: Form = "odd"
    size: int | None = None

    def __post_init__(self) -> None:
        checks.one_of("form of OddHeaders", self.form, get_args(Form))
        if self.size is not None:
            checks.at_least(1, "size of OddHeaders", self.size)

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps`; the head is changed."""
        scene.head.extra += self._lines(scene)
        return steps

    def _lines(self, scene: Scene) -> list[bytes]:
        match self.form:
            case "long":
                return [b"X-Long: " + b"x" * (self.size or _LONG)]
            case "many":
                return [b"X-Many-%d: %d" % (number, number) for number in range(self.size or _MANY)]
            case "duplicate":
                type = scene.dialect.content_type if scene.streamed else "application/json"
                again = b"Content-Type: " + type.encode()
                return [again, b"X-Request-Id: req_again", b"Vary: a", b"Vary: b"]
            case "folded":
                return [b"X-Folded: one\r\n two\r\n\tthree"]
            case "injected":
                return list(_INJECTED)
            case _:
                return list(_ODD)


_ODD = (
    b"X-Empty:",
    b"X-Spaces:   a \t b  ",
    b"X-Latin: caf\xe9",
    b"X-Unicode: \xe2\x80\xa8\xf0\x9f\x99\x82",
    b"!#$%&'*+-.^_`|~: punctuation",
    b'X-Quotes: "\\"; a="',
    b"X: :",
)
_INJECTED = (
    b"X-Percent: a%0d%0aX-Injected: 1%0d%0a%0d%0abody",
    b"X-Escaped: a\\r\\nX-Injected: 1",
    # Cut down to their low bytes these two characters are CR LF.
    b"X-Wide: a\xe5\x98\x8d\xe5\x98\x8aX-Injected: 1",
    b"X-Separator: a\xe2\x80\xa8X-Injected: 1\xc2\x85X-Injected: 2",
)
