"""HTML from strings; whatever is text goes through `esc`."""

from __future__ import annotations

import html


def esc(text: object) -> str:
    """Return `text` as it may stand in HTML, in attributes too."""
    return html.escape(str(text), quote=True)


def tag(name: str, *inside: str, **attributes: object) -> str:
    """Return an element.

    Args:
        name: of the element.
        *inside: markup; text must be escaped before.
        **attributes: their text is escaped here. A trailing underscore is dropped, others become
            hyphens: `class_`, `aria_label`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{esc(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def section(title: str, *inside: str) -> str:
    """Return a section with a heading."""
    return tag("section", tag("h2", esc(title)), *inside)
