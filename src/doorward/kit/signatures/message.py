"""What of a message is signed, and the text that a signature is made over (RFC 9421, 2)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.kit.signatures.refused import SignatureRefused
from doorward.kit.signatures.structured import (
    InnerList,
    Item,
    StructuredFieldError,
    parse_dictionary,
    serialize_inner_list,
    serialize_item,
)

MOST_COMPONENTS: Final = 20
LONGEST_FIELD: Final = 4096
"""Characters of one header field, all of its lines together, that is signed or that says what is."""
_MOST_MEMBERS: Final = 16
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}


class HttpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A request, or the answer to one: then `status` is the answer's, and `fields` are too.

    `authority` is the Host as it came; `target` is the path with the query, still escaped; `fields` have names in
    lower case and a value for every line; of one, all its lines together, at most `longest` characters are read.
    """

    method: str
    scheme: str
    authority: str
    target: str
    fields: Mapping[str, tuple[str, ...]]
    status: int | None = None
    longest: int = LONGEST_FIELD

    def __repr__(self) -> str:
        """Show nothing of what came."""
        return "<HttpMessage>"

    @property
    def path(self) -> str:
        """Return the path alone."""
        return self.target.partition("?")[0] or "/"

    @property
    def query(self) -> str:
        """Return the query behind its question mark, empty without one."""
        return self.target.partition("?")[2]

    @property
    def host(self) -> str:
        """Return the authority as it is signed: lower case, without the port that goes without saying."""
        return self.authority.lower().removesuffix(_DEFAULT_PORTS.get(self.scheme, "\0"))

    def field(self, name: str) -> str | None:
        """Return a field's lines as one value, None where there is no such field. Raises `SignatureRefused`."""
        lines = self.fields.get(name)
        if lines is None:
            return None
        value = ", ".join(line.strip(" \t") for line in lines)
        if len(value) > self.longest:
            raise SignatureRefused("malformed", f"{name}: longer than {self.longest} characters")
        if not value.isascii() or not value.replace("\t", " ").isprintable():
            raise SignatureRefused("malformed", f"{name}: other characters than printable ASCII")
        return value


def signature_base(message: HttpMessage, covered: InnerList) -> bytes:
    """Return the text that a signature with these components and parameters is made over (RFC 9421, 2.5).

    The names of components must be known to be plain strings; see `components_of`. Raises `SignatureRefused`
    (`incomplete`) for a component that is not in the message or that this code does not derive.
    """
    lines = [f"{serialize_item(item)}: {_value_of(message, item)}" for item in covered.items]
    lines.append(f'"@signature-params": {serialize_inner_list(covered)}')
    return "\n".join(lines).encode("ascii")


def components_of(covered: InnerList) -> frozenset[tuple[str, bool]]:
    """Return the names of what is covered, each with whether it is of the request that was answered (`req`).

    Raises `SignatureRefused` (`malformed`) for what is no component or comes twice.
    """
    if len(covered.items) > MOST_COMPONENTS:
        raise SignatureRefused("malformed", f"Signature-Input: more than {MOST_COMPONENTS} components")
    seen: set[tuple[object, ...]] = set()
    for item in covered.items:
        if not isinstance(item.value, str) or item.value != item.value.lower():
            raise SignatureRefused("malformed", "Signature-Input: a component is not a string in lower case")
        # The order of parameters makes no other component of it (RFC 9421, 2).
        identity = (item.value, *sorted(item.parameters.items(), key=lambda one: one[0]))
        if identity in seen:
            raise SignatureRefused("malformed", "Signature-Input: a component comes twice")
        seen.add(identity)
    return frozenset((str(item.value), item.parameters.get("req") is True) for item in covered.items)


def _value_of(message: HttpMessage, item: Item) -> str:
    name, parameters = str(item.value), item.parameters
    answered = parameters.get("req") is True
    if answered and message.status is None:
        raise SignatureRefused("incomplete", "Signature-Input: req in a request")
    if name.startswith("@"):
        if set(parameters) - {"req"}:
            raise SignatureRefused("incomplete", "Signature-Input: a parameter that is not supported here")
        return _derived(message, name, of_request=answered or message.status is None)
    if answered or set(parameters) - {"key"}:
        raise SignatureRefused("incomplete", "Signature-Input: a parameter that is not supported here")
    value = message.field(name)
    if value is None:
        raise SignatureRefused("incomplete", "Signature-Input: a field that the message does not have")
    return _of_dictionary(value, parameters["key"]) if "key" in parameters else value


def _derived(message: HttpMessage, name: str, *, of_request: bool) -> str:
    if not of_request:
        if name == "@status":
            return str(message.status)
        raise SignatureRefused("incomplete", "Signature-Input: a component that answers do not have")
    match name:
        case "@method":
            return message.method
        case "@authority":
            return message.host
        case "@scheme":
            return message.scheme
        case "@path":
            return message.path
        case "@query":
            return f"?{message.query}"
        case "@request-target":
            return message.target
        case "@target-uri":
            return f"{message.scheme}://{message.host}{message.target}"
        case _:
            raise SignatureRefused("incomplete", "Signature-Input: a component that is not supported here")


def _of_dictionary(value: str, key: object) -> str:
    """Return one member of a field that is a dictionary (RFC 9421, 2.1.2)."""
    try:
        member = parse_dictionary(value, most=_MOST_MEMBERS).get(key) if isinstance(key, str) else None
    except StructuredFieldError as error:
        raise SignatureRefused("malformed", f"a field that is signed: {error}") from None
    if member is None:
        raise SignatureRefused("incomplete", "Signature-Input: a key that the field does not have")
    return serialize_item(member) if isinstance(member, Item) else serialize_inner_list(member)
