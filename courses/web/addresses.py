"""Addresses that come with a request: where a sign-in may lead, and whose tries count together."""

import re
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

from jupyter_server.utils import url_path_join


def safe_next(address: str, base_url: str) -> str:
    """`address` if it is a page below `base_url` of this server, else the home page.

    Browsers read backslashes as slashes and skip control characters, so neither is let through; nor is
    what the gate closes anyway, because programs differ in what they make of it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return base_url
    odd = re.search(r"[\\\x00-\x20\x7f]|^[^?#]*(?://|/\.\.?(?:[/?#]|$))", address)
    if parts.scheme or parts.netloc or not address.startswith(base_url) or odd:
        return base_url
    entrances = {url_path_join(base_url, page) for page in ("login", "logout", "register", "setup")}
    return base_url if parts.path in entrances else address


def address_number(address: str) -> int:
    """An address as a number to count by: for IPv6 its network, which is what one household has.

    Where one socket serves both, an address of IPv4 comes written as one of IPv6.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return 0
    if isinstance(known, IPv4Address):
        return int(known)
    return int(known.ipv4_mapped) if known.ipv4_mapped else int(known) >> 64
