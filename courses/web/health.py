"""GET /healthz: whether the server can serve, for whoever watches over it."""

import asyncio

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler

from courses.services.platform import Platform


class Health(JupyterHandler):
    """200 once the database answers, 503 while it does not."""

    @allow_unauthenticated
    async def get(self) -> None:
        platform: Platform = self.settings["stepwise_platform"]
        ready = await self._database_answers(platform)
        self.set_status(200 if ready else 503)
        self.set_header("Cache-Control", "no-store")
        await self.finish({"status": "ok" if ready else "unavailable"})

    @allow_unauthenticated
    async def head(self) -> None:
        await self.get()

    async def _database_answers(self, platform: Platform) -> bool:
        executor = self.settings["stepwise_executor"]
        return bool(await asyncio.get_running_loop().run_in_executor(executor, platform.store.ready))
