"""Reading a company's procedures from their folders: each is checked by itself, and one that fails stops no other."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from doorward.answering.procedures.checking import check_procedure
from doorward.answering.procedures.model import Known, Procedure
from doorward.answering.procedures.parsing import NAME, parse_procedure
from doorward.answering.procedures.ports import Compiles
from doorward.answering.procedures.problems import Problems
from doorward.answering.procedures.yaml_file import YamlRefused, parse_yaml, read_yaml
from doorward.kit.expressions import compile_expression
from doorward.vocabulary.errors import ProcedureInvalid
from doorward.vocabulary.operations import Operates

MOST = 200
"""Folders of one root that are read."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The procedures that can be used, by id, and why others cannot."""

    procedures: Mapping[str, Procedure] = {}
    refused: tuple[ProcedureInvalid, ...] = ()

    def started_by(self, intent: str) -> Procedure | None:
        """Return the procedure that an intent starts, None if none does."""
        return next((one for one in self.procedures.values() if intent in one.intents), None)


def known_of(core: Operates) -> Known:
    """Return what a core system declares."""
    return Known(operations=core.operations(), kinds=core.kinds(), currency=core.currency)


def load_procedures(
    root: Path, *, languages: Sequence[str], known: Known, compiled: Compiles = compile_expression
) -> Loaded:
    """Return the procedures below a folder, in the order of their names; a folder that is not there has none.

    `languages` are the company's, the first of them for everybody else; `compiled` reads expressions. An intent starts
    one procedure: of two that want the same, the later is refused.
    """
    procedures: dict[str, Procedure] = {}
    refused: list[ProcedureInvalid] = []
    taken: dict[str, str] = {}
    folders = sorted(file.parent for file in root.glob("*/procedure.yaml"))
    for folder in folders[:MOST]:
        try:
            one = load_procedure(folder, languages=languages, known=known, compiled=compiled)
            _check_intents(one, taken)
        except ProcedureInvalid as error:
            refused.append(error)
            continue
        procedures[one.id] = one
        taken |= dict.fromkeys(one.intents, one.id)
    return Loaded(procedures=procedures, refused=tuple(refused))


def load_written(
    name: str, files: Mapping[str, str], *, languages: Sequence[str], known: Known, others: Mapping[str, str] = {}
) -> Procedure:
    """Return the procedure that files are, by the names that they would have in its folder, as `load_procedure`.

    `others` are intents that start other procedures, by intent. Raises `ProcedureInvalid`.
    """
    problems = Problems(name)
    read = {file: _parsed(text, problems, file) for file, text in files.items()}
    for file in files:
        if file.startswith("texts/") and file not in {f"texts/{language}.yaml" for language in languages}:
            problems.add("is of no language of the company", file=file)
    raw = {file: read.get(file, {}) for file in ("procedure.yaml", *(f"texts/{one}.yaml" for one in languages))}
    for file in raw.keys() - files.keys():
        problems.add("there is no such file, or it cannot be read", file=file)
    texts = {
        language: _checked_texts(raw[f"texts/{language}.yaml"], f"texts/{language}.yaml", problems)
        for language in languages
    }
    problems.raise_if_any()
    draft = parse_procedure(raw["procedure.yaml"], problems)
    problems.raise_if_any()
    loaded = check_procedure(draft, texts, known, compiled=compile_expression, problems=problems)
    _check_intents(loaded, others)
    return loaded


def load_procedure(
    folder: Path, *, languages: Sequence[str], known: Known, compiled: Compiles = compile_expression
) -> Procedure:
    """Return the procedure in a folder. Raises `ProcedureInvalid` with everything that is wrong, and where."""
    problems = Problems(folder.name)
    if not NAME.fullmatch(folder.name):
        problems.add("is no name for a folder of a procedure", file="")
    raw = _read(folder / "procedure.yaml", problems, "procedure.yaml")
    texts = _texts(folder, languages, problems)
    problems.raise_if_any()
    draft = parse_procedure(raw, problems)
    problems.raise_if_any()
    return check_procedure(draft, texts, known, compiled=compiled, problems=problems)


def _texts(folder: Path, languages: Sequence[str], problems: Problems) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("texts/*")):
        if path.suffix != ".yaml" or path.stem not in languages:
            problems.add("is of no language of the company", file=f"texts/{path.name}")
    for language in languages:
        file = f"texts/{language}.yaml"
        texts[language] = _checked_texts(_read(folder / file, problems, file), file, problems)
    return texts


def _checked_texts(raw: Any, file: str, problems: Problems) -> dict[str, str]:
    if not isinstance(raw, dict):
        problems.add("is not a mapping from keys to texts", file=file)
        return {}
    for key, text in raw.items():
        if not isinstance(text, str):
            problems.add("is not a text", file=file, field=str(key))
    return {key: text for key, text in raw.items() if isinstance(text, str)}


def _parsed(text: str, problems: Problems, file: str) -> Any:
    try:
        return parse_yaml(text.encode("utf-8", "replace"))
    except YamlRefused as error:
        problems.add(str(error), file=file)
        return {}


def _read(path: Path, problems: Problems, file: str) -> Any:
    try:
        return read_yaml(path)
    except YamlRefused as error:
        problems.add(str(error), file=file)
        return {}


def _check_intents(procedure: Procedure, taken: Mapping[str, str]) -> None:
    problems = Problems(procedure.id)
    for intent in procedure.intents:
        if intent in taken:
            problems.add(f"'{intent}' starts '{taken[intent]}' already", field="intents")
    problems.raise_if_any()
