"""The exit of a model's words: the same screening that all words from outside go through."""

from collections import Counter

from doorward.flow.accept import TenantScreening
from doorward.kit.ids import new_id
from doorward.protection import Weighed
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText


class Leaving:
    """Lets a text out in which screening finds no more than in what it rests on, of what is masked or threatens.

    What a company's own article says is no secret, and what looks like a name in it may stand in its other words.
    """

    def __init__(self, screening: TenantScreening) -> None:
        """Take the screening, which knows each company's own kinds and public facts."""
        self._screening = screening

    def __call__(self, scope: Scope, text: WildText, source: WildText) -> bool:
        """Return whether a text may be said; it may not where a guard could not look at it."""
        said = self._weigh(scope, text)
        if said.refusal is not None or any(one.family == "guard" for one in said.screened.findings):
            return False
        found = _kinds(said)
        return not found or found <= _kinds(self._weigh(scope, source))

    def _weigh(self, scope: Scope, text: WildText) -> Weighed:
        return self._screening.weigh_staff(scope, text, MessageId(new_id()), names=())


def _kinds(weighed: Weighed) -> Counter[str]:
    return Counter(one.kind for one in weighed.screened.findings)
