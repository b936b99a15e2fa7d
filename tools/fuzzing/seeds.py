"""What a target begins with: generated, never from real life."""

import json
from datetime import UTC, datetime
from pathlib import Path

import doorward.plugins.policies
from tests.support.archives import box, lines_of_tickets, mail
from tests.support.authorization import AuthorizationServer
from tests.support.screening import generated_texts
from tests.support.signing import DeviceWithSecret, Machine, a_request, directory_answer, directory_body, key_from

EACH = 60

_CONDITIONS = [
    b"risk >= settings.risk_threshold and not (blank || size(masked_kinds) > 1)",
    b"'CARD' in masked_kinds and emotion in [\"anger\"] or -misunderstood * 2 / 0 != 1.5",
    b'!blank && social == "\\"\\n" or intent != \'a\'',
]

_BROKEN_MAILS = [
    b'Subject: a\nContent-Type: text/plain; charset="utf-8\0"\nContent-Transfer-Encoding: 8bit\n\n\xc3\xa4\n',
    b"Subject: =?utf-8?b?//?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\nContent-Type: text/html\n\n<",
    b"From: <@,;>\nDate: Thu, 99\nContent-Type: message/rfc822\n\nSubject: b\nContent-Transfer-Encoding: base64\n\n=a",
    b"Subject: c\nContent-Type: text/plain; charset*0*=utf-8''%f; charset*1=8\nContent-Transfer-Encoding: uue\n\nb\n",
]


def seeds_for(target: str) -> list[bytes]:
    """Return some inputs that reach far into a target."""
    texts = generated_texts(EACH, seed=41)
    plain = [text.encode("utf-8", "surrogateescape" if _escaped(text) else "replace") for text in texts]
    mails = [mail(one.decode("utf-8", "replace"), html="<p>a<b>b</b></p>", subject="=?utf-8?b?eA==?=") for one in plain]
    match target:
        case "jsonl":
            return [
                lines_of_tickets(4),
                *(json.dumps({"id": n, "text": text}).encode() for n, text in enumerate(texts)),
            ]
        case "csv":
            return [b'a,b\n1,"x\ny"\n', *(b'"%s",2\n' % one.replace(b'"', b'""') for one in plain)]
        case "mbox":
            return [box(one.as_bytes(), one.as_bytes()) for one in mails]
        case "eml":
            return [*_BROKEN_MAILS, *(one.as_bytes() for one in mails)]
        case "signatures":
            return _signed()
        case "calls":
            return _called()
        case "rules":
            policies = Path(doorward.plugins.policies.__path__[0]).glob("*/rules.toml")
            return [*(one.read_bytes() for one in policies), *_CONDITIONS]
        case _:
            return plain


def _signed() -> list[bytes]:
    """Return requests and directories that are signed, as the target takes them: a field a line, then the body."""
    now, body, machine = datetime(2026, 11, 30, 12, 0, tzinfo=UTC), b'{"text":"a"}', Machine()
    names = ("signature-input", "signature", "signature-agent", "content-digest")
    request = machine.sign(a_request(authority="a.example", target="/m"), now=now, body=body)
    of_device = DeviceWithSecret("0" * 26, "0" * 26).sign(
        a_request(authority="a.example", target="/m"), now=now, body=body
    )
    shown, keys = directory_body(machine.key, key_from(2)), (machine.key, key_from(2))
    answer = directory_answer(*keys, authority="a.example", now=now)
    return [
        "\n".join([*(message.fields.get(name, ("-",))[0] for name in names), content.decode()]).encode("latin-1")
        for message, content in ((request, body), (of_device, body), (answer, shown))
    ]


def _called() -> list[bytes]:
    """Return calls with good fields, a set of keys, and a token that it does not hold for."""
    issuer, asked = AuthorizationServer(), {"id": "a", "text": "b", "kind": "c", "conversation": "0" * 26}
    sent = {"message": {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "a"}, {"data": {"do": "help"}}]}}
    task = {"jsonrpc": "2.0", "id": 2, "method": "GetTask", "params": {"id": "m", "metadata": {"agent": "p"}}}
    calls = [{"jsonrpc": "2.0", "id": one, "method": "tools/call", "params": asked} for one in (1, "x", None)]
    token = issuer.token("a", now=datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    shown = (*calls, task, task | {"method": "SendMessage", "params": sent}, [calls], issuer.keys, {"code": "x"})
    return [*(json.dumps(one).encode() for one in shown), token.encode()]


def write_seeds(target: str, folder: Path) -> None:
    """Write the inputs into a folder, as libFuzzer takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_for(target)):
        (folder / f"seed-{number:03d}").write_bytes(seed)


def _escaped(text: str) -> bool:
    """Return whether all lone surrogates of a text are escaped bytes."""
    return all("\udc80" <= letter <= "\udcff" for letter in text if "\ud800" <= letter <= "\udfff")
