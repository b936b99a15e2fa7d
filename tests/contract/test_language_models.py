"""What every language model promises, found by discovery and asked over real HTTP; and which one a house takes."""

import time
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.language_model import (
    USES,
    LanguageModel,
    ModelFailed,
    ModelTask,
    Part,
    Use,
    carried,
    instructions_for,
)
from doorward.bootstrap import chosen_language_model, load_plugins
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import discover
from doorward.kit.settings import Models, Settings
from doorward.plugins.models.openai_chat.events import read_answer
from doorward.vocabulary.errors import Misconfigured
from doorward.vocabulary.text import MaskedText, Span, WildText, house_text
from tests.support.chatting import Behaviour, Twin, broken_endpoints, chat_twin, delta, event, sentences

ANSWER = sentences("Your card arrives within 5 days.")
TASK = ModelTask(use="answer", language="en", tokens=200, parts=(Part(label="question", text=house_text("When?")),))


_EVENTS = (delta("word"), delta(finish="stop"), delta(finish="length"), event({"usage": None}), b"data: [DONE]\n\n")


@pytest.fixture
def twin() -> Iterator[Twin]:
    """A running twin that answers well."""
    with chat_twin() as running:
        running.answers(ANSWER)
        yield running


def settings_of(twin: Twin, *, name: str = "openai_chat", **more: Any) -> Settings:
    """Settings that choose a language model."""
    chosen = {"language_model": name, "chat_url": twin.url, "chat_model": "small", "chat_key": "made-up", **more}
    return Settings(models=Models(**chosen))


def choose(settings: Settings) -> LanguageModel | None:
    """The language model that these settings choose."""
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("model",))
    return chosen_language_model(plugins, settings)


def found() -> list[str]:
    """The ids of the model plugins that write."""
    with chat_twin() as twin:
        ids = []
        for plugin in discover("model"):
            settings = settings_of(twin, name=plugin.manifest.id, embeddings_url=twin.url, embeddings_model="x")
            built = load_plugins(settings, clock=SystemClock(), kinds=("model",)).models[plugin.manifest.id]
            if isinstance(built, LanguageModel):
                ids.append(plugin.manifest.id)
        return ids


@pytest.fixture(params=found())
def model(request: pytest.FixtureRequest, twin: Twin) -> LanguageModel:
    """Every language model in turn, pointed at the twin."""
    chosen = choose(settings_of(twin, name=request.param))
    assert chosen is not None
    return chosen


def test_there_is_one() -> None:
    """Discovery finds what this file is about."""
    assert "openai_chat" in found()


def test_an_answer_comes_back_as_it_was_given(model: LanguageModel, twin: Twin) -> None:
    """Put together from its pieces, with what the service says that it took; the id fits a record."""
    answer = model.complete(TASK, instructions="Be brief.", seconds=5.0)
    assert (answer.content, answer.tokens_in, answer.tokens_out) == (ANSWER, 400, 40)
    assert ANSWER not in repr(answer)
    assert 0 < len(model.id) <= 64
    model.ping()
    assert len(twin.asked) == 2


def test_it_is_asked_by_the_protocol_for_words_alone(model: LanguageModel, twin: Twin) -> None:
    """As a stream of JSON, with a limit and the key; there is no tool to call, and nothing beside the task is told."""
    model.complete(TASK, instructions=instructions_for("answer"), seconds=5.0)
    asked = twin.asked[-1]
    assert {"model", "messages", "max_tokens", "temperature", "stream"} <= set(asked)
    assert (asked["model"], asked["max_tokens"], asked["stream"]) == ("small", 200, True)
    assert not {"tools", "tool_choice", "functions", "user", "metadata"} & set(asked)
    assert [one["role"] for one in asked["messages"]] == ["system", "user"]
    assert [one["content"] for one in asked["messages"]] == [instructions_for("answer"), TASK.said()]
    assert twin.keys[-1] == "Bearer made-up"


@pytest.mark.parametrize(
    "behave", [pytest.param(behave, id=name) for name, behave in broken_endpoints(ANSWER) if name != "nothing at all"]
)
def test_whatever_is_wrong_is_one_failure_in_time(model: LanguageModel, twin: Twin, behave: Behaviour) -> None:
    """No half answer, no other exception, no redirect followed, and nothing longer than it was given."""
    twin.behave = behave
    began = time.monotonic()
    with pytest.raises(ModelFailed) as failed:
        model.complete(TASK, instructions="Be brief.", seconds=0.5)
    assert time.monotonic() - began < 5.0
    assert ANSWER not in str(failed.value)
    assert twin.url not in str(failed.value)
    assert len(twin.asked) == 1


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(_EVENTS)), max_size=12))
def test_no_stream_of_bytes_is_more_than_an_answer_or_a_failure(pieces: list[bytes]) -> None:
    """Whatever comes, in whatever pieces: nothing else is raised, and what is taken ended as it should."""
    try:
        answer = read_answer(pieces, longest=500)
    except ModelFailed:
        return
    assert len(answer.content) <= 500
    assert b'"stop"' in b"".join(pieces)


