"""Measure the walk of a message, and print JSON on standard output and a summary on standard error.

python3 run.py bench walk                       one client, many clients, over HTTP; on SQLite and PostgreSQL
python3 run.py bench walk --parts lone,crowd    only some parts
python3 run.py bench walk --clone               clean clone to first answered message
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.walk.cloning import clone_to_answer
from bench.walk.founding import KINDS, founded, opened, real_engines
from bench.walk.inside import at_once, bare_inserts, one_after_another
from bench.walk.outside import over_http
from doorward.bootstrap import Engines
from doorward.kit.settings import Settings

PARTS = ("lone", "crowd", "http")


def main() -> int:
    """Measure what was asked for."""
    options = read_options()
    result: dict[str, Any] = {"machine": machine()}
    if options.clone:
        tell("clean clone to first answer ...")
        result["clone"] = clone_to_answer(options.branch)
        tell_clone(result["clone"])
    else:
        engines = real_engines()
        for kind in options.databases:
            tell(f"{kind}: founding ...")
            with founded(kind) as settings:
                result[kind] = measure(settings, engines, options)
        engines.close()
    result["machine"]["load_after"] = os.getloadavg()
    text = json.dumps(result, indent=1, ensure_ascii=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def read_options() -> argparse.Namespace:
    """Return what the words say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=lambda words: words.split(","), default=list(PARTS))
    parser.add_argument("--databases", type=lambda words: words.split(","), default=list(KINDS))
    parser.add_argument("--messages", type=int, default=300, help="messages of one client")
    parser.add_argument("--clients", type=int, default=32, help="clients at once")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each part with many clients lasts")
    parser.add_argument("--clone", action="store_true", help="measure a clean clone instead")
    parser.add_argument("--branch", default="HEAD", help="what to clone")
    parser.add_argument("--out", type=Path, help="write the JSON there as well")
    return parser.parse_args()


def measure(settings: Settings, engines: Engines, options: argparse.Namespace) -> dict[str, Any]:
    """Measure the wanted parts on one installation."""
    figures: dict[str, Any] = {}
    if "lone" in options.parts:
        with opened(settings, engines) as house:
            figures["lone"] = asyncio.run(one_after_another(house, messages=options.messages))
        tell_lone(figures["lone"])
    if "crowd" in options.parts:
        with opened(settings, engines) as house:
            figures["crowd"] = crowd = asyncio.run(at_once(house, clients=options.clients, seconds=options.seconds))
            for name, threads in (("walkers", settings.server.walkers), ("clients", options.clients)):
                crowd[f"bare_inserts_per_second_{name}"] = bare_inserts(house, threads=threads, seconds=3.0)
        tell_crowd(crowd)
    if "http" in options.parts:
        figures["http"] = over_http(
            settings, messages=options.messages, seconds=options.seconds, clients=options.clients
        )
        tell_http(figures["http"])
    return figures


def tell_lone(lone: Mapping[str, Any]) -> None:
    """Say how one client fares."""
    tell(f"  one client, {lone['messages']} messages:")
    for name in ("acknowledged_ms", "answered_ms", "whole_ms"):
        tell(f"    {name:16s} " + "  ".join(f"{key} {value}" for key, value in lone[name].items()))
    tell(f"    stages, CPU ms:  {lone['stage_cpu_ms']}")
    tell(f"    stages, wall ms: {lone['stage_wall_ms']}")
    tell(f"    threads, CPU ms: {lone['threads_cpu_ms_per_message']}")


def tell_crowd(crowd: Mapping[str, Any]) -> None:
    """Say how many clients fare."""
    rate = crowd["messages_per_second"]
    tell(
        f"  {crowd['clients']} clients, {crowd['walkers']} walkers: {rate} messages/s, {crowd['cores_busy']} cores busy"
    )
    tell(f"    whole ms: {crowd['whole_ms']}; waited for a walker: {crowd['waited_for_a_walker_ms']}")
    tell(
        f"    the stages alone: {crowd['stage_cpu_ms_sum']} ms = {crowd['stages_alone_per_second']}/s, ratio {crowd['ratio_to_stages_alone']}"  # noqa: E501 - one line of a report
    )
    tell(f"    stages, CPU ms:  {crowd['stage_cpu_ms']}")
    tell(f"    stages, wall ms: {crowd['stage_wall_ms']}")
    tell(f"    threads, CPU ms: {crowd['threads_cpu_ms_per_message']}, in all {crowd['cpu_ms_per_message']}")
    tell(f"    {crowd['writes_per_message']} writes, {crowd['commits_per_message']} commits a message")
    bare = {name: value for name, value in crowd.items() if name.startswith("bare")}
    tell(f"    {bare}; rows the walk writes are {round(rate * crowd['writes_per_message'], 1)} writes/s")


def tell_http(http: Mapping[str, Any]) -> None:
    """Say how visitors of the web chat fare, one and many, and what each message costs both sides."""
    lone, crowd = http["lone"], http["crowd"]
    for who, part in (("one visitor", lone), (f"{crowd['clients']} visitors", crowd)):
        tell(f"  over HTTP, {who}, {part['messages']} messages answered, {part['left_to_people']} left to people:")
        for name in (name for name in ("bare_request_ms", "acknowledged_ms", "whole_ms") if name in part):
            tell(f"    {name:16s} " + "  ".join(f"{key} {value}" for key, value in part[name].items()))
        server, clients = part.get("server_cpu_ms_per_message", "unknown"), part["clients_cpu_ms_per_message"]
        tell(f"    CPU ms a message: server {server}, clients {clients}")
    tell(f"  over HTTP, {crowd['clients']} visitors: {crowd['messages_per_second']} messages/s answered")
    tell(f"  the server took {http['start_seconds']} s to start and {http['stop_seconds']} s to stop")


def tell_clone(clone: Mapping[str, Any]) -> None:
    """Say how long somebody new waits, with empty and with full package caches, and how the demo ended."""
    for name, caches in (("cold", "empty"), ("warm", "full")):
        run, stop = clone[name], clone[name]["stop"]
        parts = ", ".join(f"{part.replace('_', ' ')} {seconds} s" for part, seconds in run["seconds"].items())
        tell(f"  package caches {caches}: {run['total']} s ({parts})")
        well = "cleanly" if stop["clean"] else "BADLY"
        tell(f"    Ctrl-C ended it {well} in {stop['seconds']} s, exit code {stop['exit_code']}")


def machine() -> dict[str, Any]:
    """Return what was measured on, and how busy it was with other things."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_before": os.getloadavg(),
    }


def processor() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731 - a word for it

if __name__ == "__main__":
    sys.exit(main())
