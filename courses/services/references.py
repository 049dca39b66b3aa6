"""Which files a text names: images and links in Markdown, and in the HTML that Markdown may hold."""

import re
from posixpath import normpath
from urllib.parse import unquote, urlsplit

_ADDRESS = re.compile(
    r"""
    \]\( \s* (?: <(?P<angled>[^>\n]+)> | (?P<inline>[^\s)]+) )   # ![alt](address)
    | ^ \s{0,3} \[[^\]]+\]: \s* <? (?P<reference>[^\s>]+)         # [name]: address
    | \b (?:src|href) \s* = \s* (?: "(?P<double>[^"]*)" | '(?P<single>[^']*)' )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def named_files(markdown: str) -> set[str]:
    """Paths relative to the course's folder."""
    addresses = ((match[match.lastgroup] if match.lastgroup else "") for match in _ADDRESS.finditer(markdown))
    return {path for address in addresses if (path := _path(address))}


def _path(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    return normpath(unquote(parts.path))
