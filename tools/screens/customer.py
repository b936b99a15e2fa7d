"""A customer with a past, so that no page of the portal is empty: what they said, decided, asked, and who looked."""

import base64
import contextlib
import re
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Error as BrowserTrouble
from playwright.sync_api import Page

from tools.screens.demonstration import post_json, widget_key
from tools.terminal import Stop

TALKS: Final = (
    ("en", ("I lost my card, what should I do?", "My card number is 4242 4242 4242 4242", "What is my IBAN?")),
    ("en", ("What does a transfer abroad cost?",)),
    ("en", ("And how long does it take?", "I mean the transfer abroad.")),
)
"""What the customer says, a conversation each; in the first one they ask for a person in the end."""

PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""


@dataclass(frozen=True)
class Talked:
    """What came of talking: the last code that was used, the conversations, and how the first one is gone on with."""

    code: str
    conversations: tuple[str, ...]
    token: str


LOOKS: Final = 30
"""How often the outbox is looked at for a mail: about ten seconds."""


def talk_as_customer(page: Page, address: str, *, url: str) -> Talked | None:
    """Let a customer prove who they are at the chat and talk; `page` is one of a member of staff, who then reads it.

    Return what came of it, None when no code came by mail.
    """
    code: str | None = None
    visits = []
    for number, (language, texts) in enumerate(TALKS):
        visit = post_json(f"{url}/c/webchat/visits", {"widget_key": widget_key(url), "language": language})
        token = visit["token"]
        post_json(f"{url}/c/webchat/verification", {"email": address}, token=token)
        code = code_in_outbox(page, but=code)
        if code is None:
            return None
        post_json(f"{url}/c/webchat/verification/confirm", {"code": code}, token=token)
        for at, text in enumerate(texts):
            post_json(f"{url}/c/webchat/messages", {"id": f"s{number}-{at}", "text": text}, token=token)
        if number == 0:
            _send_file(url, token)
            post_json(f"{url}/c/webchat/person", {"id": "s-person"}, token=token)
        page.goto(f"/desk/conversations/{visit['conversation_id']}")  # a reading, which the customer's access log names
        visits.append(visit)
    ids = tuple(str(visit["conversation_id"]) for visit in visits)
    return Talked(code=code or "", conversations=ids, token=str(visits[0]["token"]))


def _send_file(url: str, token: str) -> None:
    file = {"id": "s-file", "name": "receipt.png", "type": "image/png", "data": base64.b64encode(PICTURE).decode()}
    with contextlib.suppress(Stop):  # a picture of less is still one
        post_json(f"{url}/c/webchat/attachments", file, token=token)


def code_in_outbox(page: Page, *, but: str | None = None) -> str | None:
    """Return the code that was mailed last, read at the desk by whoever is signed in there; `but` is one of before."""
    outbox = page.context.new_page()
    told = None
    for _ in range(LOOKS):
        outbox.goto("/desk/outbox")
        mails = outbox.locator("pre")
        told = re.search(r"(?<!\d)\d{6,8}(?!\d)", mails.first.inner_text()) if mails.count() else None
        if told is not None and told[0] != but:
            break
        outbox.wait_for_timeout(300)
    outbox.close()
    return told[0] if told else None


def block_somebody(page: Page, *, url: str) -> str | None:
    """Block a visitor who insults, as the member of staff whose page this is; where the visitor may object to it."""
    visit = post_json(f"{url}/c/webchat/visits", {"widget_key": widget_key(url), "language": "en"})
    post_json(f"{url}/c/webchat/messages", {"id": "i1", "text": "You are all thieves and liars!"}, token=visit["token"])
    with contextlib.suppress(BrowserTrouble):  # a picture of less is still one
        page.goto(f"/desk/senders/block?conversation={visit['conversation_id']}")
        page.locator("main [name=reason]").first.check(timeout=5000)
        page.locator("main [name=note]").fill("Insulted two colleagues.")
        page.locator("form[action='/desk/senders/block'] button[type=submit]").click(timeout=5000)
        page.wait_for_url("**/desk/senders?*")
    try:
        post_json(f"{url}/c/webchat/messages", {"id": "i2", "text": "Thieves!"}, token=visit["token"])
    except Stop as refusal:
        found = re.search(r"/appeals/[\w.~-]+", refusal.output)
        return found[0] if found else None
    return None


def settle_in(page: Page) -> None:
    """Let the customer who is signed in at the portal choose, ask and appeal, so that lists and notices are shown."""
    home = "/my/halden"
    for path, press in (
        ("/choices", "form[action$='/consents'] button"),
        ("/decisions", "form[action$='/appeal'] button"),
    ):
        with contextlib.suppress(BrowserTrouble):  # a picture of less is still one
            page.goto(home + path)
            page.locator(press).first.click(timeout=5000)
    with contextlib.suppress(BrowserTrouble):
        page.goto(f"{home}/data")
        page.locator("textarea[name=text]").fill("My street is spelt wrong: it is Upper Mill Road.")
        page.locator("form[action$='/correction'] button").click(timeout=5000)
    with contextlib.suppress(BrowserTrouble), page.expect_download(timeout=10_000):
        page.goto(f"{home}/data")
        page.locator("form[action$='/export'] button").first.click(timeout=5000)
