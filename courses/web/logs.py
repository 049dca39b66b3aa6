"""One line of JSON for each request and event, with the request's id and nothing secret.

Addresses are logged without their query, where a one-time link's token would stand, whoever logs them;
bodies and cookies are never logged.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from tornado.web import RequestHandler

from courses.http.request_id import request_id

access_log = structlog.stdlib.get_logger("stepwise.access")
QUIET_PATHS = ("/healthz",)
_QUERY = re.compile(r"(?<=[\w/])\?[^\s'\"<>()]*=[^\s'\"<>()]*")


def configure_logging(level: str) -> None:
    """Send everything that is logged, by whomever, to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_queries,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for noisy in ("ServerApp", "tornado.access", "alembic", "asyncio", "traitlets", "watchfiles"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def without_queries(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: what stands after the ? of an address is cut from every text, tracebacks included."""
    return {key: _QUERY.sub("?…", text) if isinstance(text, str) else text for key, text in event.items()}


def log_request(handler: RequestHandler, *_: Any, **__: Any) -> None:
    """Tornado's `log_function`: one line a request."""
    request = handler.request
    status = handler.get_status()
    user = getattr(handler, "_jupyter_current_user", None)
    if request.path.endswith(QUIET_PATHS) and status < 400:
        return
    write = access_log.error if status >= 500 else access_log.info
    write(
        "request",
        request_id=request_id(request),
        method=request.method,
        path=request.path,
        status=status,
        ms=round(1000 * request.request_time(), 1),
        user=getattr(user, "username", None),
        address=request.remote_ip,
    )
