"""The built front end: read once, compressed once, served with names that change with their content."""

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response

from doorward.vocabulary.errors import NotFound

FOLDER: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
SHORTLY: Final = "public, max-age=300"
_HIDDEN: Final = frozenset({".stamp", "assets.json"})


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One built file in memory: its bytes, the same compressed, its type and its content's hash (16 hex digits)."""

    name: str
    media_type: str
    content: bytes
    compressed: bytes
    digest: str

    @property
    def etag(self) -> str:
        """Return the entity tag (RFC 9110, 8.8.3)."""
        return f'"{self.digest}"'


class Assets:
    """All built files by name. A missing build is no reason not to start: the API needs none of them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read every file of the folder."""
        files = sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
        self._by_name = {path.name: _read(path) for path in files if path.name not in _HIDDEN}

    def url(self, name: str) -> str:
        """Return the address of a file for pages: it changes when the file does."""
        asset = self._by_name.get(name)
        return f"/static/{name}?v={asset.digest}" if asset is not None else f"/static/{name}"

    def find(self, name: str) -> Asset:
        """Return a file. Raises `NotFound`."""
        asset = self._by_name.get(name)
        if asset is None:
            raise NotFound("no such file")
        return asset


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(
        name=path.name,
        media_type=media_type,
        content=content,
        compressed=gzip.compress(content, mtime=0),
        digest=hashlib.sha256(content).hexdigest()[:16],
    )


def serve_asset(
    request: Request[Any, Any, Any], asset: Asset, *, cache: str, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """Return the file, or 304 when the browser has it, compressed for those who can read that."""
    common = {"etag": asset.etag, "cache-control": cache, "vary": "accept-encoding", **(headers or {})}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=common, media_type=asset.media_type)
    if "gzip" in request.headers.get("accept-encoding", ""):
        common["content-encoding"] = "gzip"
        return Response(asset.compressed, headers=common, media_type=asset.media_type)
    return Response(asset.content, headers=common, media_type=asset.media_type)
