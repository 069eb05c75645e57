"""Writes the page, and the table of parameters too where the document is: `make fidelity`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from . import extract, page

document = os.environ.get("STEADYSTREAM_OPENAPI")
if document:
    told = extract.extract(json.loads(Path(document).read_text()))
    extract.FILE.write_text(extract.written(told))
page.FILE.write_text(page.page())
