"""JSON with one spelling for each value."""

from __future__ import annotations

import json
from datetime import datetime
from json import encoder
from typing import Any

from afterservice_cli.frozen import Frozen
from afterservice_cli.time.instants import to_text


def plainly(value: Any) -> Any:
    """Return what stands for a value that JSON has not: a record's fields, an instant as UTC text."""
    if isinstance(value, Frozen):
        return dict(value.plain())
    if isinstance(value, datetime):
        return to_text(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_make = getattr(encoder, "c_make_encoder", None)  # CPython's, without which it goes slower

if _make is None:

    def canonical(value: Any) -> str:
        """Return JSON with keys in order, no blanks, and nothing escaped that need not be; records by their fields."""
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plainly)

else:
    # What `json.dumps` makes anew for every call.
    _encode = _make(None, plainly, encoder.encode_basestring, None, ":", ",", True, False, True)

    def canonical(value: Any) -> str:
        """Return JSON with keys in order, no blanks, and nothing escaped that need not be; records by their fields."""
        return "".join(_encode(value, 0))
