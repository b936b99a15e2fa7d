"""Who gets into the portal, and who does not: by plain HTTP, on both databases."""

import json
import re
from collections.abc import Iterator

import pytest

from doorward.bootstrap import House
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.house import tenant_of
from tests.support.portal import Authenticator, Mailbox, PortalGuest, customer


@pytest.fixture
def mailbox(house: House) -> Mailbox:
    """The house's outgoing mail."""
    return Mailbox(house)


@pytest.fixture
def guest(url: str, mailbox: Mailbox) -> Iterator[PortalGuest]:
    """Somebody at Halden's portal who is not signed in."""
    came = PortalGuest(url, mailbox)
    yield came
    came.client.close()


def forget_proofs(house: House) -> None:
    """Let every proof of who somebody is be two hours old."""
    tenant = tenant_of(house, "halden")
    scope = system_scope(tenant.id, "test")
    table = "identity_assurance"

    def work(tx: Tx) -> Outcome[None]:
        tx.connection.exec_driver_sql(f"UPDATE {table} SET at = at - 7200000000")  # noqa: S608 - a constant
        return Outcome(None)

    house.transactions.write(scope, work)


def text_of(html: str) -> str:
    """A page without what differs from one to the next."""
    return re.sub(r'value="[^"]*"', "", html)


