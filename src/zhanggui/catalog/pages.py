"""Answers of the shop kept encoded: made once, compressed once, given again until the catalogue changes."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response

from zhanggui.catalog.cache import catalogue, current_copy
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.http import AnyRequest
from zhanggui.core.runtime import Runtime

ANSWERED = "catalog.answered"
MAX_BYTES = 64_000_000
COMPRESS_FROM = (
    1_024  # packed once and kept, so much smaller ones are worth it than answers of the moment (core.lane)
)
OVERHEAD = 500  # bytes a page costs besides its body


class EncodedPage(NamedTuple):
    """A body with its gzip and its entity tag."""

    body: bytes
    gzipped: bytes | None
    etag: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.gzipped or b"") + OVERHEAD


class PageStore:
    """The most recently used pages of all stores up to MAX_BYTES; a store's go when its catalogue is replaced."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._pages: OrderedDict[tuple[UUID, Any], EncodedPage] = OrderedDict()
        self._made_from: dict[UUID, int] = {}
        self._max_bytes = max_bytes
        self.size = 0

    def get(self, store_id: UUID, key: Any, catalogue_number: int) -> EncodedPage | None:
        if self._made_from.get(store_id) != catalogue_number:
            self._forget(store_id)
            self._made_from[store_id] = catalogue_number
        found = self._pages.get((store_id, key))
        if found is not None:
            self._pages.move_to_end((store_id, key))
        return found

    def put(self, store_id: UUID, key: Any, catalogue_number: int, page: EncodedPage) -> None:
        """Keep a page, unless the catalogue was replaced while it was being made."""
        if self._made_from.get(store_id) != catalogue_number:
            return
        old = self._pages.pop((store_id, key), None)
        self.size += page.size - (old.size if old else 0)
        self._pages[store_id, key] = page
        while self.size > self._max_bytes:
            _, dropped = self._pages.popitem(last=False)
            self.size -= dropped.size

    def _forget(self, store_id: UUID) -> None:
        for at in [at for at in self._pages if at[0] == store_id]:
            self.size -= self._pages.pop(at).size


async def answer(
    rt: Runtime,
    request: AnyRequest,
    store_id: UUID,
    key: Any,
    make: Callable[[StoreCatalogue], Awaitable[msgspec.Struct]],
) -> Response[bytes]:
    """The page `key` of a store: from memory, or made by `make(catalogue)` and kept; 304 when the caller has it.

    `Cache-Control: no-cache` lets callers keep it but ask each time, which costs a 304 without a body.
    """
    pages = rt.once("catalog.pages", PageStore)
    made_from = await catalogue(rt, store_id)
    page = pages.get(store_id, key, made_from.number)
    if page is None:
        page = encode_page(await make(made_from))
        pages.put(store_id, key, made_from.number, page)
    request.scope["state"][ANSWERED] = (store_id, key)  # catalog.lane remembers which page this address is
    headers = {"ETag": page.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if page.etag in (request.headers.get("if-none-match") or ""):
        return Response(b"", status_code=304, headers=headers)
    if page.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(page.gzipped, media_type="application/json", headers=headers)
    return Response(page.body, media_type="application/json", headers=headers)


def kept(rt: Runtime, store_id: UUID, key: Any) -> EncodedPage | None:
    """The page as `answer` would give it, if it is in memory and up to date."""
    made_from = current_copy(rt, store_id)
    return rt.once("catalog.pages", PageStore).get(store_id, key, made_from.number) if made_from else None


def encode_page(shape: msgspec.Struct) -> EncodedPage:
    body = msgspec.json.encode(shape)
    gzipped = gzip.compress(body, compresslevel=6, mtime=0) if len(body) >= COMPRESS_FROM else None
    return EncodedPage(body, gzipped, f'W/"{hashlib.blake2s(body, digest_size=12).hexdigest()}"')
