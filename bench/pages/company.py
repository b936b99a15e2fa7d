"""A company with as many members of staff as desks are to be measured."""

import msgspec

from doorward.bootstrap import House
from doorward.identity import MemberSeed
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.house import shared_engines, tenant_of

PASSWORD = "bench-bench-bench"  # noqa: S105 - of a company that lives for a minute


def reload_settings(settings: Settings) -> Settings:
    """Return the settings with limits that many desks on one computer do not run into."""
    rates = dict.fromkeys(("sign_ins_per_address", "messages_per_party", "visits_per_address"), "10000000/minute")
    return msgspec.structs.replace(settings, limits=msgspec.structs.replace(settings.limits, **rates))


def add_staff(settings: Settings, *, count: int) -> list[str]:
    """Add `count` agents who can sign in, and return their user names. The installation must be closed."""
    database, keys = Database.open(settings.database_url), FileKeyStore(settings.key_folder)
    house = House(settings, database=database, keys=keys, engines=shared_engines())
    scope = system_scope(tenant_of(house, "halden").id, "bench")
    # One hash for all: what is measured begins after they have signed in.
    hashed = house.identity.passwords.hash(PASSWORD)
    names = [f"desk{number:03d}" for number in range(count)]

    def add(tx: Tx) -> Outcome[None]:
        staff = house.identity.staff
        for name in names:
            member = staff.add(tx, scope, MemberSeed(username=name, display_name=name.title(), role="agent")).value
            staff.set_password(tx, scope, member.id, password_hash=hashed)
        return Outcome(None)

    house.transactions.write(scope, add)
    house.close()
    return names
