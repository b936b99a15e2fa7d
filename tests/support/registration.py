"""What every door of a test process works out anew and finds the same: its handlers' signatures and its built files."""

from collections.abc import Callable, ItemsView, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from litestar import Router
from litestar import router as routers
from litestar._signature import SignatureModel
from litestar.routes import HTTPRoute
from litestar.utils.signature import ParsedSignature

from doorward.doors.web import assets
from tests.support.browsing import STATIC


def _name_of(handler: Callable[..., Any]) -> object | None:
    """Return what tells a handler's signature from others and holds nothing of a house, None where nothing does."""
    if not isinstance(handler, FunctionType) or hasattr(handler, "__signature__"):
        return None
    if "<locals>" not in handler.__qualname__:
        return handler
    # A function within another is made anew for every door, with the door inside: its code is the same.
    return None if hasattr(handler, "__wrapped__") or handler.__defaults__ else handler.__code__


class _Signatures:
    """Stands for Litestar's two readers of signatures, and reads each once."""

    def __init__(self) -> None:
        self._parse = ParsedSignature.from_fn
        self._create = SignatureModel.create
        self._parsed: dict[object, ParsedSignature] = {}
        self._models: dict[object, type[SignatureModel]] = {}

    def from_fn(self, fn: Callable[..., Any], signature_namespace: dict[str, Any]) -> ParsedSignature:
        """Return a function's signature."""
        name = _name_of(fn)
        if name is None:
            return self._parse(fn, signature_namespace)
        if name not in self._parsed:
            self._parsed[name] = self._parse(fn, signature_namespace)
        return self._parsed[name]

    def create(self, *, dependency_name_set: set[str], fn: Callable[..., Any], **rest: Any) -> type[SignatureModel]:
        """Return the model that a handler's arguments are read with."""
        name = _name_of(fn)
        if name is None:
            return self._create(dependency_name_set=dependency_name_set, fn=fn, **rest)
        place = (name, frozenset(dependency_name_set))
        if place not in self._models:
            self._models[place] = self._create(dependency_name_set=dependency_name_set, fn=fn, **rest)
        return self._models[place]


class _Handlers:
    """Stands for Litestar's map of all that a router has, which it makes anew to look one path up, for each handler."""

    def __init__(self, router: Router, whole: Callable[[Router], Mapping[str, Any]]) -> None:
        self._router = router
        self._whole = whole

    def get(self, path: str, _nothing: object) -> dict[str, Any]:
        """Return a path's handlers by their methods."""
        there = [route for route in self._router.routes if route.path == path and isinstance(route, HTTPRoute)]
        return {method: one for route in there for one in route.route_handlers for method in one.http_methods}

    def items(self) -> ItemsView[str, Any]:
        """Return all paths with their handlers."""
        return self._whole(self._router).items()


@pytest.fixture(scope="session", autouse=True)
def registered_once() -> Iterator[None]:
    """Let the doors of all houses share the signatures of their handlers and the compressed front end.

    Their routers are taken as they are: every door makes its own, so that none needs a copy of them.
    """
    signatures = _Signatures()
    whole = vars(Router)["route_handler_method_map"].fget
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParsedSignature, "from_fn", signatures.from_fn)
        patch.setattr(SignatureModel, "create", signatures.create)
        patch.setattr(Router, "route_handler_method_map", property(lambda router: _Handlers(router, whole)))
        patch.setattr(routers, "deepcopy", lambda router: router)
        patch.setattr(assets, "_read", _remembering(assets._read))
        yield


def _remembering(read: Callable[[Path], assets.Asset]) -> Callable[[Path], assets.Asset]:
    """Return a reader that reads each file of the front end once; a test's own files change and are read anew."""
    remembered = cache(read)
    return lambda path: remembered(path) if path.is_relative_to(STATIC) else read(path)
