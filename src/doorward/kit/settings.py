"""Settings: one typed tree, every leaf documented, read from a file and the environment here and nowhere else.

Order, later wins: the defaults below, `doorward.toml` in the data folder (or `--config`), `DOORWARD_SECTION__FIELD`
variables. What a tenant may change for itself is `kit.tenant_settings.TenantSettings`, kept in the
database and edited with `doorward settings`.
"""

import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from doorward.kit.tenant_settings import DAYS, TenantSettings


class SettingsInvalid(Exception):
    """A setting is unknown or has a value that it cannot have; the sentence names it, never its value."""


class Server(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the web server listens."""

    host: Annotated[str, Meta(description="Address to listen on. Anything but loopback needs TLS or a proxy.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")] = 8420
    tls_cert: Annotated[str, Meta(description="PEM file with the certificate chain.")] = ""
    tls_key: Annotated[str, Meta(description="PEM file with the private key, if it is not in tls_cert.")] = ""
    behind_proxy: Annotated[
        bool, Meta(description="A proxy in front speaks TLS and sets X-Forwarded-For and X-Forwarded-Proto.")
    ] = False
    public_url: Annotated[str, Meta(description="Address under which the outside reaches Doorward, for links.")] = ""
    walkers: Annotated[int, Meta(ge=1, le=64, description="Threads that walk messages through the stages.")] = 4
    least_at_once: Annotated[
        int, Meta(ge=1, le=1000, description="Requests of customers that are answered at once, however slow that is.")
    ] = 4


class Storage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where things are kept."""

    database: Annotated[str, Meta(description="Database address; empty means SQLite in the data folder.")] = ""
    keys: Annotated[str, Meta(description="Folder of the key store; empty means `keys` in the data folder.")] = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Plain limits of the front door, as `<count>/<second|minute|hour|day>`."""

    visits_per_address: Annotated[str, Meta(description="New web-chat visits per network address.")] = "30/minute"
    messages_per_party: Annotated[str, Meta(description="Messages per customer or visitor.")] = "20/minute"
    messages_per_token: Annotated[str, Meta(description="Messages per API token.")] = "600/minute"  # noqa: S105 - a rate
    messages_per_machine: Annotated[
        str, Meta(description="Messages, and looks at conversations, per machine that signs.")
    ] = "60/minute"
    directories_per_tenant: Annotated[
        str, Meta(description="Key directories of unknown platforms of machines that are read, per company.")
    ] = "20/minute"
    sign_ins_per_address: Annotated[str, Meta(description="Staff sign-in attempts per network address.")] = "20/minute"
    codes_per_party: Annotated[str, Meta(description="Verification codes mailed per customer.")] = "5/hour"
    searches_per_member: Annotated[str, Meta(description="Searches for a customer per member of staff or program.")] = (
        "30/minute"
    )
    unmaskings_per_member: Annotated[str, Meta(description="Masked values shown per member of staff or program.")] = (
        "20/minute"
    )
    requests_per_address: Annotated[str, Meta(description="All other public requests per network address.")] = (
        "600/minute"
    )
    storage: Annotated[
        str,
        Meta(description="Where processes count together, such as valkey://host:6379; empty: each counts for itself."),
    ] = ""
    message_characters: Annotated[int, Meta(ge=1, le=100_000, description="Longest message, in characters.")] = 4000
    request_bytes: Annotated[int, Meta(ge=1024, description="Largest request body, in bytes.")] = 65_536
    attachment_bytes: Annotated[int, Meta(ge=1024, description="Largest file that a customer may hand in.")] = 4_194_304


class Flood(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Flood control: how often one owner may begin a contact before only the bot answers, and what is kept for whom."""

    contacts_per_hour: Annotated[
        int, Meta(ge=1, le=3600, description="Contacts that one customer or visitor may begin in an hour.")
    ] = 12
    contacts_at_once: Annotated[
        int, Meta(ge=2, le=1000, description="How many of these may come at once; beyond both the bot alone answers.")
    ] = 6
    call_back_share: Annotated[
        float, Meta(ge=0, le=1, description="Share of people's time that promised call-backs may take.")
    ] = 0.25
    kept_from_strangers: Annotated[
        float, Meta(ge=0, le=0.24, description="Share of people at work that is kept free of strangers.")
    ] = 0.08
    region_header: Annotated[
        str,
        Meta(
            max_length=60,
            pattern=r"^[A-Za-z0-9-]*$",
            description="The header in which a proxy says from which country a visitor comes, by two letters. Believed"
            " only where `server.behind_proxy` is set; empty: regions are not counted.",
        ),
    ] = ""


class Sessions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long people stay signed in."""

    visitor_hours: Annotated[int, Meta(ge=1, description="Lifetime of a visitor token, in hours.")] = 12
    staff_idle_minutes: Annotated[int, Meta(ge=1, description="Staff sessions end after this long unused.")] = 60
    staff_hours: Annotated[int, Meta(ge=1, description="Staff sessions end after this long in any case.")] = 12
    customer_idle_minutes: Annotated[
        int, Meta(ge=1, description="A customer's session at the portal ends after this long unused.")
    ] = 30
    customer_hours: Annotated[
        int, Meta(ge=1, description="A customer's session at the portal ends after this long in any case.")
    ] = 12
    step_up_minutes: Annotated[int, Meta(ge=1, description="How long a proven factor counts as fresh.")] = 30
    code_minutes: Annotated[int, Meta(ge=1, description="How long a mailed code is good.")] = 10
    code_attempts: Annotated[int, Meta(ge=1, description="Wrong tries after which a mailed code is void.")] = 3


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The outbound SMTP server."""

    host: Annotated[str, Meta(description="SMTP server; empty switches outgoing mail off.")] = ""
    port: Annotated[int, Meta(ge=1, le=65535, description="SMTP port.")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"], Meta(description="`none` is refused for hosts that are not loopback.")
    ] = "starttls"
    username: Annotated[str, Meta(description="SMTP user name, if the server wants one.")] = ""
    password: Annotated[str, Meta(description="SMTP password (secret).")] = ""
    sender: Annotated[str, Meta(description="Address that outgoing mail comes from.")] = ""


class Protection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The detection engine, and the scanner of files."""

    matcher: Annotated[
        Literal["auto", "hyperscan", "re"], Meta(description="Pattern engine; `auto` takes the fastest available.")
    ] = "auto"
    budget_milliseconds: Annotated[
        int, Meta(ge=10, description="A detector that needs longer for one message has failed.")
    ] = 2000
    experimental: Annotated[
        bool, Meta(description="Let detectors take part that ask to be chosen (`opt_in`); none of ours does.")
    ] = False
    scanner: Annotated[
        str,
        Meta(description="Connector that scans files, such as `clamd`; empty: files stay held and nobody opens them."),
    ] = ""
    scanner_address: Annotated[str, Meta(description="Where clamd listens: `unix:///path` or `tcp://host:port`.")] = (
        "unix:///run/clamav/clamd.ctl"
    )
    scanner_seconds: Annotated[
        int, Meta(ge=1, le=90, description="A scanner that needs longer for one file is not available.")
    ] = 20
    scanner_unencrypted: Annotated[
        bool, Meta(description="Send files to a scanner on another machine although clamd knows no encryption.")
    ] = False
    likeness_days: Annotated[
        int,
        Meta(ge=1, description="For how many days at least it is known that a masked value was seen before."),
    ] = 90


class Models(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where embeddings come from, and what else is done by models."""

    encoder: Annotated[str, Meta(description="Id of the model plugin that makes embeddings.")] = "sentence_encoder"
    translator: Annotated[
        str,
        Meta(description="Id of the model plugin that translates for agents; without one no translation is offered."),
    ] = ""
    embeddings_url: Annotated[str, Meta(description="OpenAI-compatible endpoint for the openai_embeddings plugin.")] = (
        ""
    )
    embeddings_model: Annotated[str, Meta(description="Model name sent to that endpoint.")] = ""
    embeddings_key: Annotated[str, Meta(description="API key for that endpoint (secret).")] = ""
    language_model: Annotated[
        str,
        Meta(description="Id of the model plugin that proposes wordings (`openai_chat`); empty: none, as by default."),
    ] = ""
    chat_url: Annotated[
        str, Meta(description="Base address of the OpenAI-compatible endpoint of openai_chat, as https://host/v1.")
    ] = ""
    chat_model: Annotated[str, Meta(description="Model name sent to that endpoint.")] = ""
    chat_key: Annotated[str, Meta(description="API key for that endpoint (secret).")] = ""
    chat_seconds: Annotated[
        float, Meta(ge=0.1, le=2.5, description="A language model that needs longer is done without.")
    ] = 2.0
    chat_daily_tokens: Annotated[
        int, Meta(ge=0, description="Tokens that each company may spend on the language model a day (UTC).")
    ] = 500_000
    chat_minute_requests: Annotated[
        int, Meta(ge=0, description="Requests that each company may make to the language model a minute.")
    ] = 30


class Webhooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How others are told of what happens."""

    allowed_hosts: Annotated[
        str,
        Meta(
            description="Hosts, separated by commas, that webhooks may reach although they are not public, and by http."
        ),
    ] = ""
    seconds: Annotated[int, Meta(ge=1, le=60, description="A receiver that needs longer has not answered.")] = 10
    disable_days: Annotated[
        int, Meta(ge=1, le=60, description="A webhook to which nothing arrived for so many days is switched off.")
    ] = 5


class Machines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How machines that sign their requests are recognised."""

    allowed_hosts: Annotated[
        str,
        Meta(
            description="Hosts, separated by commas, whose key directories may be read although they are not public, "
            "and without TLS."
        ),
    ] = ""


class Links(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How links in articles are checked."""

    allowed_hosts: Annotated[
        str,
        Meta(description="Hosts, separated by commas, that the check of links may reach although they are not public."),
    ] = ""
    seconds: Annotated[int, Meta(ge=1, le=60, description="A page that needs longer has not answered.")] = 10


class Logging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least important level that is logged.")
    ] = "info"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The installation's settings."""

    data: Annotated[str, Meta(description="Data folder, made with access for its owner alone.")] = "doorward-data"
    demo: Annotated[bool, Meta(description="Demonstration: seeded companies, an outbox page, made-up keys.")] = False
    server: Server = Server()
    storage: Storage = Storage()
    limits: Limits = Limits()
    flood: Flood = Flood()
    sessions: Sessions = Sessions()
    mail: Mail = Mail()
    protection: Protection = Protection()
    models: Models = Models()
    webhooks: Webhooks = Webhooks()
    machines: Machines = Machines()
    links: Links = Links()
    logging: Logging = Logging()

    @property
    def folder(self) -> Path:
        """Return the data folder as an absolute path."""
        return Path(self.data).absolute()

    @property
    def database_url(self) -> str:
        """Return the database address, the embedded one by default."""
        return self.storage.database or f"sqlite:///{self.folder / 'doorward.db'}"

    @property
    def key_folder(self) -> Path:
        """Return the folder of the key store."""
        return Path(self.storage.keys).absolute() if self.storage.keys else self.folder / "keys"

    @property
    def visitor_lifetime(self) -> timedelta:
        """Return how long a visitor token is good."""
        return timedelta(hours=self.sessions.visitor_hours)


_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_SPAN: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)")


S = TypeVar("S", bound=msgspec.Struct)


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One documented setting: dotted name, type as words, default, meaning, and whether it holds a secret."""

    name: str
    type: str
    default: Any
    description: str
    secret: bool


def leaves(tree: type[msgspec.Struct], prefix: str = "") -> Iterator[Leaf]:
    """Yield every setting of a tree in order of definition."""
    hints = get_type_hints(tree, include_extras=True)
    defaults = tree()
    for field in msgspec.structs.fields(tree):
        hint = hints[field.name]
        if get_origin(hint) is Annotated:
            base, meta = get_args(hint)[0], get_args(hint)[1]
            description = meta.description or ""
            yield Leaf(
                name=prefix + field.name,
                type=_words(base),
                default=getattr(defaults, field.name),
                description=description,
                secret="(secret)" in description,
            )
        else:
            yield from leaves(hint, f"{prefix}{field.name}.")


def _words(base: Any) -> str:
    if get_origin(base) is Literal:
        return " | ".join(str(choice) for choice in get_args(base))
    if get_origin(base) is None:
        return str(base.__name__)
    return re.sub(r"typing\.|doorward\.[a-z_.]+\.|, \.\.\.", "", str(base))


def keep_arithmetic_single_threaded() -> None:
    """Tell numpy's arithmetic to use one thread; call it before numpy is imported.

    A message is one small matrix product; waking threads for it costs more than the product (200 ms against 3 on two
    cores). Doorward's own threads walk different messages at the same time. What the operator has set stays.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def keep_ray_quiet() -> None:
    """Tell Ray to send no usage figures anywhere; call it before Ray starts. What the operator has set stays."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")


def has_screen(*, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether a window could be opened here; on Linux that takes a display."""
    environment = os.environ if environment is None else environment
    display = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return bool(display) or not sys.platform.startswith("linux")


def environment_for(changes: Mapping[str, str], *, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment for a process of our own: this one's without its Doorward settings, with `changes`."""
    environment = os.environ if environment is None else environment
    kept = {name: value for name, value in environment.items() if not name.startswith("DOORWARD_")}
    return {**kept, **changes}


def user_cache(*, environment: Mapping[str, str] | None = None) -> Path | None:
    """Return this user's cache folder for Doorward (0700, made if need be), None where none can be had.

    It holds nothing but what can be computed again, such as compiled patterns. The place follows the XDG base
    directories: `$XDG_CACHE_HOME/doorward`, else `~/.cache/doorward`.
    """
    environment = os.environ if environment is None else environment
    try:
        folder = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doorward"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except (OSError, RuntimeError):
        return None
    return folder


def load(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the installation's settings.

    `overrides` are dotted names (`server.port`) from a command line; they win. Raises `SettingsInvalid` with a sentence
    that names the setting.
    """
    tree: dict[str, Any] = {}
    environment = os.environ if environment is None else environment
    data = (overrides or {}).get("data") or environment.get("DOORWARD_DATA") or Settings().data
    chosen = file or Path(data) / "doorward.toml"
    if chosen.exists():
        try:
            tree = tomllib.loads(chosen.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"{chosen.name} is not valid TOML: {error}") from error
    elif file is not None:
        raise SettingsInvalid(f"there is no settings file {file}")
    known = {leaf.name for leaf in leaves(Settings)}
    for variable, value in environment.items():
        name = variable.removeprefix("DOORWARD_").lower().replace("__", ".")
        if variable.startswith("DOORWARD_") and name in known:
            _put(tree, name, value)
        elif variable.startswith("DOORWARD_") and "." in name:
            raise SettingsInvalid(f"the environment sets {variable}, but there is no setting '{name}'")
    for name, value in (overrides or {}).items():
        if value is not None:
            _put(tree, name, value)
    return _convert(tree, Settings)


def _put(tree: dict[str, Any], name: str, value: Any) -> None:
    *sections, field = name.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
    tree[field] = value


def _convert(tree: Mapping[str, Any], shape: type[S]) -> S:
    try:
        return msgspec.convert(tree, shape, strict=False)
    except msgspec.ValidationError as error:
        # msgspec names the place and what was expected, never the value itself.
        raise SettingsInvalid(f"settings: {error}") from error


def change_tenant(current: TenantSettings, name: str, value: Any) -> TenantSettings:
    """Return `current` with one field set; text is read as JSON where the field is not text.

    Raises `SettingsInvalid` for unknown fields and impossible values.
    """
    if name not in {leaf.name for leaf in leaves(TenantSettings)}:
        raise SettingsInvalid(f"there is no tenant setting '{name}'")
    if isinstance(value, str) and not isinstance(getattr(current, name), str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError as error:
            raise SettingsInvalid(f"{name}: not readable as JSON, write for example '[\"en\"]' or 0.5") from error
    changed = tenant_settings({**msgspec.to_builtins(current), name: value})
    _check_hours(changed)
    _check_reach(changed)
    return changed


def _check_reach(settings: TenantSettings) -> None:
    """Raise `SettingsInvalid` for a language code or an origin that there cannot be."""
    if not settings.languages:
        raise SettingsInvalid("languages: name at least one, the tenant's own")
    for language in settings.languages:
        if not _LANGUAGE.fullmatch(language):
            raise SettingsInvalid("languages: write codes such as en or de, the tenant's own first")
    for origin in settings.allowed_origins:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsInvalid("allowed_origins: write origins such as https://www.example.com, without a path")


def _check_hours(settings: TenantSettings) -> None:
    """Raise `SettingsInvalid` for a time zone, a weekday, a span or a date that there cannot be."""
    try:
        ZoneInfo(settings.time_zone)
    except (KeyError, ValueError, OSError):  # the last two for names that lead out of the zones' folder
        raise SettingsInvalid("time_zone: there is no such time zone; write for example Europe/Berlin") from None
    for day, spans in settings.hours.items():
        if day not in DAYS:
            raise SettingsInvalid("hours: weekdays are mon, tue, wed, thu, fri, sat and sun")
        for span in spans:
            if not _SPAN.fullmatch(span) or span[:5] >= span[6:]:
                raise SettingsInvalid(f"hours: {day}: write spans as 09:00-17:30, the later time second")
    for date in settings.closed_days:
        try:
            datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise SettingsInvalid("closed_days: write days as 2026-12-25") from None


def tenant_settings(overrides: Mapping[str, Any]) -> TenantSettings:
    """Return a tenant's settings from what it has overridden. Raises `SettingsInvalid`."""
    return _convert(overrides, TenantSettings)