def test_known_and_unknown_addresses_get_the_same_answer(guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """Nobody learns from the sign-in whether an address is a customer's; only the customer gets mail."""
    known = guest.post("/code", email=customer(house).email)
    unknown = guest.post("/code", email="nobody@nowhere.example")
    assert known.status_code == unknown.status_code == 200
    assert text_of(known.text) == text_of(unknown.text)
    assert mailbox.code(customer(house).email)
    assert mailbox.fresh("nobody@nowhere.example") == []


def test_a_code_opens_a_session_and_guessing_voids_it(guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """After three wrong guesses even the right code is refused; a fresh one opens the session, once."""
    email = customer(house).email
    guest.post("/code", email=email)
    code = mailbox.code(email)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [guest.post("/code/confirm", code=wrong) for _ in range(3)]
    assert {one.status_code for one in answers} == {403}
    assert guest.post("/code/confirm", code=code).status_code == 403
    guest.sign_in(email)
    assert guest.get("/").status_code == 200
    assert guest.post("/code/confirm", code=code).status_code == 403


def test_guessing_is_slowed_down(guest: PortalGuest) -> None:
    """Asking for codes again and again is answered with the time to wait, in the page."""
    answers = [guest.post("/code", email="somebody@nowhere.example") for _ in range(30)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "text/html" in answers[-1].headers["content-type"]


def test_without_a_session_every_page_leads_to_the_sign_in(guest: PortalGuest) -> None:
    """Pages lead to the sign-in and back; a session of another company is none here."""
    for path in ("/", "/decisions", "/access", "/choices", "/security", "/data"):
        answer = guest.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/my/halden/sign-in")
    assert guest.client.get("/my/nowhere/").status_code == 404


def test_a_session_is_good_for_its_company_alone(guest: PortalGuest, house: House) -> None:
    """The same person is a customer of both companies; the cookie of one opens nothing at the other."""
    guest.sign_in(customer(house).email)
    (token,) = [value for name, value in guest.client.cookies.items() if name.endswith("doorward_my_halden")]
    guest.client.cookies.set("doorward_my_brisa", token, domain="localhost.local")
    assert guest.client.get("/my/brisa/", headers={"cookie": f"doorward_my_brisa={token}"}).status_code == 303


def test_forms_of_other_sites_are_refused(guest: PortalGuest, house: House) -> None:
    """A form without the session's token, or from another origin, changes nothing."""
    guest.sign_in(customer(house).email)
    bare = guest.post("/consents", purpose="feedback", answer="grant")
    assert bare.status_code == 403
    foreign = guest.client.post(
        "/my/halden/consents", data={"purpose": "feedback"}, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert "Agreed" not in guest.get("/choices").text.replace("Not agreed", "")


def test_a_passkey_opens_a_session_and_no_answer_counts_twice(guest: PortalGuest, house: House) -> None:
    """A passkey added after a mailed code signs in; the same answer again, or without its challenge, does not."""
    key = Authenticator()
    guest.sign_in(customer(house).email)
    assert guest.add_passkey(key).headers["location"].endswith("done=passkey")
    guest.form("/sign-out", everywhere="yes")
    assert guest.get("/").status_code == 303
    answer = key.get(guest.challenge(), origin=guest.origin)
    assert guest.post("/sign-in/passkey", answer=answer).status_code == 303
    assert guest.get("/").status_code == 200
    guest.form("/sign-out")
    assert guest.post("/sign-in/passkey", answer=answer).status_code == 403
    guest.challenge()
    assert guest.post("/sign-in/passkey", answer=answer).status_code == 403
    assert guest.get("/").status_code == 303


def test_answers_for_elsewhere_are_refused(url: str, guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """Wrong origin, another browser's challenge, an unverified user, a smaller counter, rubbish: none signs in."""
    key = Authenticator()
    guest.sign_in(customer(house).email)
    guest.add_passkey(key)
    guest.form("/sign-out")
    other = PortalGuest(url, mailbox)
    elsewhere = key.get(guest.challenge(), origin="https://halden.evil.example")
    foreign = key.get(other.challenge(), origin=guest.origin)
    for answer in (elsewhere, foreign, "", "{}", "[1]", "x" * 30_000, json.dumps({"id": "a", "rawId": "b"})):
        guest.challenge()
        assert guest.post("/sign-in/passkey", answer=answer).status_code == 403
    key.verified = False
    assert guest.post("/sign-in/passkey", answer=key.get(guest.challenge(), origin=guest.origin)).status_code == 403
    key.verified, key.counter = True, 0
    assert guest.post("/sign-in/passkey", answer=key.get(guest.challenge(), origin=guest.origin)).status_code == 403
    key.counter = 50
    assert guest.post("/sign-in/passkey", answer=key.get(guest.challenge(), origin=guest.origin)).status_code == 303
    other.client.close()


def test_a_passkey_needs_a_code_that_was_mailed_lately(guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """A session that a passkey opened cannot add another one, nor can an old one, until a code is confirmed."""
    key, email = Authenticator(), customer(house).email
    guest.sign_in(email)
    guest.add_passkey(key)
    guest.form("/sign-out")
    guest.post("/sign-in/passkey", answer=key.get(guest.challenge(), origin=guest.origin))
    asked = guest.form("/passkeys/challenge", page="/security")
    assert asked.status_code == 303
    assert "/again" in asked.headers["location"]
    guest.form("/again", page="/again", next="/my/halden/security")
    back = guest.form("/again", page="/again", code=mailbox.code(email), next="/my/halden/security")
    assert back.headers["location"] == "/my/halden/security"
    assert guest.add_passkey(Authenticator()).headers["location"].endswith("done=passkey")
    forget_proofs(house)
    assert guest.form("/passkeys/challenge", page="/security").status_code == 303


def test_personal_data_asks_for_a_fresh_proof(guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """Half an hour after the proof the transcript can still be read, but data is handed out only after a new code."""
    email = customer(house).email
    guest.sign_in(email)
    assert guest.get("/data").status_code == 200
    forget_proofs(house)
    assert guest.get("/").status_code == 200
    assert guest.get("/data").headers["location"].startswith("/my/halden/again")
    assert guest.form("/data/export", format="json").headers["location"].startswith("/my/halden/again")
    guest.form("/again", page="/again")
    wrong = guest.form("/again", page="/again", code="000000x")
    assert wrong.status_code == 403
    guest.form("/again", page="/again", code=mailbox.code(email))
    assert guest.get("/data").status_code == 200


def test_sessions_are_listed_and_ended(url: str, guest: PortalGuest, house: House, mailbox: Mailbox) -> None:
    """Both browsers are listed; ending the others leaves this one, and signing out everywhere ends all."""
    email = customer(house).email
    guest.sign_in(email)
    second = PortalGuest(url, mailbox).sign_in(email)
    assert guest.get("/security").text.count('class="portal-item portal-consent"') == 2
    assert guest.form("/sessions/others/end", page="/security").status_code == 303
    assert second.get("/").status_code == 303
    assert guest.get("/").status_code == 200
    second.sign_in(email)
    second.form("/sign-out", everywhere="yes")
    assert guest.get("/").status_code == 303
    second.client.close()


def test_hostile_fields_are_refused(guest: PortalGuest, house: House) -> None:
    """Languages, purposes and answers that do not exist are refused, whatever they look like, and change nothing."""
    guest.sign_in(customer(house).email)
    for language in ("xx", "../../etc/passwd", "<script>", "en\r\nset-cookie: a=b", "", "e" * 5000):
        assert guest.form("/language", page="/choices", language=language).status_code == 400
    for purpose in ("everything", "<img src=x>", "", "feedback;drop table"):
        assert guest.form("/consents", page="/choices", purpose=purpose, answer="grant").status_code == 400
    assert guest.form("/consents", page="/choices", purpose="feedback", answer="perhaps").status_code == 400
    assert guest.form("/data/everything", page="/data").status_code == 404
    assert "<script>" not in guest.get("/choices").text.replace("<script src", "")
    onward = guest.post("/code", email=customer(house).email, next="https://evil.example/")
    assert "evil.example" not in onward.text
