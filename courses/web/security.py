"""The headers that keep a page to itself: no script but ours, no other host, no frame around it.

Voilà runs any script that reaches a page, so the content security policy is what stands between an
author's or a learner's markup and every other person's session. Pages carry a nonce for their own
inline scripts; a transform puts the policy on whatever other handlers answer.
"""

from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import PurePosixPath
from secrets import token_urlsafe
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, OutputTransform, RequestHandler

from courses.http.request_id import HEADER as REQUEST_ID
from courses.http.request_id import request_id

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_SHOWN_FILES = {
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"),
    *(".csv", ".json", ".pdf", ".tsv", ".txt"),
}


def content_security_policy(nonce: str = "") -> str:
    """The policy of a page; without a nonce no inline script runs at all."""
    script = f"script-src 'self' 'nonce-{nonce}'" if nonce else "script-src 'self'"
    return "; ".join(
        (
            "default-src 'self'",
            script,
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


class SecureMixin(RequestHandler):
    """For handlers of pages: a nonce of this request, which its policy names. Put it before the base."""

    _nonce = ""

    @property
    def nonce(self) -> str:
        if not self._nonce:
            self._nonce = token_urlsafe(18)
        return self._nonce

    @property
    def content_security_policy(self) -> str:
        """What jupyter_server sends as the page's policy."""
        return content_security_policy(self.nonce)

    def set_cookie(self, name: str, value: str | bytes, *args: Any, **options: Any) -> None:
        """As Tornado does, but never for other sites' forms, and over TLS only where the page came so."""
        options.setdefault("samesite", "Lax")
        options.setdefault("secure", self.request.protocol == "https")
        super().set_cookie(name, value, *args, **options)


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
            headers["Content-Security-Policy"] = content_security_policy()
        if "Server" in headers:
            del headers["Server"]
        return status_code, headers, chunk


def secure_every_response(web_app: Application) -> None:
    """Put the headers on all that `web_app` answers, errors and other packages' handlers included."""
    web_app.add_transform(SecureResponses)
