"""Webhooks and the ledger: what is written is announced in its own transaction, and told by jobs."""

from doorward.flow.webhooks.alarming import Alarm
from doorward.flow.webhooks.announcing import Announcer
from doorward.flow.webhooks.delivering import Deliverer
from doorward.flow.webhooks.service import Webhooks
from doorward.flow.webhooks.work import WebhookWork

__all__ = ["Alarm", "Announcer", "Deliverer", "WebhookWork", "Webhooks"]
