"""Which sandbox a server gives to what learners run, and what it says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from courses.errors import NoSandboxHere, SandboxUnavailable
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
    """`warm` is there already or still on its way; None when it could not even be tried, for a `reason`.

    The operator's leave counts where the machine gives no sandbox. When one cannot be had for another
    reason, kernels are refused until it can.
    """

    def __init__(self, warm: WarmServer | None, reason: str, *, allow_unsandboxed: bool) -> None:
        self._warm = warm
        self._refusal: SandboxUnavailable | None = NoSandboxHere(reason) if warm is None else None
        self._may_be_plain = allow_unsandboxed
        self._layers: Layers | None = None
        self._problems: dict[str, str] = {}

    def kernels(self) -> Forks | None:
        """What kernels are forked from. None is for plain ones, which only the operator can allow."""
        self._find_out()
        if self._is_plain():
            return None
        if self._warm is not None and not isinstance(self._refusal, NoSandboxHere):
            return self._warm
        return Refusal(str(self._refusal))

    def report(self) -> str:
        """For the operator, at the start. After `kernels`."""
        if self._layers is None:
            if not isinstance(self._refusal, NoSandboxHere):
                return f"No sandbox can be had now, so kernels cannot be started. {self._refusal}"
            what = (
                "run WITHOUT a sandbox" if self._is_plain() else "cannot be started (see --allow-unsandboxed)"
            )
            return f"No sandbox on this machine, so kernels {what}. {self._refusal}"
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
            return SandboxState(reason=str(self._refusal), unsandboxed=self._is_plain(), ended=ended)
        lacking = {lack.layer: (lack.means, lack.reason) for lack in self._layers.lacking}
        return SandboxState(str(self._layers), lacking, self._problems, ended=ended)

    def _is_plain(self) -> bool:
        return self._may_be_plain and isinstance(self._refusal, NoSandboxHere)

    def _find_out(self) -> None:
        if self._warm is None:
            return
        try:
            facts = self._warm.zygote().wait_ready()
        except SandboxUnavailable as error:
            self._refusal = error
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
