"""A device at the door over HTTP: it signs with a secret of its own."""

import json
from typing import Any

import httpx

from doorward.identity import Tenant
from doorward.kit.clock import SystemClock
from doorward.kit.signatures import HttpMessage
from tests.support.signing import DeviceWithSecret, Machine


class DeviceAtTheDoor:
    """A device of one company's customer."""

    def __init__(self, client: httpx.Client, tenant: Tenant, *, device_id: str, secret: str) -> None:
        """Have an id and a secret."""
        self.client, self.tenant = client, tenant
        self.signer: Machine = DeviceWithSecret(device_id, secret)

    def request(self, path: str, **body: Any) -> httpx.Request:
        """Return a signed request."""
        base, target = self.client.base_url, f"/c/device/{path}"
        content = json.dumps({"company": self.tenant.widget_key, **body}).encode()
        authority = f"{base.host}:{base.port}"
        message = HttpMessage(method="POST", scheme=base.scheme, authority=authority, target=target, fields={})
        signed = self.signer.sign(message, now=SystemClock().now(), body=content)
        headers = {name: lines[0] for name, lines in signed.fields.items()} | {"content-type": "application/json"}
        return self.client.build_request("POST", target, content=content, headers=headers)

    def send(self, path: str, **body: Any) -> httpx.Response:
        """Send something signed."""
        return self.client.send(self.request(path, **body))

    def event(self, event_id: str, do: str, **what: Any) -> dict[str, Any]:
        """Send an event that is taken, and return how it stands."""
        answer = self.send("events", id=event_id, do=do, **what)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
