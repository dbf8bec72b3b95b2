"""The configuration with which ``make deploy-local`` adopts the instance that the console made, stage by stage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from infra.council_folder import CONTEXT_KEY, ENVIRONMENTS, ROOT, council_folder
from simulator.aws.connect.storage.console_made import AUDITOR, FOLDER, ConsoleMade

if TYPE_CHECKING:
    from infra.config import Deployment

Stage = Literal["import", "prepare", "managed"]

_POLICY = "policy.toml"
_NOTICE = "notice.toml"
_STATEMENTS = "bucket-policy.json"


class AdoptingFolder:
    """A council's folder of its own, as a platform engineer has one: the entry in use, with the adoption added."""

    def __init__(self, path: Path, deployment: Deployment, before: ConsoleMade) -> None:
        """Copy the policy and the notice in use into ``path``, which is made."""
        self.path = path
        self._deployment = deployment
        self._before = before
        path.mkdir(parents=True)
        used = deployment.policy_path
        shutil.copyfile(used, path / _POLICY)
        own = used.with_name(_NOTICE)
        shutil.copyfile(own if own.is_file() else ROOT / "notices" / used.name, path / _NOTICE)
        (path / _STATEMENTS).write_text(json.dumps([AUDITOR], indent=2), encoding="utf-8")

    def at(self, stage: Stage) -> None:
        """Write the entry as it stands at that stage (docs/adopting-an-instance.md)."""
        entry = {**self._in_use(), "policy": _POLICY}
        before = self._before
        entry["contact_record_key_arn"] = before.key_arn
        entry["existing_buckets"] = {
            "call_recording": {
                "name": before.bucket,
                "prefix": f"{FOLDER}/CallRecordings",
                "key_arn": before.key_arn,
                "previous_key_arns": [before.previous_key_arn],
                "keeps_policy": _STATEMENTS,
                "also_expires": [f"{FOLDER}/ChatTranscripts", f"{FOLDER}/Reports"],
                "stage": stage,
            }
        }
        entry["existing_associations"] = {
            "chat_transcript": {
                "bucket": before.bucket,
                "prefix": f"{FOLDER}/ChatTranscripts",
                "stage": "import" if stage == "import" else "managed",
            }
        }
        text = f"{self._deployment.name} = {_toml(entry)}\n"
        (self.path / ENVIRONMENTS).write_text(text, encoding="utf-8")

    def _in_use(self) -> dict[str, Any]:
        folder = council_folder()
        if folder.is_own:
            entries: Mapping[str, Any] = folder.environments()
        else:
            entries = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"][CONTEXT_KEY]
        entry = json.loads(json.dumps(entries[self._deployment.name]))
        card_entry = entry.get("contact_flows", {}).get("card_entry", {})
        if "certificate" in card_entry:
            card_entry["certificate"] = str(self._deployment.folder / card_entry["certificate"])
        return dict(entry)


def _toml(value: Any) -> str:  # noqa: ANN401 - decoded JSON
    """Return it as TOML writes it inline: a JSON string, number or list of them is one there too."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value)
