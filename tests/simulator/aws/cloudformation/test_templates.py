from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.cloudformation.assembly import BrokenAssembly, read_assembly
from simulator.aws.cloudformation.intrinsics import Language, TemplateError


class _References:
    def ref(self, logical_id: str) -> object:
        return None if logical_id == "AWS::NoValue" else f"ref-{logical_id}"

    def attribute(self, logical_id: str, name: str) -> object:
        return f"{logical_id}/{name}"

    def imported(self, name: str) -> object:
        return f"imported-{name}"


TEMPLATE: dict[str, Any] = {
    "Conditions": {
        "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "ref-Stage"]},
        "IsNot": {"Fn::Not": [{"Condition": "IsTest"}]},
        "Both": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "IsNot"}]},
        "Either": {"Fn::Or": [{"Condition": "IsTest"}, {"Condition": "IsNot"}]},
    },
    "Mappings": {"Days": {"voice": {"months": 6}}},
}
LANGUAGE = Language(TEMPLATE, _References(), "eu-west-2")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "Bucket"}, "ref-Bucket"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Bucket/Arn"),
        ({"Fn::GetAtt": "Bucket.Nested.Arn"}, "Bucket/Nested.Arn"),
        ({"Fn::Join": ["/", ["a", {"Ref": "B"}]]}, "a/ref-B"),
        ({"Fn::Sub": "x-${Bucket}-${Bucket.Arn}-${!Literal}"}, "x-ref-Bucket-Bucket/Arn-${Literal}"),
        ({"Fn::Sub": ["${Own}-${AWS::Region}", {"Own": {"Ref": "B"}}]}, "ref-B-ref-AWS::Region"),
        ({"Fn::Select": [1, {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        ({"Fn::ImportValue": {"Fn::Join": ["-", ["a", "b"]]}}, "imported-a-b"),
        ({"Fn::If": ["IsTest", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Both", "yes", {"Ref": "AWS::NoValue"}]}, None),
        ({"Fn::FindInMap": ["Days", "voice", "months"]}, 6),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"key": {"Ref": "AWS::NoValue"}, "kept": [1, {"Ref": "AWS::NoValue"}]}, {"kept": [1]}),
        ({"Ref": "a", "other": "b"}, {"Ref": "a", "other": "b"}),
    ],
)
def test_an_expression_resolves_as_cloudformation_documents(expression: object, value: object) -> None:
    assert LANGUAGE.resolve(expression) == value


def test_conditions_combine() -> None:
    assert [LANGUAGE.condition(name) for name in ("IsTest", "IsNot", "Both", "Either")] == [True, False, False, True]


@pytest.mark.parametrize("expression", [{"Fn::Transform": {}}, {"Fn::If": ["Unknown", 1, 2]}])
def test_an_expression_that_is_not_known_is_refused_by_name(expression: object) -> None:
    with pytest.raises(TemplateError, match=r"Fn::Transform|'Unknown'"):
        LANGUAGE.resolve(expression)


def _assembly(folder: Path, artifacts: dict[str, Any]) -> Path:
    for name, artifact in artifacts.items():
        artifact.update(type="aws:cloudformation:stack", properties={"templateFile": f"{name}.json"})
        (folder / f"{name}.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_stacks_come_after_the_stacks_they_depend_on(tmp_path: Path) -> None:
    folder = _assembly(tmp_path, {"controls": {"dependencies": ["stores"]}, "stores": {}})
    assert [stack.name for stack in read_assembly(folder)] == ["stores", "controls"]


def test_stacks_that_depend_on_each_other_are_refused(tmp_path: Path) -> None:
    folder = _assembly(tmp_path, {"a": {"dependencies": ["b"]}, "b": {"dependencies": ["a"]}})
    with pytest.raises(BrokenAssembly, match="a -> b -> a"):
        read_assembly(folder)


def test_a_folder_without_a_manifest_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(BrokenAssembly, match=r"manifest\.json is missing"):
        read_assembly(tmp_path)