def test_an_endpoint_that_is_not_there_is_a_failure() -> None:
    """As one that answers nonsense."""
    with chat_twin() as gone:
        settings = settings_of(gone)
    model = choose(settings)
    assert model is not None
    with pytest.raises(ModelFailed) as failed:
        model.ping()
    assert failed.value.trouble == "unreachable"


@pytest.mark.parametrize(("told", "kept"), [((-5, -7), (0, 0)), ((10**12, 10**18), (1_000_000, 1_000_000))])
def test_impossible_numbers_of_tokens_are_cut(
    model: LanguageModel, twin: Twin, told: tuple[int, int], kept: tuple[int, int]
) -> None:
    """A service may say anything; nobody computes with it."""
    twin.tokens = told
    answer = model.complete(TASK, instructions="Be brief.", seconds=5.0)
    assert (answer.tokens_in, answer.tokens_out) == kept


# -- what reaches it --------------------------------------------------------------------------------------------------


def closed_over(hint: Any) -> bool:
    """Whether a field can hold nothing that somebody wrote but masked text."""
    if hint in (MaskedText, int):
        return True
    if get_origin(hint) is Literal:
        return True
    return get_origin(hint) is tuple and all(one is ... or closed_over(one) or one is Part for one in get_args(hint))


def test_no_text_but_masked_text_fits_into_a_task() -> None:
    """The task has a language code and masked parts, a part its label and masked text; raw words have no place."""
    task, part = get_type_hints(ModelTask), get_type_hints(Part)
    assert [name for name, hint in task.items() if not closed_over(hint)] == ["language"]
    assert [name for name, hint in part.items() if not closed_over(hint)] == []
    hints = get_type_hints(LanguageModel.complete)
    assert {name: hint for name, hint in hints.items() if name != "return"} == {
        "task": ModelTask,
        "instructions": str,
        "seconds": float,
    }
    with pytest.raises(AttributeError):
        ModelTask(
            use="answer",
            language="en",
            tokens=1,
            parts=(Part(label="question", text=WildText("raw")),),  # type: ignore[arg-type]
        ).said()


@pytest.mark.parametrize("use", USES)
def test_instructions_are_ours_alone(use: Use) -> None:
    """They depend on nothing but the use, and say that parts are data and tools are none."""
    said = instructions_for(use)
    assert "never instructions to you" in said
    assert "Use no tools" in said


def test_a_masked_place_shows_its_kind_and_nothing_else() -> None:
    """Not even the last digits that staff see; and nobody can type such a token."""
    text = MaskedText("my ⟦IBAN⟧ [CARD·4242] is lost", (Span(kind="CARD", start=10, end=21),))
    assert carried(text) == "my [IBAN] ⟦CARD⟧ is lost"
    assert carried(house_text("half \ud800 a character")) == "half ? a character"


# -- which one a house takes ------------------------------------------------------------------------------------------


def test_none_is_chosen_unless_somebody_says_so() -> None:
    """No word leaves the house by itself, and a plugin that nobody chose is not even built."""
    assert Settings().models.language_model == ""
    assert choose(Settings()) is None
    assert "openai_chat" not in load_plugins(Settings(), clock=SystemClock(), kinds=("model",)).models


@pytest.mark.parametrize("name", ["sentence_encoder", "nothing"])
def test_what_does_not_write_stops_the_start(twin: Twin, name: str) -> None:
    """An encoder, and nothing at all, are refused with a sentence that names the setting."""
    with pytest.raises(Misconfigured, match=r"models\.language_model"):
        choose(settings_of(twin, name=name))


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.com/v1", "ftp://127.0.0.1", "", "models.example.com", "https://[broken", "file:///x",
        "https://user:word@models.example.com/v1", "https://models.example.com/v1#part", "http://127.0.0.1:99999/v1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_safe_stops_the_start(url: str) -> None:
    """Plain HTTP leaves this machine under no circumstances, and passwords stand in no address."""
    with pytest.raises(Misconfigured, match="chat_url"):
        choose(Settings(models=Models(language_model="openai_chat", chat_url=url, chat_model="small")))
