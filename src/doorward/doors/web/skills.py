"""What a skill says, in the form that Alexa takes (its reference of the JSON interface, response format)."""

from html import escape
from typing import Any

from doorward.flow.skills import LONGEST, Spoken


def alexa_response(spoken: Spoken) -> dict[str, Any]:
    """Return the answer to a skill's request. All that is said is text: what looks like markup is said as it stands."""
    if not spoken.sentences:
        return {"version": "1.0", "response": {}}
    said = " ".join(spoken.sentences)[: 2 * LONGEST]
    ssml = escape(_plain(said), quote=False)
    if spoken.code:
        ssml += f' <say-as interpret-as="spell-out">{escape(spoken.code)}</say-as>'
    response: dict[str, Any] = {
        "outputSpeech": {"type": "SSML", "ssml": f"<speak>{ssml}</speak>"},
        "shouldEndSession": spoken.ends,
    }
    if spoken.title:
        content = f"{said}\n{spoken.code}" if spoken.code else said
        response["card"] = {"type": "Simple", "title": _plain(spoken.title), "content": content}
    return {"version": "1.0", "response": response}


def _plain(text: str) -> str:
    """Return a text without what XML cannot hold (XML 1.0, 2.2)."""
    return "".join(one if one.isprintable() else " " for one in text)
