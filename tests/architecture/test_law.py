"""Laws that a tree of code shows: who opens wild text, who commits, whose rows a query may touch, what logs may say."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.code import Function, Source, product

LOG_METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
EVENT = re.compile(r"[a-z_][a-z_0-9]*(\.[a-z_0-9]+){1,4}")
TEXTUAL = re.compile(r"(^|_)(text|body|content|raw|message|masked|reply|original|plain|html|subject|name|email)($|_)")
UNSCOPED_MARKS = frozenset({"crosses_tenants", "resolves_scope"})
FORBIDDEN_NAMES = re.compile(r"(Manager|Helper|Helpers|Util|Utils|Utilities|Misc)\b|(Manager|Helper|Utils?)$")


def method_of(call: ast.Call) -> str:
    """The name after the last dot of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def owner_of(call: ast.Call) -> str:
    """The name before the last dot, as written."""
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def log_calls(source: Source) -> Iterator[ast.Call]:
    """Every call on something named log or logger."""
    for call in source.calls():
        if method_of(call) in LOG_METHODS and re.fullmatch(r"(self\.)?_?log(ger)?", owner_of(call)):
            yield call


def faults_of_log_call(call: ast.Call) -> list[str]:
    """What a log call must not do: carry a sentence, positional values, or something that is text by its name."""
    faults = []
    first = call.args[0] if call.args else None
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str) and EVENT.fullmatch(first.value)):
        faults.append("the event is not a constant `room.thing.happened`")
    if len(call.args) > 1:
        faults.append("values are given by position")
    for keyword in call.keywords:
        if keyword.arg is None:
            faults.append("values are given as **something")
            continue
        if keyword.arg != "exc_info" and TEXTUAL.search(keyword.arg) and not keyword.arg.endswith(("_id", "_kind")):
            faults.append(f"'{keyword.arg}' is text by its name")
        if any(isinstance(part, ast.JoinedStr) for part in ast.walk(keyword.value)):
            faults.append(f"'{keyword.arg}' is put together from parts")
        if any(isinstance(part, ast.Attribute) and part.attr in {"text", "body"} for part in ast.walk(keyword.value)):
            faults.append(f"'{keyword.arg}' takes a text")
    return faults


def test_logs_are_events_and_ids() -> None:
    """No log call can carry what somebody wrote: events are constants, values are ids, numbers and codes."""
    faults = [
        f"{source.at(call)} {fault}"
        for source in product()
        for call in log_calls(source)
        for fault in faults_of_log_call(call)
    ]
    assert faults == []


@pytest.mark.parametrize(
    "line",
    [
        'log.info("A customer wrote something")',
        'log.info(f"flow.run.{name}")',
        'log.info("flow.run.started", text=1)',
        'log.info("flow.run.started", message.text)',
        'log.info("flow.run.started", what=f"{message}")',
        'log.info("flow.run.started", length=message.text)',
        'log.info("flow.run.started", **facts)',
    ],
)
def test_a_leaking_log_call_is_seen(line: str) -> None:
    """The test above is not blind: each way of logging a text is found."""
    (call,) = (node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call))
    assert faults_of_log_call(call)


def test_only_protection_opens_wild_text() -> None:
    """`uncover()` is called in one room and nowhere else."""
    opened = [
        source.at(call)
        for source in product()
        if source.room != "protection"
        for call in source.calls()
        if method_of(call) == "uncover"
    ]
    private = [source.name for source in product() if "_WildText__text" in source.text and source.room != "vocabulary"]
    assert opened + private == []


def begins_transaction(call: ast.Call) -> bool:
    """Whether a call is `begin()` on something that transactions begin on (a step-up may begin, too)."""
    owner = owner_of(call).rpartition(".")[2]
    return method_of(call) == "begin" and owner in {
        "connection",
        "engine",
        "writer",
        "reader",
        "database",
        "tx",
        "session",
    }


def test_the_edge_alone_commits() -> None:
    """Transactions begin and end in `kit`; a service that commits would break what settles with it."""
    wrong = [
        f"{source.at(call)} {ast.unparse(call.func)}()"
        for source in product()
        if source.room not in {"kit", "migrations"}
        for call in source.calls()
        if (method_of(call) in {"commit", "rollback", "begin_nested"} or begins_transaction(call))
        and not source.name.startswith("src/doorward/plugins/")  # a connector may own a database file, never ours
    ]
    assert wrong == []


def repository_functions() -> Iterator[tuple[Source, str, Function]]:
    """Every public function of every repository, in modules `repository` and folders of that name."""
    for source in product():
        if source.path.stem == "repository" or source.path.parent.name == "repository":
            for name, function in source.functions():
                if not name.rpartition(".")[2].startswith("_"):
                    yield source, name, function


def marks_of(function: Function) -> set[str]:
    """The names of a function's decorators."""
    called = (mark.func if isinstance(mark, ast.Call) else mark for mark in function.decorator_list)
    return {ast.unparse(mark).rpartition(".")[2] for mark in called}


def test_no_query_without_a_tenant() -> None:
    """Every repository function takes the transaction first and then a Scope, or says in its mark why it has none."""
    wrong = []
    for source, name, function in repository_functions():
        if marks_of(function) & {"property", "staticmethod", "overload"}:
            continue
        arguments = [argument for argument in function.args.args if argument.arg != "self"]
        kinds = [ast.unparse(argument.annotation) for argument in arguments if argument.annotation]
        if not kinds or kinds[0] != "Tx":
            wrong.append(f"{source.at(function)} {name} does not take `tx` first")
        elif not marks_of(function) & UNSCOPED_MARKS and (len(kinds) < 2 or kinds[1] != "Scope"):
            wrong.append(f"{source.at(function)} {name} takes no Scope after `tx`")
    assert wrong == []
    assert len(list(repository_functions())) > 20


def test_names_are_of_the_field() -> None:
    """Nothing is called Manager, Helper, Utils or process()."""
    wrong = []
    for source in product():
        classes = [node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
        functions = [name.rpartition(".")[2] for name, _ in source.functions()]
        wrong += [f"{source.name} {name}" for name in classes if FORBIDDEN_NAMES.search(name)]
        wrong += [
            f"{source.name} {name}()" for name in functions if name in {"process", "handle_it", "do_it", "run_it"}
        ]
        wrong += [source.name] if re.search(r"(^|_)(utils?|helpers?|misc)$", source.path.stem) else []
    assert wrong == []
