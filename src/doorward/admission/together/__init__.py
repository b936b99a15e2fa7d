"""Counting together with other processes: in a shared memory where there is one, else, and while it is away, alone."""

from doorward.admission.together.nonces import Nonce, NoncesTogether
from doorward.admission.together.quotas import QuotasTogether, Whose

__all__ = ["Nonce", "NoncesTogether", "QuotasTogether", "Whose"]
