"""Writes the page of errors from the catalogue: `cd tests && python -m support.errors_page`."""

from __future__ import annotations

from pathlib import Path

from support.error_cases import CASES

FILE = Path(__file__).parents[2] / "docs" / "reference" / "fake-errors.md"
_TOP = """\
# Errors before the stream

What brings about each error of the fake, and what then comes. Names such as
`status:429,case=quota` are faults in their [text form](faults.md), the same in Python
(`Status(429, case="quota")`), on the command line and, with `-` between the words, in names of
models (`fake-429-case-quota`). Each row is a test. The sentences are the provider's where they are
known; elsewhere OpenAI's stand in.

What is no HTTP at all never reaches an API: it gets the short page of what stands before it
(Cloudflare, nginx, CloudFront, uvicorn), with status 400, and the connection ends. So does a body
that is broken, or too large (413). A content type other than `application/json` is refused where
the provider minds; a request without one is taken.

| dialect | brought about by | status | content type | the body has |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    rows = [
        f"| {case.dialect} | {case.how} | {case.status} | `{case.type}` | {_code(case.says)} |"
        for case in CASES
    ]
    return _TOP + "\n".join(rows) + "\n"


def _code(text: str) -> str:
    return f"`` {text} ``".replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
