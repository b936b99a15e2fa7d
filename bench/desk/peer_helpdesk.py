"""django-helpdesk in a process and an environment of its own: `python peer_helpdesk.py FOLDER`. Lines of JSON.

A request holds `texts`, each an agent's public reply to a ticket, written one after another with the function that its
own pages and interface call (`helpdesk.update_ticket.update_ticket`); the answer tells seconds and processor seconds.
The settings are those of its documentation, with a SQLite file, and nobody to send mails to.
"""
# ruff: noqa: PLC0415

import json
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any


def configure(folder: Path) -> None:
    """Make a site with a queue, a ticket and an agent."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    apps = ("admin", "auth", "contenttypes", "sessions", "sites", "messages", "staticfiles", "humanize")
    settings.configure(
        SECRET_KEY="of a site that lives for a minute",  # noqa: S106
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in apps), "rest_framework", "helpdesk"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "helpdesk.db")}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MEDIA_ROOT=str(folder),
        ROOT_URLCONF="site_addresses",
        SITE_ID=1,
        USE_TZ=True,
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    django.setup()
    from django.urls import include, path

    addresses: Any = ModuleType("site_addresses")
    addresses.urlpatterns = [path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]
    sys.modules["site_addresses"] = addresses
    call_command("migrate", verbosity=0)


def site() -> tuple[Any, Any]:
    """Return an agent and a ticket of theirs."""
    from django.contrib.auth import get_user_model
    from helpdesk.models import Queue, Ticket

    agent = get_user_model().objects.create(username="mira", is_staff=True, is_active=True)
    queue = Queue.objects.create(title="Cards", slug="cards", allow_email_submission=False)
    ticket = Ticket.objects.create(queue=queue, title="My card", description="It is lost", assigned_to=agent)
    return agent, ticket


def main() -> None:
    """Serve until the standard input ends."""
    configure(Path(sys.argv[1]))
    from helpdesk.update_ticket import update_ticket

    agent, ticket = site()
    answers, sys.stdout = sys.stdout, sys.stderr
    tell(answers, {"ready": True})
    for line in sys.stdin:
        texts: list[str] = json.loads(line)["texts"]
        began, processor = time.perf_counter(), time.process_time()
        for text in texts:
            update_ticket(agent, ticket, comment=text, public=True)
        tell(answers, {"seconds": time.perf_counter() - began, "processor": time.process_time() - processor})


def tell(answers: Any, answer: dict[str, Any]) -> None:
    """Write an answer."""
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
