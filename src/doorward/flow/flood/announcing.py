"""Telling a company's webhooks how things stand with a flood, so that somebody, or a program, adds resources."""

from collections.abc import Sequence

from doorward.admission.kept import NotedChange
from doorward.flow.flood.keeping import Announces
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope
from doorward.webhooks import FLOOD, Deliveries, Endpoints, Told


def announces_to(endpoints: Endpoints, deliveries: Deliveries) -> Announces:
    """Return what writes down who is to be told of changes."""

    def announce(tx: Tx, scope: Scope, noted: Sequence[NotedChange]) -> tuple[Job, ...]:
        wants = [one for one in endpoints.list_all(tx, scope) if one.state == "on" and one.wants(FLOOD)]
        told = [
            (endpoint, Told(event=FLOOD, conversation_id=change.id, seq=0)) for change in noted for endpoint in wants
        ]
        return deliveries.enqueue(tx, scope, told) if told else ()

    return announce
