"""Admission's verbs: one for every kind of knock at the door. None of them looks at content."""

from doorward.admission.limits import Rate, Rates
from doorward.kit.ids import derive_id
from doorward.kit.settings import Limits
from doorward.vocabulary.channel import network_of
from doorward.vocabulary.errors import Malformed, TooLarge
from doorward.vocabulary.ids import MessageId, PartyId, TenantId, TokenId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText


class Admission:
    """Lets in what is small enough and not too often. Every verb returns nothing or raises a `Refusal`.

    Each tenant has counters of its own; IPv6 addresses count by their /64.
    """

    def __init__(self, limits: Limits, *, rates: Rates) -> None:
        """Apply `limits`, counted by `rates`. Raises `Misconfigured` when one of them cannot be read."""
        for limit in (
            limits.requests_per_address,
            limits.visits_per_address,
            limits.messages_per_party,
            limits.messages_per_token,
            limits.codes_per_party,
            limits.sign_ins_per_address,
            limits.searches_per_member,
            limits.unmaskings_per_member,
            limits.messages_per_machine,
            limits.directories_per_tenant,
        ):
            rates.check(limit)
        self._limits = limits
        self._rates = rates

    def admit_request(self, address: str) -> None:
        """Admit any public request, before it is known what it wants. Raises `RateLimited`."""
        self._rates.take(
            Rate(namespace="request", limit=self._limits.requests_per_address, subject=network_of(address))
        )

    def admit_signed_request(self, address: str) -> None:
        """Admit a request at a door where all are signed, before it is known whether this one is.

        Only those that were not count against their address (`count_unsigned`): the machines of a platform come from
        few addresses, and are counted one by one once they are recognised. Raises `RateLimited`.
        """
        self._rates.look(self._unsigned(address))

    def count_unsigned(self, address: str) -> None:
        """Count a request whose signature did not hold, or that could not be read, against its address.

        Raises `RateLimited` when that was one too many.
        """
        self._rates.take(self._unsigned(address))

    def _unsigned(self, address: str) -> Rate:
        return Rate(namespace="unsigned", limit=self._limits.requests_per_address, subject=network_of(address))

    def admit_visit(self, tenant_id: TenantId, address: str) -> None:
        """Admit a new visit. Raises `RateLimited`."""
        self._rates.take(_rate("visit", self._limits.visits_per_address, tenant_id, network_of(address)))

    def admit_message(self, scope: Scope, text: WildText, *, party_id: PartyId) -> None:
        """Admit a message of a customer or visitor. Raises `TooLarge`, `Malformed` (blank) or `RateLimited`."""
        self.measure(text)
        self._rates.take(_rate("message", self._limits.messages_per_party, scope.tenant_id, party_id))

    def admit_machine_message(self, scope: Scope, text: WildText, *, token_id: TokenId) -> None:
        """Admit a message that came with an API token. Raises as `admit_message`."""
        self.measure(text)
        self._rates.take(_rate("token", self._limits.messages_per_token, scope.tenant_id, token_id))

    def admit_signed_message(self, scope: Scope, text: WildText, *, machine: str) -> None:
        """Admit a message of a machine that signed it: each one counts for itself, never for its whole platform.

        Raises as `admit_message`.
        """
        self.measure(text)
        self._rates.take(_rate("machine", self._limits.messages_per_machine, scope.tenant_id, machine))

    def admit_signed_reading(self, scope: Scope, *, machine: str) -> None:
        """Admit that a machine reads a conversation of its own. Raises `RateLimited`."""
        self._rates.take(_rate("machine.read", self._limits.messages_per_machine, scope.tenant_id, machine))

    def admit_signed_act(self, scope: Scope, *, machine: str) -> None:
        """Admit that a machine asks for something to be done; it counts like a message. Raises `RateLimited`."""
        self._rates.take(_rate("machine", self._limits.messages_per_machine, scope.tenant_id, machine))

    def admit_pairing(self, scope: Scope, *, machine: str) -> None:
        """Admit that a machine presents a code, or asks for one: few for each machine. Raises `RateLimited`."""
        self._rates.take(_rate("machine.pair", self._limits.codes_per_party, scope.tenant_id, machine))

    def admit_directory(self, scope: Scope) -> None:
        """Admit that the directory of a platform is read which the company does not know. Raises `RateLimited`."""
        self._rates.take(_rate("directory", self._limits.directories_per_tenant, scope.tenant_id, "unknown"))

    def admit_person(self, scope: Scope, *, party_id: PartyId) -> None:
        """Admit a wish for a person, which has a count of its own: it works for those who wrote too much, too."""
        self._rates.take(_rate("person", self._limits.messages_per_party, scope.tenant_id, party_id))

    @property
    def message_characters(self) -> int:
        """Return how long a message may be, in characters."""
        return self._limits.message_characters

    @property
    def attachment_bytes(self) -> int:
        """Return how large a file may be."""
        return self._limits.attachment_bytes

    def admit_attachment(self, scope: Scope, *, party_id: PartyId) -> None:
        """Admit a file. Raises `RateLimited`."""
        self._rates.take(_rate("attachment", self._limits.messages_per_party, scope.tenant_id, party_id))

    def admit_effort(self, scope: Scope, *, party_id: PartyId) -> None:
        """Admit that a visitor's device asks for a piece of work, or hands it in. Raises `RateLimited`."""
        self._rates.take(_rate("effort", self._limits.messages_per_party, scope.tenant_id, party_id))

    def admit_wish(self, scope: Scope, *, party_id: PartyId) -> None:
        """Admit feedback, a call-back, a mailed transcript or a wish to be deleted. Raises `RateLimited`."""
        self._rates.take(_rate("wish", self._limits.messages_per_party, scope.tenant_id, party_id))

    def admit_code(self, scope: Scope, *, party_id: PartyId, email: str, address: str) -> None:
        """Admit a request to mail a code: few per visitor, per mail address and per network. Raises `RateLimited`.

        The mail address counts as it was typed, known or not, so that the answer does not tell which.
        """
        limit, tenant = self._limits.codes_per_party, scope.tenant_id
        self._rates.take(
            _rate("code.party", limit, tenant, party_id),
            _rate("code.email", limit, tenant, email.strip().casefold()),
            _rate("code.network", self._limits.sign_ins_per_address, tenant, network_of(address)),
        )

    def admit_own_code(self, scope: Scope, *, party_id: PartyId) -> None:
        """Admit that a code is mailed to the address on file, unasked: it counts like one asked for.

        Raises `RateLimited`.
        """
        self._rates.take(_rate("code.party", self._limits.codes_per_party, scope.tenant_id, party_id))

    def admit_confirmation(self, scope: Scope, *, party_id: PartyId, address: str) -> None:
        """Admit an attempt to hand in a code. Raises `RateLimited`."""
        self._rates.take(
            _rate("confirm.party", self._limits.messages_per_party, scope.tenant_id, party_id),
            _rate("confirm.network", self._limits.sign_ins_per_address, scope.tenant_id, network_of(address)),
        )

    def admit_sign_in(self, tenant_id: TenantId, address: str) -> None:
        """Admit an attempt to sign in as staff. Raises `RateLimited`."""
        self._rates.take(_rate("sign_in", self._limits.sign_ins_per_address, tenant_id, network_of(address)))

    def admit_search(self, scope: Scope) -> None:
        """Admit a search for a customer by the acting member of staff or program. Raises `RateLimited`."""
        self._rates.take(_rate("search", self._limits.searches_per_member, scope.tenant_id, scope.actor.id))

    def admit_unmasking(self, scope: Scope) -> None:
        """Admit that the acting member of staff or program has a masked value shown. Raises `RateLimited`."""
        self._rates.take(_rate("unmasking", self._limits.unmaskings_per_member, scope.tenant_id, scope.actor.id))

    def measure(self, text: WildText) -> None:
        """Raise `TooLarge` when `text` is longer than a message may be, `Malformed` when there is nothing in it."""
        limit = self._limits.message_characters
        if len(text) > limit:
            raise TooLarge(f"text: longer than {limit} characters", limit=limit)
        if text.is_blank:
            raise Malformed("text: blank")


def _rate(namespace: str, limit: str, tenant_id: str, subject: str) -> Rate:
    return Rate(namespace=namespace, limit=limit, subject=f"{tenant_id}\x1f{subject}")


def message_id_for(channel: str, *, sender: str, client_message_id: str) -> MessageId:
    """Return the id of the message that a sender calls `client_message_id`: the same message always has the same id.

    `sender` is the party or token that the sender's ids are unique for.
    """
    return MessageId(derive_id("message", channel, sender, client_message_id))
