"""Static files, sent once: compressed in memory, and never asked for again while they are the same.

An address that names its content may be kept for ever. It does so by `?v=<digest>`, by a hash in the
file's name (esbuild's chunks), or by the digest of all files as its first folder (`~<digest>/…`, for
bundles such as Voilà's, whose chunks ask for one another by plain names).
"""

import asyncio
import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from mimetypes import guess_type
from os.path import normpath
from pathlib import Path
from stat import S_ISREG

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join
from tornado import web

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

_COMPRESSIBLE = re.compile(r"text/|application/(?:javascript|json|manifest|wasm)|image/svg|font/(?:ttf|otf)")
_NAMED_BY_CONTENT = re.compile(r".*(?:-[A-Z0-9]{8}|\.[0-9a-f]{16,20})\.[a-z0-9]+(?:\.map)?")
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".map": "application/json",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent. `stamp` tells whether the file has changed since."""

    content: bytes
    gzipped: bytes | None
    media_type: str
    digest: str
    stamp: tuple[int, int]


class Assets:
    """The files below some folders; of two with one path, the first folder's counts."""

    def __init__(self, roots: Iterable[Path], address: str) -> None:
        """`address` is where the files are served, relative to the base URL: "/stepwise/static/"."""
        self._roots = tuple(root.absolute() for root in roots)
        self._address = address
        self._read: dict[Path, Asset] = {}

    def find(self, path: str) -> Asset | None:
        """Read a file, or remember it. None when there is none below the folders."""
        for root in self._roots:
            file = Path(normpath(root / path))
            if file.is_relative_to(root) and (asset := self._load(file)):
                return asset
        return None

    def url(self, base_url: str, path: str) -> str:
        """The address of a file that holds exactly what it holds now."""
        asset = self.find(path)
        version = f"?v={asset.digest}" if asset else ""
        return url_path_join(base_url, self._address, path) + version

    def folder_url(self, base_url: str) -> str:
        """An address below which every file may be kept for ever."""
        return url_path_join(base_url, self._address, f"~{self.digest}") + "/"

    @cached_property
    def digest(self) -> str:
        """Names all files of all folders as they were when this was first asked."""
        total = sha256()
        for root in self._roots:
            for file in sorted(path for path in root.rglob("*") if path.is_file()):
                total.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
        return total.hexdigest()[:16]

    def _load(self, file: Path) -> Asset | None:
        try:
            status = file.stat()
        except (OSError, ValueError):
            return None
        if not S_ISREG(status.st_mode):
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._read.get(file)
        if known is None or known.stamp != stamp:
            self._read[file] = known = _read_asset(file, stamp)
        return known


def _read_asset(file: Path, stamp: tuple[int, int]) -> Asset:
    content = file.read_bytes()
    media_type = _TYPES.get(file.suffix) or guess_type(file.name)[0] or "application/octet-stream"
    gzipped = gzip.compress(content, 8, mtime=0) if _COMPRESSIBLE.match(media_type) else None
    if gzipped is not None and len(gzipped) >= len(content):
        gzipped = None
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return Asset(content, gzipped, media_type, sha256(content).hexdigest()[:16], stamp)


class AssetHandler(web.RequestHandler):
    """Sends `assets`, or the platform's own, to anybody. Nothing in them is secret."""

    def initialize(self, assets: Assets | None = None) -> None:
        self._assets: Assets = assets or self.settings["stepwise_assets"]

    @allow_unauthenticated
    async def get(self, path: str) -> None:
        folder, _, rest = path.partition("/")
        in_versioned_folder = folder == f"~{self._assets.digest}" if folder.startswith("~") else False
        asset = await asyncio.to_thread(self._assets.find, rest if in_versioned_folder else path)
        if asset is None:
            raise web.HTTPError(404)
        lasting = (
            in_versioned_folder
            or self.get_query_argument("v", "") == asset.digest
            or _NAMED_BY_CONTENT.fullmatch(path)
        )
        self.set_header("Cache-Control", FOR_EVER if lasting else ASK_AGAIN)
        self.set_header("Content-Type", asset.media_type)
        self.set_header("Vary", "Accept-Encoding")
        await self._send(asset)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        await self.get(path)

    async def _send(self, asset: Asset) -> None:
        compress = asset.gzipped is not None and "gzip" in self.request.headers.get("Accept-Encoding", "")
        self.set_header("Etag", f'"{asset.digest}{"-gzip" if compress else ""}"')
        if self.check_etag_header():
            self.set_status(304)
            return
        if compress:
            self.set_header("Content-Encoding", "gzip")
        await self.finish(asset.gzipped if compress and asset.gzipped else asset.content)
