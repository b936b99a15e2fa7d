"""What a member of staff does with a conversation before its picture is taken, so that nothing of it is empty."""

import base64
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from tools.screens.customer import PICTURE, Talked
from tools.screens.demonstration import post_json
from tools.screens.member import Member, Refused
from tools.terminal import Stop

EXCHANGE: Final = (
    ("a", "Good morning, this is Tom. I have read everything and am looking at your card now."),
    ("c", "Thank you! I noticed it this morning on the tram, and I am leaving for a week tomorrow."),
    ("a", "I can:\n\n- **stop** the card at once\n- send a *new one* to your address\n- or to a branch"),
    ("c", "Please stop it, and send the new one to the branch."),
    ("a", "Done. The steps from here:\n\n1. You get a letter within two days.\n2. Show your passport at the branch."),
    ("c", "Which branch is it? My number is +49 30 901820 if you need to call me"),
    ("a", "The one at the station. It is open from 9:00 to 18:00, and the letter names it as well."),
    ("c", "Wonderful. One more thing: somebody paid 49.90 at a shop that I do not know."),
    ("a", "I see it. Please do not worry: it is not booked yet, and I have marked it as disputed."),
    ("c", "That is a relief, thank you so much. Will I get a confirmation of that in writing as well?"),
)
"""What the agent (a) and the customer (c) say."""


def work_on(member: Member, talked: Talked, *, url: str) -> None:
    """Take the first conversation, talk, and mark it; merge the third into the second. What is refused is left out."""
    here = f"/conversations/{talked.conversations[0]}"
    works: tuple[Callable[[], Any], ...] = (
        partial(member.send, "POST", f"{here}/take"),
        partial(_talk, member, here, talked, url),
        partial(member.send, "PATCH", f"{here}/marks", _marks()),
        partial(_note, member, here),
        partial(_later, member, here),
        partial(member.send, "POST", f"{here}/attachments", _file()),
        partial(_merge, member, talked),
    )
    for work in works:
        with contextlib.suppress(Refused, Stop):  # a picture of less is still one
            work()


def _talk(member: Member, here: str, talked: Talked, url: str) -> None:
    for at, (who, text) in enumerate(EXCHANGE):
        if who == "a":
            member.send("POST", f"{here}/replies", {"text": text})
        else:
            post_json(f"{url}/c/webchat/messages", {"id": f"e{at}", "text": text}, token=talked.token)


def _marks() -> dict[str, Any]:
    return {
        "add_labels": ["card", "dispute"],
        "priority": 1,
        "status": "with-the-network",
        "attributes": {"product": "Card", "amount": 49.9, "reported": False},
    }


def _note(member: Member, here: str) -> None:
    colleague = member.get("/routing/agents")["items"][0]["staff_id"]
    words = "Could you look at the 49.90? It looks like the shop of last week, and the customer is away from tomorrow."
    member.send("POST", f"{here}/notes", {"text": words, "mentions": [colleague]})
    member.send("POST", f"{here}/tasks", {"text": "Write once the card network has answered", "due_at": _in(days=2)})
    member.send("POST", f"{here}/tasks", {"text": "Ask the branch whether the card is there", "due_at": _in(days=-1)})


def _later(member: Member, here: str) -> None:
    words = "The new card should be at the branch by now. Did everything work?"
    member.send("POST", f"{here}/scheduled", {"text": words, "send_at": _in(days=3), "unless_heard": True})


def _file() -> dict[str, str]:
    return {"name": "confirmation.png", "type": "image/png", "data": base64.b64encode(PICTURE).decode()}


def _merge(member: Member, talked: Talked) -> None:
    _, into, one = talked.conversations
    member.send("POST", f"/conversations/{one}/merge", {"into": into})


def _in(*, days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()
