import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from doorward.flow.archives import Dialect, Job, Order, preview, screen_archive
from doorward.flow.archives.unfinished import COPY, FINDINGS, FINISHED, MANIFEST, open_unfinished
from doorward.vocabulary.errors import Conflict, Malformed, StoreInUse
from tests.support.archives import (
    CARD,
    NearbyEngine,
    PretendedCluster,
    job,
    lines_of_tickets,
    mail,
    silent,
)


def archive(tmp_path: Path, count: int = 60) -> Path:
    """Return an archive of several chunks."""
    path = tmp_path / "tickets.jsonl"
    path.write_bytes(lines_of_tickets(count))
    return path


def outputs(folder: Path) -> tuple[bytes, bytes]:
    """Return the copy and the findings."""
    return (folder / "copy.out").read_bytes(), (folder / "findings.out").read_bytes()


def whole(tmp_path: Path, source: Path) -> tuple[bytes, bytes]:
    """Return what an undisturbed run writes."""
    folder = tmp_path / "whole"
    folder.mkdir()
    screen_archive(job(source, folder), NearbyEngine(), tell=silent)
    return outputs(folder)


def stopped(work: Job, after: int) -> None:
    """Run a job that is stopped after some chunks."""
    with pytest.raises(KeyboardInterrupt):
        screen_archive(work, NearbyEngine(until=after), tell=silent)


def test_an_archive_is_screened_whole(tmp_path: Path) -> None:
    """One record out for each that can be screened, in order; nothing but the outputs is left."""
    source = archive(tmp_path)
    tally = screen_archive(job(source, tmp_path), NearbyEngine(), tell=silent)
    copy, findings = outputs(tmp_path)
    assert [json.loads(line)["id"] for line in copy.splitlines()] == [f"t-{n}" for n in range(60)]
    assert CARD.encode() not in copy + findings
    assert (tally.records, tally.kinds) == (60, {"CARD": 20})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.out", "findings.out", "tickets.jsonl"]


@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_stopped_run_goes_on_where_it_was(after: int, tmp_path: Path) -> None:
    """The outputs are byte for byte those of an undisturbed run, wherever it stopped, and no chunk is done twice."""
    source = archive(tmp_path)
    expected = whole(tmp_path, source)
    stopped(job(source, tmp_path), after)
    assert not (tmp_path / "copy.out").exists()
    ends: list[int] = []
    tally = screen_archive(
        job(source, tmp_path),
        NearbyEngine(),
        tell=lambda done, _total, *, looking: None if looking else ends.append(done),
    )
    assert outputs(tmp_path) == expected
    assert tally.records == 60
    assert ends[0] > 200 * after


def test_what_was_half_written_is_cut_off(tmp_path: Path) -> None:
    """What stands behind the last whole line of the manifest, and behind what that line speaks of, never was."""
    source = archive(tmp_path)
    expected = whole(tmp_path, source)
    stopped(job(source, tmp_path), 4)
    folder = tmp_path / "copy.out.unfinished"
    for name in (MANIFEST, COPY, FINDINGS):
        with (folder / name).open("ab") as file:
            file.write(b'{"number": 4, "cop')
    screen_archive(job(source, tmp_path), NearbyEngine(), tell=silent)
    assert outputs(tmp_path) == expected


def test_several_workers_give_the_same_bytes(tmp_path: Path) -> None:
    """A cluster that answers late and out of order, and hands chunks over, writes what one process writes."""
    source = archive(tmp_path)
    expected = whole(tmp_path, source)
    screen_archive(job(source, tmp_path), PretendedCluster(), tell=silent)
    assert outputs(tmp_path) == expected


def test_another_archive_is_not_gone_on_with(tmp_path: Path) -> None:
    """A byte changed, other options, other detectors: the run is refused in words, and nothing is touched."""
    source = archive(tmp_path)
    stopped(job(source, tmp_path), 3)
    before = {path.name: path.read_bytes() for path in (tmp_path / "copy.out.unfinished").iterdir()}
    for changed, word in (
        (job(source, tmp_path, detectors="others"), "detectors"),
        (job(source, tmp_path, order=Order(format="jsonl", kept=("text",))), "options"),
        (job(source, tmp_path, chunk=300), "options"),
    ):
        with pytest.raises(Conflict, match=word):
            screen_archive(changed, NearbyEngine(), tell=silent)
    source.write_bytes(source.read_bytes().replace(b"hello", b"Hello", 1))
    with pytest.raises(Conflict, match="archive"):
        screen_archive(job(source, tmp_path), NearbyEngine(), tell=silent)
    assert {path.name: path.read_bytes() for path in (tmp_path / "copy.out.unfinished").iterdir()} == before
    screen_archive(job(source, tmp_path, restart=True), NearbyEngine(), tell=silent)
    assert outputs(tmp_path)[0].count(b"\n") == 60


def test_changed_work_is_not_gone_on_with(tmp_path: Path) -> None:
    """Somebody who edits the unfinished copy finds it refused, not mixed into the outcome."""
    source = archive(tmp_path)
    stopped(job(source, tmp_path), 3)
    copy = tmp_path / "copy.out.unfinished" / COPY
    copy.write_bytes(copy.read_bytes().replace(b"CARD", b"card"))
    with pytest.raises(Conflict, match="changed since"):
        screen_archive(job(source, tmp_path), NearbyEngine(), tell=silent)


