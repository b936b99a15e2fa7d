"""The strict part of YAML that procedures are written in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.procedures.yaml_file import DEEPEST, LARGEST, YamlRefused, parse_yaml


def test_plain_values_are_what_they_look_like() -> None:
    """`no` is a language, `12:30` a time and `2026-01-02` a text; only true, false, digits and null mean more."""
    text = b"no: yes\ntime: 12:30\nday: 2026-01-02\nn: 12\nm: -3\nzero: 007\nt: true\nf: false\nnothing:\nfloat: 1.5\n"
    assert parse_yaml(text) == {
        "no": "yes",
        "time": "12:30",
        "day": "2026-01-02",
        "n": 12,
        "m": -3,
        "zero": "007",
        "t": True,
        "f": False,
        "nothing": None,
        "float": "1.5",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"a: 1\na: 2\n", "line 2: a key that stands there twice"),
        (b"a: {b: 1, b: 2}\n", "line 1: a key that stands there twice"),
        (b"a: &x [1]\nb: *x\n", "line 1: anchors and aliases are not taken"),
        (b"a: 1\nb: *x\n", "line 2: anchors and aliases are not taken"),
        (b"a: !!python/object/apply:os.system [x]\n", "line 1: tags are not taken"),
        (b"1: a\n", "line 1: a key that is not a text"),
        (b"[a]: b\n", "line 1: a key that is not a text"),
        (b"true: b\n", "line 1: a key that is not a text"),
        (b"a: [\n", "line 2: "),
        (b"a: 1\n---\nb: 2\n", "line 2: "),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: \x00\n", "not YAML"),
        (b"[" * (DEEPEST + 1), f"line 1: more than {DEEPEST} levels deep"),
        (b"[" * 60_000, f"line 1: more than {DEEPEST} levels deep"),
        (b"#" * (LARGEST + 1), "larger than 64 KiB"),
    ],
)
def test_what_could_surprise_is_refused_with_its_place(text: bytes, told: str) -> None:
    """No bombs, no doubled keys, no code, nothing endless; the sentence holds nothing of the content."""
    with pytest.raises(YamlRefused) as refused:
        parse_yaml(text)
    assert str(refused.value).startswith(told)


def test_a_merge_is_an_ordinary_key() -> None:
    """`<<` merges nothing."""
    assert parse_yaml(b"<<: {a: 1}\n") == {"<<": {"a": 1}}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands in a file, nothing but `YamlRefused` is raised."""
    with contextlib.suppress(YamlRefused):
        parse_yaml(content)
