"""SHA-256 of short texts, without OpenSSL, which takes longer to load than all the digests of a daily command.

Python's `random` looks for the same modules for the same reason. Files are long: `store.files` has OpenSSL's. Once that
is loaded, as by whoever reads a file or checks a desk, it makes these digests, too: in a third of the time.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash as Hash
    from hashlib import sha256 as _slowly
else:
    try:
        from _sha2 import sha256 as _slowly  # Python 3.12 and later
    except ImportError:
        try:
            from _sha256 import sha256 as _slowly
        except ImportError:
            from hashlib import sha256 as _slowly

_loaded = sys.modules.get


def sha256(data: bytes | bytearray) -> "Hash":
    """Return the SHA-256 of some bytes."""
    openssl = _loaded("_hashlib")
    return _slowly(data) if openssl is None else openssl.openssl_sha256(data)
