"""SHA-256 of short texts, without OpenSSL, which takes longer to load than all the digests of a daily command.

Python's `random` looks for the same modules for the same reason. Files are long: `store.files` has OpenSSL's.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12 and later
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
