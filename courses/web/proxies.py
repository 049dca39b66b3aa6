"""Believes X-Forwarded-* headers from the proxies an operator has named, and from nobody else."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import Application, RequestHandler

from courses.errors import Rejected


class ForwardedHeaders(Matcher):
    """A rule that never matches: it corrects the request on its way to the other rules.

    `trusted` holds addresses or networks ("10.0.0.0/8").
    """

    def __init__(self, trusted: Iterable[str]) -> None:
        try:
            self._trusted = tuple(ip_network(item, strict=False) for item in trusted)
        except ValueError as error:
            raise Rejected("trusted_proxies", f"trusted_proxies: {error}.") from None

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        if not self._trusts(str(request.remote_ip)):
            return None
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        client = next((hop for hop in reversed(hops) if not self._trusts(hop)), None)
        if client and _is_address(client):
            request.remote_ip = client
        protocol = request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip()
        if protocol in ("http", "https"):
            request.protocol = protocol
        return None

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def trust_proxies(web_app: Application, trusted: Iterable[str]) -> None:
    """Put the correction before all other rules of `web_app`."""
    web_app.default_router.rules.insert(0, Rule(ForwardedHeaders(trusted), RequestHandler))
