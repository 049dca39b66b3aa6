"""Which sandbox a server gives to what learners run, and what it says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from courses.errors import SandboxUnavailable
from courses.kernels.provisioner import Forks
from courses.kernels.warm import warm_kernels
from courses.sandbox.ground import Ground
from courses.sandbox.layers import Layers
from courses.sandbox.warm_server import WarmServer
from courses.services.see_status import SandboxState
from courses.settings import Settings


class Refusal:
    """Stands for a warm process that cannot be had: every start of a kernel is refused with the reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def fork(self, *_: Any, **__: Any) -> NoReturn:
        raise SandboxUnavailable(self._reason)


class Sandbox:
    """`warm` is there already or still on its way; None when it could not even be tried, for a `reason`."""

    def __init__(self, warm: WarmServer | None, reason: str, *, allow_unsandboxed: bool) -> None:
        self._warm, self._reason, self._allow = warm, reason, allow_unsandboxed
        self._layers: Layers | None = None
        self._problems: dict[str, str] = {}

    def kernels(self) -> Forks | None:
        """What kernels are forked from. None is for plain ones, which only the operator can allow."""
        self._find_out()
        if self._layers is not None and self._warm is not None:
            return self._warm
        return None if self._allow else Refusal(self._reason)

    def report(self) -> str:
        """For the operator, at the start. After `kernels`."""
        if self._layers is None:
            what = "run WITHOUT a sandbox" if self._allow else "cannot be started (see --allow-unsandboxed)"
            return f"No sandbox on this machine, so kernels {what}. {self._reason}"
        lacking = "".join(f"\n  lacking {lack}" for lack in self._layers.lacking)
        missing = "".join(
            f"\n  not warm: {name}: {why}. Learners' code imports it by itself, which takes longer."
            for name, why in self._problems.items()
        )
        return f"Kernels run in sandboxes: {self._layers}.{lacking}{missing}"

    def state(self) -> SandboxState:
        """For the status page. After `kernels`."""
        ended = self._warm.ended if self._warm is not None else 0
        if self._layers is None:
            return SandboxState(reason=self._reason, unsandboxed=self._allow, ended=ended)
        lacking = {lack.layer: (lack.means, lack.reason) for lack in self._layers.lacking}
        return SandboxState(str(self._layers), lacking, self._problems, ended=ended)

    def _find_out(self) -> None:
        if self._warm is None:
            return
        try:
            facts = self._warm.zygote().wait_ready()
        except SandboxUnavailable as error:
            self._reason = str(error)
        else:
            self._layers, self._problems = facts.layers, dict(facts.problems)


@contextmanager
def sandboxes(settings: Settings, ground: Ground) -> Iterator[Sandbox]:
    """The warm process begins to warm up here, and ends with the block."""
    try:
        warm, reason = warm_kernels(ground), ""
    except SandboxUnavailable as error:
        warm, reason = None, str(error)
    try:
        yield Sandbox(warm, reason, allow_unsandboxed=settings.allow_unsandboxed)
    finally:
        if warm is not None:
            warm.stop()
