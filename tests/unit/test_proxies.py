"""Whose X-Forwarded-* headers are believed, and how far."""

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from courses.errors import Rejected
from courses.web.proxies import ForwardedHeaders


class Connection:
    """What a request knows of its connection."""

    def __init__(self, address: str) -> None:
        self.context = self
        self.remote_ip, self.protocol = address, "http"


def seen(trusted: list[str], address: str, **headers: str) -> tuple[str, str]:
    """The address and protocol that handlers see of a request from `address`."""
    sent = HTTPHeaders({"Host": "school.example"} | {f"X-Forwarded-{k}": v for k, v in headers.items()})
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
        headers=sent,
        connection=Connection(address),  # type: ignore[arg-type]
    )
    assert ForwardedHeaders(trusted).match(request) is None  # never keeps a request from its handler
    return request.remote_ip or "", request.protocol


def test_nobody_is_trusted_unasked() -> None:
    """Without trusted proxies the headers mean nothing, not even from this machine."""
    assert seen([], "127.0.0.1", For="9.9.9.9", Proto="https") == ("127.0.0.1", "http")


def test_a_stranger_forges() -> None:
    """Who is not a trusted proxy cannot pretend to be somebody else."""
    assert seen(["10.0.0.1"], "10.0.0.2", For="9.9.9.9", Proto="https") == ("10.0.0.2", "http")


@pytest.mark.parametrize(
    ("trusted", "proxy"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8", "10.200.3.4"),
        ("10.1.2.3/8", "10.9.9.9"),
        ("fd00::/8", "fd00::1"),
    ],
)
def test_a_proxy_is_believed(trusted: str, proxy: str) -> None:
    """A trusted address or one of a trusted network says who asked, and how."""
    assert seen([trusted], proxy, For="9.9.9.9", Proto="https") == ("9.9.9.9", "https")


def test_the_last_untrusted_hop_counts() -> None:
    """What a client wrote in front of the proxies' own words is not believed."""
    forged = "1.1.1.1, 9.9.9.9, 10.0.0.7"
    assert seen(["10.0.0.0/8"], "10.0.0.1", For=forged)[0] == "9.9.9.9"


@pytest.mark.parametrize("said", ["", ",", "10.0.0.7", "unknown", "9.9.9.9:80", "<script>"])
def test_nothing_useful_is_said(said: str) -> None:
    """Without an address of a client the proxy's own stays."""
    assert seen(["10.0.0.0/8"], "10.0.0.1", For=said)[0] == "10.0.0.1"


@pytest.mark.parametrize("said", ["", "gopher", "HTTPS ", "javascript"])
def test_other_protocols(said: str) -> None:
    """Only http and https are protocols."""
    assert seen(["10.0.0.1"], "10.0.0.1", Proto=said)[1] == "http"


def test_the_nearest_proxy_says_the_protocol() -> None:
    """Of several, what the nearest proxy has added counts."""
    assert seen(["10.0.0.1"], "10.0.0.1", Proto="http, https")[1] == "https"


def test_no_such_network() -> None:
    """An address that is none is refused before the server starts."""
    with pytest.raises(Rejected, match=r"trusted_proxies: .*10\.0\.0\.300"):
        ForwardedHeaders(["10.0.0.300"])
