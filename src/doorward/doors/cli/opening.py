"""Finding and opening what a command works on."""

from doorward.doors.cli.ending import Code, Stop
from doorward.kit.settings import Settings

DEMO_FOLDER = "doorward-demo"
"""Where `doorward demo` keeps its state: in the folder it was started from, to be found and thrown away easily."""


def require_database(settings: Settings) -> None:
    """Raise `Stop` when there is no data folder yet; tell of the demo's, since that is what people look for."""
    url = settings.database_url
    if not url.startswith("sqlite"):
        return
    path = settings.folder / "doorward.db" if not settings.storage.database else None
    if path is None or path.exists():
        return
    hint = "Make one with `doorward init`, or name another with --data FOLDER."
    demo = settings.folder.parent / DEMO_FOLDER
    if (demo / "doorward.db").exists():
        hint = f"The demo's is here too: add --data {DEMO_FOLDER}. For real use make one with `doorward init`."
    raise Stop(f"There is no Doorward database in {settings.folder}. {hint}", code=Code.MISCONFIGURED)
