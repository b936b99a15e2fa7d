"""The other compiler, in an environment of its own: a line of JSON in, one out. Imports nothing of Doorward."""

import json
import sys
import time
from typing import Any

from cel_expr_python import cel  # type: ignore[import-not-found] # has an environment of its own

KINDS = {"float": cel.Type.DOUBLE, "int": cel.Type.INT, "bool": cel.Type.BOOL, "str": cel.Type.STRING}


def main() -> None:
    """Answer `{names}` once, then `{text, values}` with `{answers, seconds}`, or `{}` for a text that is refused."""
    names: dict[str, str] = json.loads(sys.stdin.readline())
    kinds = {name: KINDS.get(kind) or cel.Type.List(cel.Type.STRING) for name, kind in names.items()}
    environment = cel.NewEnv(variables=kinds)
    for line in sys.stdin:
        print(json.dumps(answer(environment, json.loads(line))), flush=True)


def answer(environment: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a condition comes to for each of some values, and how long all of them took."""
    try:
        compiled = environment.compile(asked["text"])
    except RuntimeError:
        return {}
    start = time.process_time()
    answers = [bool(compiled.eval(data=values).value()) for values in asked["values"]]
    return {"answers": answers, "seconds": time.process_time() - start}


if __name__ == "__main__":
    main()
