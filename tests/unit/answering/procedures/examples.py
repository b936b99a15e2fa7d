"""Two procedures, and the core system that they are for."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from doorward.answering.procedures.loading import load_procedure
from doorward.answering.procedures.model import Known, Procedure
from doorward.vocabulary.operations import Argument, Operation, Thing

FOLDER = Path(__file__).parent / "written"
LANGUAGES = ("en", "de")

CARD = Argument(kind="thing", of="card")
KNOWN = Known(
    operations={
        "block_card": Operation(
            name="block_card",
            arguments={"card": CARD, "reason": Argument(kind="choice", options=("lost", "stolen", "other"))},
            level=1,
            reasons=("already_blocked", "wrong_state"),
            facts={"day": "date", "why": "code"},
        ),
        "freeze_card": Operation(name="freeze_card", arguments={"card": CARD}, reversible=True, undo="unfreeze_card"),
        "replace_card": Operation(name="replace_card", arguments={"card": CARD}, level=2),
        "close_account": Operation(name="close_account", level=2, two_persons=True),
        "paper_stock": Operation(
            name="paper_stock",
            arguments={"device": Argument(kind="thing", of="device")},
            effect="look_up",
            facts={"on_the_way": "yes_no"},
        ),
        "order_paper": Operation(
            name="order_paper",
            arguments={
                "device": Argument(kind="thing", of="device"),
                "rolls": Argument(kind="count", least=1, most=50),
            },
            reversible=True,
            facts={"reference": "text", "price": "amount"},
        ),
        "complain": Operation(
            name="complain", arguments={"about": Argument(kind="text", most=500)}, level=0, reversible=True
        ),
    },
    kinds={"card": {"status": "code", "kind": "code"}, "device": {"model": "text", "paper": "number"}},
)

DEBIT = Thing(kind="card", key="1234", fields={"status": "active", "kind": "debit"})
CREDIT = Thing(kind="card", key="9012", fields={"status": "active", "kind": "credit"})
VIRTUAL = Thing(kind="card", key="5678", fields={"status": "active", "kind": "virtual"})
BLOCKED = Thing(kind="card", key="4444", fields={"status": "blocked", "kind": "debit"})
TILL = Thing(kind="device", key="HT-4100-01", fields={"model": "Till Pro", "paper": 12})


def example(name: str) -> Procedure:
    """Return an example as it is loaded."""
    return load_procedure(FOLDER / name, languages=LANGUAGES, known=KNOWN)


def raw(name: str) -> dict[str, Any]:
    """Return what an example's file says."""
    content = yaml.safe_load((FOLDER / name / "procedure.yaml").read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def changed(into: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Write an example with other content into a folder, and return its own there."""
    folder = into / name
    shutil.copytree(FOLDER / name, folder)
    (folder / "procedure.yaml").write_text(yaml.safe_dump(dict(content), sort_keys=False), "utf-8")
    return folder
