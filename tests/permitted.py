"""What the machine permits, as for a person: root may open every file, whatever its mode says."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_VERSION = 0x20080522  # of what `capget` takes: three words of rights, then three for those above 31
_READS_AND_WRITES_ALL = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
_SET_SECUREBITS, _AS_IN_EFFECT = 28, 0b100  # `access` asks for the rights in effect, not for those that root can have


@contextmanager
def like_a_person() -> Iterator[None]:
    """Let the modes of files hold for this thread, though it be root's; skip where that cannot be had."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "capget"):
        pytest.skip("root cannot give up its rights here")
    head, rights = (ctypes.c_uint32 * 2)(_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(head, rights)
    before = rights[0]
    if libc.prctl(_SET_SECUREBITS, _AS_IN_EFFECT, 0, 0, 0) != 0:
        pytest.skip("root cannot give up its rights here")
    try:
        rights[0] = before & ~_READS_AND_WRITES_ALL
        assert libc.capset(head, rights) == 0
        yield
    finally:
        rights[0] = before
        libc.capset(head, rights)
        libc.prctl(_SET_SECUREBITS, 0, 0, 0, 0)
