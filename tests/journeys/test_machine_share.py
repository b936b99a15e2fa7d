"""Which share of contacts is from machines is counted at the doors, and read by page, program and operator."""

from doorward import measure
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.server import Guests

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}


def test_contacts_are_counted_once_and_shown_with_their_range(
    house: House, guests: Guests, halden: Tenant, brisa: Tenant
) -> None:
    """A contact counts when it begins, for its company alone; who asks without the right gets nothing."""
    for words in ("Where is my card?", "I am an AI assistant contacting you on behalf of my user."):
        visitor = guests.visitor(halden)
        visitor.client.headers.update(BROWSER)
        visitor.say(words)
        visitor.say("Are you there?")
    house.contact_count.keep()
    nadia = guests.member("nadia")
    answer = nadia.get("/api/v1/reports/machines").json()
    [row] = [one for one in answer["items"] if one["values"][0]]
    names = [one["name"] for one in answer["columns"]]
    values = dict(zip(names, row["values"], strict=True))
    assert (values["contacts"], values["signed"]) == (2, 0)
    assert 0 < values["machines_low"] < values["machines"] < values["machines_high"] < 1
    assert values["forecast"] is None
    page = nadia.get("/desk/reports/machines").text
    assert "Signed by machines" in page
    assert row["name"] in page
    assert guests.member("mira").get("/api/v1/reports/machines").status_code == 403
    scope = system_scope(brisa.id, "test")
    since, until = "2000-01-01", "2100-01-01"
    assert house.transactions.read(lambda tx: measure.contacts_by_month(tx, scope, since=since, until=until)) == {}
