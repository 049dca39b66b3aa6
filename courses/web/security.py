"""The headers that keep a page to itself: no script but ours, no other host, no frame around it.

Voilà runs any script that reaches a page, so the content security policy is what stands between an
author's or a learner's markup and every other person's session. No page of ours has an inline script,
so none runs. A transform puts the policy on whatever any handler answers.
"""

from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import PurePosixPath

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, OutputTransform

from courses.http.request_id import HEADER as REQUEST_ID
from courses.http.request_id import request_id

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
"""Of every page: scripts, connections and forms of this server's own, and nothing embedded or framed."""

_SHOWN_FILES = {
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"),
    *(".csv", ".json", ".pdf", ".tsv", ".txt"),
}


def course_file_headers(path: str) -> dict[str, str]:
    """How a file of a course is sent: inert, and anything that could be a program only as a download."""
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
    name = PurePosixPath(path)
    if name.suffix.lower() in _SHOWN_FILES:
        media_type = guess_type(name.name)[0] or "application/octet-stream"
        headers["Content-Type"] = media_type + ("; charset=utf-8" if media_type.startswith("text/") else "")
    else:
        headers["Content-Type"] = "application/octet-stream"
        headers["Content-Disposition"] = "attachment"
    return headers


class SecureResponses(OutputTransform):
    """Gives every response what its handler left out, whoever wrote the handler."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self._request_id = request_id(request)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault(REQUEST_ID, self._request_id)
        if not headers.get("Content-Security-Policy", "").startswith(("default-src", "sandbox")):
            headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        if "Server" in headers:
            del headers["Server"]
        return status_code, headers, chunk


def secure_every_response(web_app: Application) -> None:
    """Put the headers on all that `web_app` answers, errors and other packages' handlers included."""
    web_app.add_transform(SecureResponses)
