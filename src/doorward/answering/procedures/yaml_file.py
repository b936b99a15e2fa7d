"""Reading YAML that somebody wrote by hand: a small, strict part of it, in which nothing can surprise.

No anchors, aliases, merges or tags; no key twice; only `true` and `false` are truth values, only digits are a number,
so that a language `no` and a time `12:30` stay what they are.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

LARGEST: Final = 64 * 1024
"""Bytes of a file that are read."""

DEEPEST: Final = 12
"""Levels of lists and mappings in each other."""


class YamlRefused(ValueError):
    """The file is not read; the sentence says where and why, without its content."""


def read_yaml(path: Path) -> Any:
    """Return what a file says: mappings, lists, texts, whole numbers, truth values and None. Raises `YamlRefused`."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise YamlRefused("there is no such file, or it cannot be read") from error
    return parse_yaml(content)


def parse_yaml(content: bytes) -> Any:
    """Return what a text in UTF-8 says. Raises `YamlRefused`."""
    if len(content) > LARGEST:
        raise YamlRefused(f"larger than {LARGEST // 1024} KiB")
    try:
        return yaml.load(content.decode("utf-8"), Loader=_StrictLoader)  # noqa: S506 - it builds plain values only
    except UnicodeDecodeError:
        raise YamlRefused("not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise YamlRefused(f"{line}{error.problem or 'not YAML'}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlRefused(f"not YAML ({type(error).__name__})") from None


class _StrictLoader(yaml.SafeLoader):  # type: ignore[misc]  # the library has no types
    """The part of YAML that procedures are written in."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Compose a node without anchors, aliases and tags, not too deep."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("anchors and aliases are not taken", event.start_mark)
        if getattr(event, "tag", None):
            raise _refused("tags are not taken", event.start_mark)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _refused(f"more than {DEEPEST} levels deep", event.start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - theirs
        """Construct a mapping whose keys are texts, each of them once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise _refused("a key that is not a text", key.start_mark)
            if key.value in seen:
                raise _refused("a key that stands there twice", key.start_mark)
            seen.add(key.value)
        return dict(super().construct_mapping(node, deep=deep))


def _refused(problem: str, mark: yaml.Mark) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]{0,14})$", "-0123456789"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
