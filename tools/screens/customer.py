"""A customer with a past, so that no page of the portal is empty: what they said, decided, asked, and who looked."""

import contextlib
import re
from typing import Final

from playwright.sync_api import Error as BrowserTrouble
from playwright.sync_api import Page

from tools.screens.demonstration import post_json, widget_key

TALKS: Final = (
    ("en", ("I lost my card, what should I do?", "My card number is 4242 4242 4242 4242", "What is my IBAN?")),
    ("en", ("What does a transfer abroad cost?",)),
)
"""What the customer says, a conversation each; in the first one they ask for a person in the end."""

LOOKS: Final = 30
"""How often the outbox is looked at for a mail: about ten seconds."""


def talk_as_customer(page: Page, address: str, *, url: str) -> str | None:
    """Let a customer prove who they are at the chat and talk; `page` is one of a member of staff, who then reads it.

    Return the last code that was used, so that the next one is not mistaken for it.
    """
    code: str | None = None
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
            post_json(f"{url}/c/webchat/person", {"id": "s-person"}, token=token)
        page.goto(f"/desk/conversations/{visit['conversation_id']}")  # a reading, which the customer's access log names
    return code


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


def block_somebody(page: Page) -> None:
    """Block the sender of a conversation, as the member of staff whose page this is, so that the list is not empty."""
    with contextlib.suppress(BrowserTrouble):  # a picture of less is still one
        page.goto("/desk/?show=all")
        page.locator(".row-link").last.click(timeout=5000)
        page.locator("a[href^='/desk/senders/block']").click(timeout=5000)
        page.locator("[name=reason]").first.check()
        page.locator("[name=note]").fill("Insulted two colleagues.")
        page.locator("form[action='/desk/senders/block'] button[type=submit]").click()
        page.wait_for_url("**/desk/senders?*")


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
