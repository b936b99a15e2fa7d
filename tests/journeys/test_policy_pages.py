"""The page of decision rules: a changed file is checked, tried, put in force by a second press, and taken back."""

import html
import re

import httpx

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import on_sqlite
from tests.support.server import Guests, WebVisitor

PAGE = "/desk/policies"
GREETED = (
    'when = { social = { one_of = ["greeting", "thanks", "farewell", "identity_question"] }, procedure_strays = false }'
    '\naction = "greet"'
)


def text_of(page: httpx.Response) -> str:
    """Return the rule file that stands in the form."""
    found = re.search(r'<textarea class="textarea [^>]*name="text"[^>]*>\n(.*?)</textarea>', page.text, flags=re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def number_of(page: httpx.Response) -> str:
    """Return the number that the page's forms carry."""
    found = re.search(r'name="number" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


def press(admin: httpx.Client, name: str, text: str, *, number: str, file: bytes = b"") -> httpx.Response:
    """Send the form."""
    fields = {"csrf": admin.headers["x-csrf-token"], "number": number, "text": text, "press": name}
    return admin.post(PAGE, data=fields, files={"file": ("rules.toml", file)})


def ask(visitor: WebVisitor, text: str, *, lines: int) -> None:
    """Say something and wait until there are so many lines, the answer among them."""
    visitor.say(text)
    for _ in range(500):
        if len(visitor.entries()["entries"]) >= lines:
            return
    raise AssertionError("nobody answered")


@on_sqlite
def test_changed_rules_are_rehearsed_put_in_force_and_taken_back(guests: Guests, house: House, halden: Tenant) -> None:
    """Nothing changes before the second press; the next message meets the new rules; the audit knows of all of it."""
    ask(guests.visitor(halden), "hello", lines=2)
    admin = guests.member("admin")
    page = admin.get(PAGE)
    assert "first_line.small_talk" in page.text
    text = text_of(page)
    changed = re.sub(
        r'(facts = \{social = "(?:greeting|thanks)"[^\n]*\naction = )"greet"',
        r'\1"refuse"',
        text.replace(GREETED, GREETED.replace('"greet"', '"refuse"')),
    )
    assert changed != text
    tried = press(admin, "check", changed.replace("\n", "\r\n"), number=number_of(page))
    assert tried.status_code == 200
    assert "1 decision would change." in tried.text
    assert house.policies.rules_of(halden.id) is house.policies.house.book
    kept = press(admin, "activate", text_of(tried), number=number_of(tried))
    assert (kept.status_code, kept.headers["location"]) == (303, f"{PAGE}?done=activated")
    after = admin.get(PAGE)
    assert (number_of(after), text_of(after)) == ("1", changed)
    assert house.policies.rules_of(halden.id) is not house.policies.house.book
    late = press(admin, "activate", changed, number="0")
    assert late.status_code == 412
    back = admin.post(f"{PAGE}/versions/0/take-back", data={"csrf": admin.headers["x-csrf-token"], "number": "1"})
    assert back.status_code == 303
    assert house.policies.rules_of(halden.id) is house.policies.house.book
    scope = system_scope(halden.id, "test")
    lines = house.transactions.read(lambda tx: record.latest_audit(tx, scope, limit=100))
    actions = [one.action for one in lines]
    assert (actions.count("policy.activated"), actions.count("policy.rehearsed")) == (2, 1)


@on_sqlite
def test_a_wrong_file_is_refused_with_the_place_and_stays_in_the_form(guests: Guests) -> None:
    """What was written is not lost; a file is taken instead of the text; who may not change rules cannot."""
    admin = guests.member("admin")
    wrong = "[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen='moon > \"<b>\"'"
    refused = press(admin, "check", wrong, number="0")
    assert refused.status_code == 400
    assert "rule &#39;a&#39;: there is no &#39;moon&#39; (at character 1)" in refused.text
    assert text_of(refused) == wrong
    sent = press(admin, "check", "", number="0", file=wrong.encode())
    assert text_of(sent) == wrong
    assert press(admin, "check", "x", number="0", file=b"\xff\xfe").status_code == 400
    assert press(admin, "activate", wrong, number="0").status_code == 400
    assert guests.member("mira").get(PAGE).status_code == 403
    agent = guests.member("mira")
    assert press(agent, "check", wrong, number="0").status_code == 403


@on_sqlite
def test_an_agent_reads_in_words_what_a_rule_looked_at(guests: Guests, halden: Tenant) -> None:
    """Each fact by its name and its value, above the rule with its version."""
    visitor = guests.visitor(halden)
    ask(visitor, "hello", lines=2)
    admin = guests.member("admin")
    why = admin.get(f"/desk/conversations/{visitor.conversation_id}").text.partition('id="why"')[2]
    assert "<dt>Small talk</dt><dd>a greeting</dd>" in why
    assert "first_line.small_talk@" in why
    ask(visitor, "I want to talk to a person", lines=4)
    why = admin.get(f"/desk/conversations/{visitor.conversation_id}").text.partition('id="why"')[2]
    assert "<dt>Asked for a person</dt><dd>yes</dd>" in why
