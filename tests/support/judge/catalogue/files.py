"""`/v1/files`."""

from __future__ import annotations

from support.judge.asking import Ask, Case

FILE = ("a.jsonl", '{"messages": []}\n')


def upload(purpose: str = "batch", text: str = FILE[1], **more: str) -> Ask:
    """Return the request that uploads a file."""
    return Ask("/v1/files", form={"purpose": purpose, "file": (FILE[0], text), **more})


EXPIRES = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
FILES = [
    Case("files, kept, told, given out, forgotten", [
        upload("fine-tune"),
        upload("user_data"),
        Ask("/v1/files", method="GET"),
        Ask("/v1/files?purpose=fine-tune&limit=1&order=asc", method="GET"),
        Ask("/v1/files/{0.id}", method="GET"),
        Ask("/v1/files/{0.id}/content", method="GET"),
        Ask("/v1/files/{1.id}/content", method="GET", status=400),
        Ask("/v1/files/{0.id}", method="DELETE"),
        Ask("/v1/files/{0.id}", method="GET", status=404),
    ]),
    Case("files, one that expires", [upload("batch", **EXPIRES)]),
    Case("files, none", [Ask("/v1/files", method="GET")]),
    Case("files, no purpose", [Ask("/v1/files", form={"file": FILE}, status=400)]),
    Case("files, a wrong purpose", [
        Ask("/v1/files", form={"purpose": "x", "file": FILE}, status=400),
    ]),
]  # fmt: skip
