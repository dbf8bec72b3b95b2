"""Every reader of a file that somebody else may have made, against files that were made to take time or memory.

Each is one clear line. The long proof gives the whole command 1 GB of address space and 10 s of a processor, which the
system enforces: a command that takes more is killed, and says nothing.
"""

from __future__ import annotations

import ast
import gzip
import io
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.evidence.signatures import NoKey, fingerprint_of
from cli.evidence.statement import NAME as ENVELOPE
from cli.evidence.statement import NoStatement, check
from cli.evidence.verify import verify
from cli.flag.command import read_contacts
from cli.pack.given import NotGiven, drift
from flowlint.reading import limits as of_flows
from flowlint.reading.files import read_all
from flowlint.settings import SettingsError, read_settings
from infra.config import ROOT, cdk_context
from infra.existing import ExistingBucket, kept_statements
from infra.refusal import RefusalError
from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.lines import read_scenario
from steward import limits
from steward.policy.checking.reading import UnreadablePolicyError, read_toml
from steward.rights.adapters.records import lines_of
from steward.rights.finding.scanning import UnreadableRecords

MEMORY, SECONDS = 1024**3, 10
DEEP, DIGITS = 100_000, 10_000


def _flow(path: Path) -> None:
    given = read_all([path])
    if given.refused:
        raise UnreadableError("\n".join(given.refused))


def _evidence(path: Path) -> None:
    folder = path.parent / "contact"
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifests" / "C-1.json"
    manifest.unlink(missing_ok=True)
    manifest.hardlink_to(path)
    found = verify(folder)
    if found.unreadable:
        raise UnreadableError("\n".join(one.problem for one in found.unreadable))


def _statements(path: Path) -> None:
    kept_statements(ExistingBucket(name="bucket", prefix="connect", keeps_policy=path.name), path.parent)


class UnreadableError(Exception):
    """What a reader that goes on with the others has to say."""


@dataclass(frozen=True)
class Reader:
    """How a file is read; ``nest`` makes one as deep as one likes, ``number`` one with so many digits."""

    read: Callable[[Path], object]
    name: str
    most: int
    nest: Callable[[int], str]
    number: Callable[[int], str]
    refuses_numbers: bool = True


def _toml(depth: int) -> str:
    return "a = " + "[" * depth + "]" * depth


def _json(depth: int) -> str:
    return "[" * depth + "]" * depth


READERS = {
    "a policy": Reader(read_toml, "p.toml", limits.SETTINGS.bytes, _toml, lambda n: "a = " + "9" * n),
    "settings of the lint": Reader(
        lambda path: read_settings(path, frozenset()),
        "flowlint.toml",
        of_flows.LARGEST_SETTINGS,
        _toml,
        lambda n: "a = " + "9" * n,
    ),
    "cdk.json": Reader(cdk_context, "cdk.json", limits.CONTEXT.bytes, _json, lambda n: "9" * n),
    "a bucket's policy": Reader(_statements, "p.json", limits.BUCKET_POLICY.bytes, _json, lambda n: "9" * n),
    "a flow": Reader(_flow, "f.json", of_flows.LARGEST, _json, lambda n: "9" * n),
    "a template": Reader(
        _flow, "t.yaml", of_flows.LARGEST, lambda n: "AWS::Connect::ContactFlow: " + _json(n), lambda n: "9" * n
    ),
    "a scenario": Reader(
        read_scenario,
        "s.jsonl",
        limits.SCENARIO.bytes,
        lambda n: '{"at": "2027-01-01T00:00:00Z", "contact": ' + _json(n) + "}",
        lambda n: '{"at": ' + "9" * n + ', "contact": {}}',
    ),
    "a manifest": Reader(_evidence, "C-1.json", limits.MANIFEST.bytes, _json, lambda n: "9" * n),
    "an envelope": Reader(
        lambda path: check(path, None, frozenset()), ENVELOPE, limits.ENVELOPE.bytes, _json, lambda n: "9" * n
    ),
    "a comparison": Reader(drift, "drift.json", limits.DRIFT.bytes, _json, lambda n: "9" * n),
    "a public key": Reader(fingerprint_of, "k.pem", limits.PUBLIC_KEY.bytes, _json, lambda n: "9" * n),
}
CLEAR = (
    NoKey,
    NoStatement,
    NotGiven,
    RefusalError,
    ScenarioError,
    SettingsError,
    UnreadableError,
    UnreadablePolicyError,
)


def _said(reader: Reader, path: Path) -> str:
    with pytest.raises(CLEAR) as refused:
        reader.read(path)
    return str(refused.value)


