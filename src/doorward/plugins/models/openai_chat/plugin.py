"""A language model behind an OpenAI-compatible `/v1/chat/completions`."""

import hashlib
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from doorward.answering.language_model.ports import LanguageModel, ModelAnswer, ModelFailed, ModelTask, Trouble
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.settings import Settings
from doorward.plugins.models.openai_chat.events import read_answer
from doorward.vocabulary.errors import Misconfigured

LARGEST_ANSWER: Final = 512 * 1024
"""Bytes of a stream: each piece of an answer comes with some two hundred bytes of its own."""

CHARACTERS_PER_TOKEN: Final = 8
"""An answer that is longer than so many characters for every token that was allowed is none."""

BEGINS: Final = 0.75
"""The part of its time within which an answer must have begun."""

PING_SECONDS: Final = 10.0

_TROUBLES: Final[dict[str, Trouble]] = {
    "timeout": "slow",
    "too_large": "too_large",
    "broken": "cut_short",
    "redirect": "status",
}


class ChatModel:
    """A model at one address. Thread-safe: every call has its own connection."""

    def __init__(self, url: str, *, model: str, key: str) -> None:
        """Take the service's base address, the model's name and the key (empty for none).

        Raises `Misconfigured` for an address that is neither https nor on this machine.
        """
        try:
            parts = urlsplit(url)
            self._host = (parts.hostname or "").lower()
        except ValueError as error:
            raise Misconfigured("models.chat_url is not an address.") from error
        if not self._host or not model:
            raise Misconfigured("Set models.chat_url and models.chat_model for the language model.")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(self._host)):
            raise Misconfigured("models.chat_url must begin with https:// (http:// only on this machine).")
        base = url.rstrip("/")
        self._url = base if base.endswith("/chat/completions") else f"{base}/chat/completions"
        try:
            self._exit(1.0).target(self._url)
        except ExitRefused as error:
            raise Misconfigured("models.chat_url is not an address that can be asked.") from error
        self._model, self._key = model, key
        digest = hashlib.sha256(f"{self._url}\x1f{model}".encode()).hexdigest()[:8]
        self.id = f"openai/{model[:40]}/{digest}"

    def complete(self, task: ModelTask, *, instructions: str, seconds: float) -> ModelAnswer:
        """Return the answer to a task. Raises `ModelFailed`."""
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": task.said()}]
        return self._ask(messages, tokens=task.tokens, seconds=seconds)

    def ping(self) -> None:
        """Have the model say a few words. Raises `ModelFailed`."""
        self._ask([{"role": "user", "content": 'Answer with the JSON object {"ok": true}.'}], tokens=20)

    def _ask(self, messages: list[dict[str, str]], *, tokens: int, seconds: float = PING_SECONDS) -> ModelAnswer:
        asked = {
            "model": self._model,
            "messages": messages,
            "max_tokens": tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "response_format": {"type": "json_object"},
        }
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        way_out, begins = self._exit(seconds), seconds * BEGINS
        try:
            with way_out.stream(self._url, msgspec.json.encode(asked), headers, begins_within=begins) as answer:
                if answer.status != 200:
                    raise ModelFailed("status")
                if answer.media_type != "text/event-stream":
                    raise ModelFailed("form")
                return read_answer(answer, longest=tokens * CHARACTERS_PER_TOKEN)
        except ExitRefused as error:
            raise ModelFailed(_TROUBLES.get(error.trouble, "unreachable")) from error

    def _exit(self, seconds: float) -> Exit:
        # Whoever runs the house names this host, so it may be in their own network.
        return Exit(named=self._host, seconds=seconds, largest=LARGEST_ANSWER)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> LanguageModel:
    """Return the model; nothing is asked before its first use. Raises `Misconfigured` when settings are missing."""
    models = kit.settings.models
    return ChatModel(models.chat_url, model=models.chat_model, key=models.chat_key)
