"""A client of one kernel that is started with the sandbox provisioner, as any Jupyter client has one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from courses.sandbox.warm_server import WarmServer

Message = dict[str, Any]
Run = Callable[[Callable[[], Awaitable[None]]], None]
"""Has a test awaited."""


class Manager(AsyncKernelManager):
    """Its kernel specification names the provisioner, as one on disk may."""

    warm: WarmServer

    @property
    def kernel_spec(self) -> KernelSpec | None:
        spec = super().kernel_spec
        assert spec is not None
        spec.metadata["kernel_provisioner"] = {"provisioner_name": "stepwise-sandbox"}
        return spec


class Talk:
    """A client and what the kernel said."""

    def __init__(self, manager: AsyncKernelManager) -> None:
        self.manager = manager
        self.client: AsyncKernelClient = manager.client()
        self.client.start_channels()

    async def run(self, code: str, seen: Callable[[Message], None] | None = None, **options: Any) -> str:
        """What was printed, shown by MIME type, or raised."""
        said: list[str] = []

        def hear(message: Message) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("evalue") or " ".join(content.get("data", ())))
            if message["msg_type"] == "comm_open":
                said.append("comm_open")
            if seen is not None:
                seen(message)

        await self.client.execute_interactive(code, timeout=30, output_hook=hear, **options)
        return "".join(said)


@asynccontextmanager
async def kernel(warm: WarmServer, **options: Any) -> AsyncIterator[Talk]:
    manager = Manager(kernel_name="python3")
    manager.warm = warm
    async with started(manager, **options) as talk:
        yield talk


@asynccontextmanager
async def started(manager: AsyncKernelManager, **options: Any) -> AsyncIterator[Talk]:
    await manager.start_kernel(**options)
    talk = Talk(manager)
    try:
        await talk.client.wait_for_ready(timeout=30)
        yield talk
    finally:
        talk.client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)