@pytest.mark.parametrize("name", READERS)
def test_a_file_without_an_end_is_one_line_and_not_read_to_its_end(name: str, tmp_path: Path) -> None:
    reader, path = READERS[name], tmp_path / READERS[name].name
    with path.open("wb") as opened:
        opened.truncate(reader.most + 1)

    said = _said(reader, path)
    assert "larger than" in said or "is no public key" in said
    assert "\n" not in said


def _bytes_read() -> int:
    """Return how many bytes this process has read so far (proc(5), ``/proc/self/io``, ``rchar``)."""
    return int(Path("/proc/self/io").read_text().split()[1])


@pytest.mark.skipif(not Path("/proc/self/io").is_file(), reason="counted by Linux alone")
@pytest.mark.parametrize("name", READERS)
def test_of_a_file_a_hundred_times_too_large_no_more_is_read_than_shows_that(name: str, tmp_path: Path) -> None:
    """The file has a size and no content, so that a reader that takes it whole is found and does no harm."""
    reader, path = READERS[name], tmp_path / READERS[name].name
    with path.open("wb") as opened:
        opened.truncate(reader.most * 2 + 100 * 1024**2)
    before = _bytes_read()

    _said(reader, path)
    # A buffered reader takes up to a block more, and modules that are imported on the way are read too.
    assert _bytes_read() - before <= reader.most + 8 * 1024**2


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("depth", [100, 9000])
def test_what_is_nested_deeper_than_people_nest_is_one_line(name: str, depth: int, tmp_path: Path) -> None:
    reader, path = READERS[name], tmp_path / READERS[name].name
    path.write_text(reader.nest(depth))

    said = _said(reader, path)
    assert any(words in said for words in ("nested", "nothing that a person wrote", "recursion", "is no public key"))
    assert "\n" not in said


@pytest.mark.parametrize("name", READERS)
def test_a_number_of_ten_thousand_digits_is_one_line(name: str, tmp_path: Path) -> None:
    reader, path = READERS[name], tmp_path / READERS[name].name
    path.write_text(reader.number(DIGITS))

    assert "\n" not in _said(reader, path)


def _repeated(levels: int) -> str:
    """Return a template whose flow is ten texts of ten texts, and so on: by YAML's aliases."""
    lines = ["x0: &x0 'aaaaaaaaaa'"]
    lines += [f"x{n}: &x{n} {{'Fn::Join': ['', [{', '.join([f'*x{n - 1}'] * 10)}]]}}" for n in range(1, levels)]
    resource = f"{{Type: 'AWS::Connect::ContactFlow', Properties: {{Content: *x{levels - 1}}}}}"
    return "\n".join([*lines, f"Resources: {{Flow: {resource}}}"])


def _substituted(levels: int) -> str:
    """Return the same by CloudFormation's own function, which needs no alias."""
    content = '"aaaaaaaaaa"'
    for _ in range(levels):
        content = '{"Fn::Sub": ["' + "${a}" * 100 + '", {"a": ' + content + "}]}"
    return '{"Resources": {"Flow": {"Type": "AWS::Connect::ContactFlow", "Properties": {"Content": ' + content + "}}}}"


@pytest.mark.parametrize("text", ["[" * 900_000, "- " * 900_000, "? " * 900_000, "a: " + "{b: " * 400_000])
def test_a_template_so_deep_that_its_parser_would_end_the_process_is_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(f"x: AWS::Connect::ContactFlow\ny:\n  {text}")

    with pytest.raises(UnreadableError, match=r"nested too deeply|not YAML"):
        _flow(path)


@pytest.mark.parametrize(("text", "said"), [(_repeated(30), "aliases repeat"), (_substituted(12), "makes a text of")])
def test_a_template_that_repeats_what_is_written_once_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(text)

    with pytest.raises(UnreadableError, match=said) as refused:
        _flow(path)
    assert "\n" not in str(refused.value)


def test_a_list_of_nothing_but_mistakes_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("contact_id\n" + "a b\n" * 5000)

    with pytest.raises(Exception, match=r"more than 1000 bad rows, the first: .* line 2"):
        read_contacts(path)


@pytest.mark.parametrize(
    ("content", "unpacked"),
    [(b"{}" * 1_000_000, 10_000), (b"{}\n" * 1_000_000, 10_000), (b"{}\n" * 3000, 9000)],
    ids=["one line without an end", "lines without an end", "as much as may be"],
)
def test_packed_records_are_unpacked_as_far_as_firehose_can_have_packed_them(content: bytes, unpacked: int) -> None:
    seen: list[bytes] = []
    with gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(content))) as stream:
        found = lines_of(stream, longest=unpacked, most=unpacked)
        if len(content) > unpacked:
            with pytest.raises(UnreadableRecords, match="more in it"):
                seen.extend(found)
        else:
            seen.extend(found)
            assert seen == content.splitlines()
    assert sum(map(len, seen)) <= unpacked


