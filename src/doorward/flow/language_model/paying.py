"""What a model may cost, reserved before it is asked and settled after, each in a transaction of its own."""

from doorward.answering import language_model
from doorward.answering.language_model import Limits
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Paying:
    """Every company's budget. A crash between the two has spent what was reserved: never too little is counted."""

    def __init__(self, transactions: Transactions, limits: Limits) -> None:
        """Take the budget of each company."""
        self._transactions = transactions
        self._limits = limits

    def reserve(self, scope: Scope, tokens: int) -> bool:
        """Take tokens and one request; return whether there were enough. Raises `CommitFailed`, `Closed`."""
        return self._transactions.write(
            scope, lambda tx: Outcome(language_model.reserve(tx, scope, tokens, limits=self._limits))
        )

    def give_back(self, scope: Scope, tokens: int) -> None:
        """Give back what was not spent. Raises `CommitFailed`, `Closed`."""

        def work(tx: Tx) -> Outcome[None]:
            language_model.give_back(tx, scope, tokens)
            return Outcome(None)

        self._transactions.write(scope, work)
