"""The interface only ever grows: what programs were told yesterday is still true today."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from litestar import Router

from doorward.bootstrap import load_plugins
from doorward.doors.web import operations
from doorward.doors.web.api import visitors
from doorward.doors.web.app import api_handlers
from doorward.doors.web.openapi import describe
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings

PROMISED = Path(__file__).parent / "promised.json"
"""Operations with their parameters, and shapes with their fields, as they were published. Lines are only ever added."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The interface's description."""
    channels = load_plugins(Settings(), clock=SystemClock(), kinds=("channel",)).channels
    handlers: list[Any] = [
        Router("/api/v1", route_handlers=api_handlers(1_000_000)),
        visitors.list_visitor_orders,
        operations.health,
    ]
    found: dict[str, Any] = msgspec.json.decode(describe(handlers, channels))
    return found


def summary(document: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return what is promised: parameters by operation, fields by shape, both in order of their names."""
    operations = {
        f"{method} {path}": sorted(str(one["name"]) for one in operation.get("parameters", []))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    shapes = {name: sorted(schema.get("properties", {})) for name, schema in document["components"]["schemas"].items()}
    return {"operations": dict(sorted(operations.items())), "shapes": dict(sorted(shapes.items()))}


def test_nothing_that_was_promised_is_gone(document: dict[str, Any]) -> None:
    """Every operation, parameter and field that was ever published is there; new ones are written down at once."""
    promised = msgspec.json.decode(PROMISED.read_bytes())
    now = summary(document)
    gone = [
        f"{name}: {sorted(set(fields) - set(now[family].get(name, [])))}"
        for family, things in promised.items()
        for name, fields in things.items()
        if name not in now[family] or set(fields) - set(now[family][name])
    ]
    assert gone == []
    assert now == promised, f"write the additions into {PROMISED.name}, which only ever grows"


def test_every_operation_says_how_it_refuses(document: dict[str, Any]) -> None:
    """Each operation documents problem documents, who may call it, and what it does in words."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["operationId"], where
            assert operation.get("description") or operation.get("summary"), where
            if path == "/health":
                continue
            refusal = operation["responses"]["400"]["content"]
            assert list(refusal) == ["application/problem+json"], where
            assert operation.get("security") or path.endswith("/visits"), where


def shown_bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what every operation takes and gives, with its place."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = {"body": operation.get("requestBody", {})}
            told |= {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
            for part, one in told.items():
                for media_type, content in one.get("content", {}).items():
                    yield f"{method} {path} {part} {media_type}", content


def without_surrogates(schema: Any) -> Any:
    """A schema without the patterns that name surrogates, which the validator's expressions do not know."""
    if isinstance(schema, dict):
        kept = {key: item for key, item in schema.items() if key != "pattern" or "\\ud800" not in str(item)}
        return {key: without_surrogates(item) for key, item in kept.items()}
    return [without_surrogates(item) for item in schema] if isinstance(schema, list) else schema


def test_every_operation_has_examples_that_fit(document: dict[str, Any]) -> None:
    """No body and no answer is without an example, and each is what its schema says."""
    without, wrong = [], []
    for where, content in shown_bodies(document):
        reference = content["schema"].get("$ref", "").rpartition("/")[2]
        examples = document["components"]["schemas"].get(reference, {}).get("examples", [])
        example = content.get("example", examples[0] if examples else None)
        if example is None:
            without.append(where)
            continue
        schema = {**content["schema"], "components": without_surrogates(document["components"])}
        validator = jsonschema_rs.Draft202012Validator(schema)
        wrong += [f"{where}: {error.message}" for error in validator.iter_errors(example)]
    assert without == []
    assert wrong == []


def test_bodies_have_examples_that_fit(document: dict[str, Any]) -> None:
    """Whoever reads the description finds an example for every body that they have to write."""
    bodies = [
        (path, operation["requestBody"]["content"]["application/json"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if "requestBody" in operation and "/settings" not in path
    ]
    assert len(bodies) >= 8
    for path, body in bodies:
        name = body["schema"]["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
        example = body.get("example")  # an empty body is one too
        example = schema["examples"][0] if example is None else example
        assert set(schema.get("required", [])) <= set(example) <= set(schema["properties"]), path