def _imported() -> Iterator[tuple[str, str]]:
    for room in ("cli", "flowlint", "infra", "layers", "functions", "simulator/scenarios", "deployment"):
        for path in Path(room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
                yield from ((str(path), name.partition(".")[0]) for name in names)


def test_nothing_unpacks_a_file_of_others_but_what_services_of_aws_pack() -> None:
    compressed = {"bz2", "gzip", "lzma", "shutil.unpack_archive", "tarfile", "zipfile", "zlib"}
    found = {(path, name) for path, name in _imported() if name in compressed}

    assert {path for path, _ in found} == {
        "deployment/emulated/cloudformation.py",  # the code assets of templates that it synthesised
        "cli/evidence/pack.py",  # reads an archive, each file no further than it is said to be long
        "infra/botocore_data.py",  # the models of the botocore that is installed
        "layers/steward/python/steward/access/reading/trail.py",  # unpacks what CloudTrail packs, as far as a file goes
        "layers/steward/python/steward/archive.py",  # writes what is handed to people
        "layers/steward/python/steward/evidence/adapters/inventories.py",  # reads S3's own lists row by row
        "layers/steward/python/steward/rights/adapters/records.py",  # unpacks what Firehose packs
        "layers/steward/python/steward/rights/erasure/adapters/records.py",  # unpacks what Firehose packs
    }


COMMANDS: dict[str, list[str]] = {
    "a policy": ["check-policy", "{}"],
    "a flow": ["lint-flow", "{}"],
    "a template": ["lint-flow", "{}"],
    "a scenario": ["simulate", "{}", "--policy", "policies/barnet.toml", "--out", "{}.out"],
    "a manifest": ["verify-evidence", "{}.folder"],
    "a comparison": ["pack", "--drift", "{}", "--out", "{}.zip"],
    "an envelope": ["verify-statement", "{}.folder/envelope.json"],
    "a list": ["flag", "C-1", "{}", "--requested-by", "officer.1", "--dry-run"],
}


def _bombs(name: str, most: int) -> Iterator[tuple[str, str]]:
    yield "larger than it may be", " " * (most + 1)
    small = "[],"
    yield "many small things", "[" + small * ((most - 4) // len(small)) + "[]]"
    yield "many small names", "{" + ",".join(f'"{n:x}":0' for n in range(most // 12)) + "}"
    yield "deep", "[" * (most // 2) + "]" * (most // 2)
    yield "digits", "9" * (most - 1)
    yield "one long text", '"' + "a" * (most - 2) + '"'
    yield "lines", "a b\n" * (most // 4)
    yield "quotes", '"\n' * (most // 2)
    if name == "a template":
        yield "aliases", _repeated(30)
        yield "substitutions", _substituted(12)
        yield "anchors", "a: &a [" + "*a, " * (most // 4 - 20) + "]"


@pytest.mark.prove
@pytest.mark.parametrize("name", COMMANDS)
def test_no_input_makes_a_command_take_more_than_ten_seconds_or_a_gigabyte(name: str, tmp_path: Path) -> None:
    suffix = {"a policy": "toml", "a template": "yaml", "a scenario": "jsonl", "a list": "csv"}.get(name, "json")
    most = READERS[name].most if name in READERS else limits.CONTACTS.bytes
    for kind, text in _bombs(name, most):
        path = tmp_path / f"{kind.replace(' ', '-')}.{suffix}"
        path.write_text(text)
        manifests = tmp_path / f"{path.name}.folder" / "manifests"
        manifests.mkdir(parents=True)
        (manifests / "C-1.json").write_text(text if name == "a manifest" else "{}")
        (manifests.parent / ENVELOPE).write_text(text)
        arguments = [one.format(path) for one in COMMANDS[name]]
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", "from cli.main import main; main()", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers/steward/python")])},
            preexec_fn=_limited,
        )
        assert done.returncode in {1, 2}, (kind, done.returncode, done.stderr[-500:])
        assert "Traceback" not in done.stderr + done.stdout, (kind, done.stderr[-500:])
        assert len(done.stderr.splitlines()) <= 1002, kind


def _limited() -> None:
    """Have the system end whatever takes more.

    setrlimit(2): an allocation beyond RLIMIT_AS fails, and SIGXCPU ends what runs longer than RLIMIT_CPU.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
