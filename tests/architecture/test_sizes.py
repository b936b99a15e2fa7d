"""Files stop at 600 lines, functions at 60, parameters at five; exceptions stand in sizes.toml and may only shrink."""

import tomllib

from tests.architecture.code import ROOT, Function, Source, everything, product

LINES_OF_FILE = 600
LINES_OF_FUNCTION = 60
PARAMETERS = 5
RATCHET = tomllib.loads((ROOT / "tests/architecture/sizes.toml").read_text("utf-8"))


def lines_of(function: Function) -> int:
    """The lines of a function without its decorators and its docstring."""
    body = function.body
    first = body[0]
    docstring = 0
    if len(body) > 1 and first.__class__.__name__ == "Expr" and first.end_lineno is not None:
        value = getattr(first, "value", None)
        if isinstance(getattr(value, "value", None), str):
            docstring = first.end_lineno - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def parameters_of(function: Function) -> int:
    """The parameters a caller can give, `self` and `cls` not counted."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def is_step(source: Source) -> bool:
    """Whether a file is a step of the tables' history: Alembic writes those, one function each."""
    return "migrations/versions" in source.name


def too_large() -> dict[str, dict[str, int]]:
    """Everything beyond the limits, as sizes.toml writes it."""
    found: dict[str, dict[str, int]] = {"files": {}, "functions": {}, "parameters": {}}
    for source in everything():
        if is_step(source):
            continue
        lines = source.text.count("\n")
        if lines > LINES_OF_FILE:
            found["files"][source.name] = lines
        for name, function in source.functions():
            if lines_of(function) > LINES_OF_FUNCTION:
                found["functions"][f"{source.name}:{name}"] = lines_of(function)
    for source in product():
        for name, function in source.functions():
            if not is_step(source) and parameters_of(function) > PARAMETERS:
                found["parameters"][f"{source.name}:{name}"] = parameters_of(function)
    return found


def test_nothing_grows_beyond_the_limits() -> None:
    """A file, function or parameter list is within its limit, or listed with exactly the size that it has."""
    assert too_large() == {"files": {}, "functions": {}, "parameters": {}, **RATCHET}


def test_the_measure_measures() -> None:
    """The counting itself is right: a docstring and `self` do not count, code and keyword parameters do."""
    text = 'class A:\n    def f(self, a, *, b):\n        """One.\n\n        Two.\n        """\n        return a\n'
    source = Source(everything()[0].path)
    source.__dict__["text"] = text
    ((name, function),) = source.functions()
    assert (name, lines_of(function), parameters_of(function)) == ("A.f", 2, 2)
