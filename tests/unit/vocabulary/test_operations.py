"""The port of operations as a core system offers it."""

from collections.abc import Mapping, Sequence

import msgspec

from doorward.vocabulary.operations import Argument, Done, FactKind, Operates, Operation, Scalar, Thing


class Core:
    """The smallest core system that operates."""

    currency = "EUR"

    def operations(self) -> Mapping[str, Operation]:
        """One."""
        return {"freeze": Operation(name="freeze", arguments={"card": Argument(kind="thing", of="card")}, undo="thaw")}

    def kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """Cards."""
        return {"card": {"status": "code"}}

    def things(self, reference: str, of: str) -> Sequence[Thing]:
        """One card."""
        return [Thing(kind="card", key="1234", fields={"status": "active"})]

    def look_up(self, reference: str, operation: str, arguments: Mapping[str, Scalar]) -> Done:
        """Find nothing."""
        return Done(outcome="not_found")

    def carry_out(
        self, reference: str, operation: str, arguments: Mapping[str, Scalar], *, idempotency_key: str
    ) -> Done:
        """Do it."""
        return Done()


def test_a_core_system_is_known_by_what_it_offers() -> None:
    """A system without operations is told apart from one that has them."""
    core: object = Core()
    assert isinstance(core, Operates)
    assert not isinstance(object(), Operates)


def test_what_is_declared_asks_for_the_most_care_unless_told_otherwise() -> None:
    """An operation of which nothing is said changes something, for good, and not for strangers."""
    operation = Operation(name="close")
    assert (operation.effect, operation.reversible, operation.level) == ("change", False, 1)


def test_declarations_and_results_are_plain_data() -> None:
    """They survive JSON, so that they can be kept and compared."""
    for one in (*Core().operations().values(), *Core().things("1", "card"), Done(facts={"reference": "O1", "n": 2})):
        assert msgspec.json.decode(msgspec.json.encode(one), type=type(one)) == one