def test_an_archive_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """What was hashed must be what was screened."""
    source = archive(tmp_path, 3000)

    def tell(_done: int, _total: int, *, looking: bool) -> None:
        if not looking:
            source.write_bytes(lines_of_tickets(3000).replace(b"hello", b"HELLO"))

    with pytest.raises(Conflict, match="while it was read"):
        screen_archive(job(source, tmp_path, chunk=20_000), NearbyEngine(), tell=tell)
    assert not (tmp_path / "copy.out").exists()


def test_a_run_that_dies_while_it_finishes_is_finished(tmp_path: Path) -> None:
    """Killed between putting one output in its place and the next, the second run puts the rest there."""
    source = archive(tmp_path)
    expected = whole(tmp_path, source)
    work = job(source, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda _folder: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            screen_archive(work, NearbyEngine(), tell=silent)
    folder = tmp_path / "copy.out.unfinished"
    assert (folder / FINISHED).exists()
    (tmp_path / "findings.out").rename(folder / FINDINGS)
    screen_archive(work, NearbyEngine(until=0), tell=silent)
    assert outputs(tmp_path) == expected
    assert not folder.exists()


def test_two_runs_do_not_meet(tmp_path: Path) -> None:
    """While one run is at work, another is refused."""
    source = archive(tmp_path)
    with open_unfinished(tmp_path / "copy.out.unfinished", kind="file", restart=False), pytest.raises(StoreInUse):
        screen_archive(job(source, tmp_path), NearbyEngine(), tell=silent)


def test_outputs_never_take_the_archives_place(tmp_path: Path) -> None:
    """An archive is not overwritten, nor is one output by another, nor a folder by a file."""
    source = archive(tmp_path)
    (tmp_path / "folder").mkdir()
    for places in (
        {"copy": source},
        {"copy": tmp_path / "x", "findings": tmp_path / "x"},
        {"copy": tmp_path / "folder"},
    ):
        work = msgspec.structs.replace(Job(source=source, order=Order(format="jsonl"), detectors="d"), **places)
        with pytest.raises(Conflict):
            screen_archive(work, NearbyEngine(), tell=silent)
    assert source.read_bytes() == lines_of_tickets(60)


def test_a_folder_of_mails_becomes_one(tmp_path: Path) -> None:
    """Copies are numbered: a file's name may tell whose it is. A stopped run goes on there too."""
    mails = tmp_path / "mails"
    mails.mkdir()
    for number in range(6):
        (mails / f"anna{number}@example.com.eml").write_bytes(mail(f"{number} {CARD}").as_bytes())
    work = job(mails, tmp_path, order=Order(format="eml"))
    stopped(work, 2)
    screen_archive(work, NearbyEngine(), tell=silent)
    names = sorted(path.name for path in (tmp_path / "copy.out").iterdir())
    assert names == [f"{number:08d}.eml" for number in range(1, 7)]
    assert "anna" not in (tmp_path / "findings.out").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "findings.out").read_bytes().splitlines()[0])["name"] == "[EMAIL].eml"


def test_a_table_is_looked_at_before_it_is_read(tmp_path: Path) -> None:
    """Its dialect and columns become part of the order; a column that is not there is refused, and UTF-16 too."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"id;text\r\n1;x\r\n")
    order = preview(path, Order(format="csv"), separator=None, heading=True)
    assert (order.dialect, order.columns) == (Dialect(separator=";", line_end="\r\n"), ("id", "text"))
    assert preview(path, Order(format="csv"), separator=",", heading=False).columns == ()
    with pytest.raises(Malformed, match="no column 'body'"):
        preview(path, Order(format="csv", fields=("body",)), separator=None, heading=True)
    path.write_bytes("id;text\n".encode("utf-16"))
    with pytest.raises(Malformed, match="UTF-16"):
        preview(path, Order(format="csv"), separator=None, heading=True)


@pytest.mark.slow
def test_kill_nine_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    """A real run with two workers, killed with a signal that nothing can catch, goes on and writes the same bytes."""
    source = archive(tmp_path, 120)
    expected = whole(tmp_path, source)
    (tmp_path / "cache" / "doorward" / "not-empty").mkdir(parents=True)  # so that nothing is compiled for later
    environment = {**os.environ, "DOORWARD_PROTECTION__MATCHER": "re", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = [sys.executable, "-m", "doorward", "screen", str(source), "--chunk", "200"]
    words += ["--masked", str(tmp_path / "copy.out"), "--findings", str(tmp_path / "findings.out")]
    with subprocess.Popen([*words, "--workers", "2"], env=environment, stderr=subprocess.PIPE, cwd=tmp_path) as program:
        assert program.stderr is not None
        for line in program.stderr:
            if b"screening: 30 %" in line:
                program.send_signal(signal.SIGKILL)
                break
    assert program.returncode == -signal.SIGKILL
    assert not (tmp_path / "copy.out").exists()
    assert (tmp_path / "copy.out.unfinished" / MANIFEST).read_bytes().count(b"\n") > 1
    done = subprocess.run([*words, "--workers", "1"], env=environment, check=False, cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert outputs(tmp_path) == expected
    assert not (tmp_path / "copy.out.unfinished").exists()
