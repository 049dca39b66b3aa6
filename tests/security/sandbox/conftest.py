"""One warm process for each mode, shared by this folder's tests; children are each test's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.sandbox.bench import Bench

_benches: dict[str, Bench] = {}


def _bench(mode: str, **settings: Any) -> Iterator[Bench]:
    name = f"{mode} {settings}"
    if name not in _benches:
        _benches[name] = Bench(mode, **settings)  # type: ignore[arg-type]
    yield _benches[name]
    _benches[name].end_children()


@pytest.fixture(params=["namespaces", "landlock"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A sandbox."""
    yield from _bench(request.param)


@pytest.fixture
def private() -> Iterator[Bench]:
    """A sandbox with a root of its own."""
    yield from _bench("namespaces")


@pytest.fixture
def same_user() -> Iterator[Bench]:
    """The least sandbox there is: no namespaces, no user of its own, no cgroups."""
    yield from _bench("landlock", uid_base=0, cgroups=False)


@pytest.fixture
def unconfined() -> Iterator[Bench]:
    """No sandbox: what is denied in one succeeds here, or its test proves nothing."""
    yield from _bench("none")


@pytest.fixture(scope="session", autouse=True)
def _close_benches() -> Iterator[None]:
    yield
    for bench in _benches.values():
        bench.close()
    _benches.clear()
