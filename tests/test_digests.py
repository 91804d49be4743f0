"""SHA-256 without OpenSSL."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.digests import sha256


@given(st.binary(max_size=300))
def test_it_is_the_sha_256_that_everybody_knows(data: bytes) -> None:
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
