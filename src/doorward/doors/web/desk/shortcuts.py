"""What the keyboard does at the desk, for the map that `?` opens. Templates put the same keys on what they press."""

from typing import Final

import msgspec


class Shortcut(msgspec.Struct, frozen=True, kw_only=True):
    """Keys, and a sentence's key that says what they do. `always`: no switch turns them off."""

    keys: tuple[str, ...]
    label: str
    always: bool = False


class ShortcutGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Shortcuts of one kind of page."""

    label: str
    shortcuts: tuple[Shortcut, ...]


SHORTCUTS: Final = (
    ShortcutGroup(
        label="shell.keys.everywhere",
        shortcuts=(
            Shortcut(keys=("Ctrl", "K"), label="shell.palette.open", always=True),
            Shortcut(keys=("Esc",), label="shell.keys.close", always=True),
            Shortcut(keys=("?",), label="shell.keys.show"),
            Shortcut(keys=("/",), label="search.title"),
            Shortcut(keys=("a",), label="shell.keys.presence"),
            Shortcut(keys=("A",), label="presence.menu"),
        ),
    ),
    ShortcutGroup(
        label="shell.keys.lists",
        shortcuts=(
            Shortcut(keys=("j",), label="shell.keys.next"),
            Shortcut(keys=("k",), label="shell.keys.previous"),
            Shortcut(keys=("Enter",), label="shell.keys.open", always=True),
            Shortcut(keys=("/",), label="inbox.filter"),
            Shortcut(keys=("x",), label="bulk.keys.pick"),
            Shortcut(keys=("X",), label="bulk.all"),
            Shortcut(keys=("u",), label="bulk.undo"),
        ),
    ),
    ShortcutGroup(
        label="wall.keys",
        shortcuts=(Shortcut(keys=("v",), label="wall.full"),),
    ),
    ShortcutGroup(
        label="shell.keys.conversation",
        shortcuts=(
            Shortcut(keys=("t",), label="desk.conversation.take"),
            Shortcut(keys=("r",), label="shell.keys.reply"),
            Shortcut(keys=("Ctrl", "Enter"), label="desk.conversation.reply_send", always=True),
            Shortcut(keys=("Ctrl", "B"), label="format.strong", always=True),
            Shortcut(keys=("Ctrl", "I"), label="format.emphasis", always=True),
            Shortcut(keys=("Ctrl", "Shift", "K"), label="format.link", always=True),
            Shortcut(keys=("u",), label="later.undo"),
            Shortcut(keys=("v",), label="attach.open"),
            Shortcut(keys=("n",), label="note.open"),
            Shortcut(keys=("w",), label="whisper.open"),
            Shortcut(keys=("f",), label="task.open"),
            Shortcut(keys=(".",), label="macro.open"),
            Shortcut(keys=("y",), label="warm.accept"),
            Shortcut(keys=("x",), label="warm.decline"),
            Shortcut(keys=("h",), label="hand.open"),
            Shortcut(keys=("i",), label="known.open"),
            Shortcut(keys=("c",), label="dossier.open"),
            Shortcut(keys=("m",), label="join.open"),
            Shortcut(keys=("d",), label="split.open"),
            Shortcut(keys=("b",), label="desk.conversation.hand_back"),
            Shortcut(keys=("e",), label="desk.conversation.resolve"),
            Shortcut(keys=("q",), label="review.write"),
            Shortcut(keys=("l",), label="marks.label.add"),
            Shortcut(keys=("p",), label="marks.priority"),
            Shortcut(keys=("s",), label="marks.status"),
            Shortcut(keys=("z",), label="marks.sleep"),
        ),
    ),
)
