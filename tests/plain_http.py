"""HTTP clients for the tests' own servers, which have no TLS.

Any other client reads all of the world's certificates when it is made, which takes longer than a test.
"""

from typing import Any

import httpx


def plain_client(**options: Any) -> httpx.Client:
    return httpx.Client(verify=False, **options)


def plain_get(address: str, **options: Any) -> httpx.Response:
    return httpx.get(address, verify=False, **options)
