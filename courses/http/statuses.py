"""The HTTP status of each of the platform's errors: one table for pages and API."""

from http import HTTPStatus

from courses.errors import (
    AuthoringError,
    BadCredentials,
    Conflict,
    Forbidden,
    GraderUnavailable,
    NotFound,
    RegistrationClosed,
    Rejected,
    SandboxUnavailable,
    StepwiseError,
    StorageFull,
    StorageUnavailable,
    TooMany,
)

STATUSES: dict[type[StepwiseError], HTTPStatus] = {
    AuthoringError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Rejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadCredentials: HTTPStatus.UNAUTHORIZED,
    RegistrationClosed: HTTPStatus.FORBIDDEN,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    GraderUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    SandboxUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""A subclass takes the status of the nearest class above it."""
