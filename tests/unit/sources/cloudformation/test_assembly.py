"""CDK apps by their assemblies: the one beside is real, made by `app.py` in its folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError, ToolError, UsageError
from pullproof.sources.cloudformation.assembly import LOOK_UP, read_assembly
from pullproof.sources.cloudformation.folder import is_app, output_of, templates_in
from pullproof.sources.cloudformation.manifest import is_assembly
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.cloudformation.stack import Stacks
from pullproof.sources.cloudformation.synth import synthesise
from tests.unit.sources.cloudformation.reading import seen

SHOP = Path(__file__).parent / "assemblies" / "shop"


@pytest.fixture(scope="module")
def shop() -> Stacks:
    """The real assembly."""
    return read_assembly(str(SHOP), "cdk.out", Given())


def service(stacks: Stacks, stack: str) -> Any:
    """Where a stack's service runs."""
    (found,) = [
        item for item in stacks.items.values() if item.type == "AWS::ECS::Service" and item.stack == stack
    ]
    return seen(found.properties)["NetworkConfiguration"]["AwsvpcConfiguration"]


def test_every_stack_is_read_with_its_environment(shop: Stacks) -> None:
    """Those of stages too; what names no environment is not known."""
    places = {
        name: tuple(place if isinstance(place, str) else "?" for place in (stack.region, stack.account))
        for name, stack in shop.stacks.items()
        if "." not in name
    }

    assert {
        "Prod-Network": ("eu-west-1", "123456789012"),
        "Prod-Shop": ("eu-west-1", "123456789012"),
        "Network": ("?", "?"),
        "Shop": ("?", "?"),
        "Found": ("eu-west-1", "123456789012"),
    } == places
    assert ("cdk-assembly", "cdk.out") == (shop.kind, shop.path)


@pytest.mark.parametrize("prefix", ["", "Prod-"])
def test_stacks_take_from_each_other(shop: Stacks, prefix: str) -> None:
    """The subnet is that of the network's stack, the group that of the nested stack, whose VPC is the network's."""
    network = service(shop, f"{prefix}Shop")
    (subnet,) = network["Subnets"]
    (group,) = network["SecurityGroups"]
    nested = shop.items[group.removeprefix("${").removesuffix(".GroupId}")]

    assert "AWS::EC2::Subnet" == shop.items[subnet.removeprefix("${").removesuffix(".Ref}")].type
    assert subnet.startswith(f"${{{prefix}Network.")
    assert (
        shop.items[seen(nested.properties)["VpcId"].removeprefix("${").removesuffix(".Ref}")].type
        == "AWS::EC2::VPC"
    )


def test_an_image_of_a_repository_has_the_place_of_its_stack(shop: Stacks) -> None:
    """The CDK cuts the repository's ARN for its region and account."""
    images = {
        item.stack: seen(item.properties)["ContainerDefinitions"][0]["Image"].partition("/")[0]
        for item in shop.items.values()
        if item.type == "AWS::ECS::TaskDefinition"
    }

    assert {
        "Prod-Shop": "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "Shop": "${account}.dkr.ecr.${region}.amazonaws.com",
        "Found": "nginx",
    } == images


def test_what_was_not_looked_up_is_not_known(shop: Stacks) -> None:
    """The dummy ids that the CDK writes are no ids, and the remedy is a synthesis with an account."""
    network = service(shop, "Found")

    assert (["(unknown)"] * 2, ["(unknown)"]) == (network["Subnets"], network["SecurityGroups"])
    assert LOOK_UP in {settle for name, settle in shop.settle.items() if "p-12345" in name}
    assert any("without looking up" in note for note in shop.notes)


def test_places_name_the_construct(shop: Stacks) -> None:
    """A finding points at the template's line and at the construct, in nested stacks too."""
    found = {
        shop.items[address].type: shop.locate(address, "") for address in shop.items if "Shop." in address
    }

    assert found["AWS::ECS::Service"].endswith("(Shop/Service/Service)")
    assert found["AWS::EC2::SecurityGroup"].endswith(
        "ShopGroupsFF887BFC.nested.template.json:3 (Shop/Groups/Group/Resource)"
    )


@pytest.mark.parametrize(("name", "stacks"), [("Shop:BootstrapVersion", 1), ("BootstrapVersion", 5)])
def test_parameters_are_for_one_stack_or_for_all(name: str, stacks: int) -> None:
    """STACK:NAME is `cdk deploy`'s way, a bare name is every stack's that declares it."""
    found = read_assembly(str(SHOP), "cdk.out", Given(parameters={name: "/other"}))

    assert stacks == sum(parameter.given for parameter in found.parameters.values())


def test_a_parameter_of_no_stack_is_refused() -> None:
    """The nearest stack is named."""
    with pytest.raises(UsageError) as caught:
        read_assembly(str(SHOP), "cdk.out", Given(parameters={"Shp:X": "1"}))

    assert ("there is no stack Shp", "did you mean: Shop") == (caught.value.problem, caught.value.remedy)


def written(folder: Path, manifest: Any, **templates: Any) -> Path:
    """An assembly of a manifest and templates."""
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, said in templates.items():
        (folder / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def stack(file: str, **more: Any) -> dict[str, Any]:
    """An artifact that is a stack."""
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": file},
        **more,
    }


TEMPLATE = {"Resources": {"A": {"Type": "T", "Metadata": {"aws:cdk:path": "S/Thing/Resource"}}}}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"trace": ["new Thing (/x/node_modules/aws-cdk-lib/a.js:1:2)", "new S (/app/lib/s.ts:12:5)"]},
            "/app/lib/s.ts:12 (S/Thing/Resource)",
        ),
        (
            {"trace": ["at Object.<anonymous> (file:///app/bin/app.ts:3:1)"]},
            "/app/bin/app.ts:3 (S/Thing/Resource)",
        ),
        ({"trace": ["node:internal/modules:1:1", 7]}, "S.json:1 (S/Thing/Resource)"),
        ({}, "S.json:1 (S/Thing/Resource)"),
    ],
)
def test_the_line_of_the_program_is_found(entry: dict[str, Any], expected: str, tmp_path: Path) -> None:
    """The first line of a trace that is the user's own, under the construct's path or above it."""
    metadata = {"/S/Thing": [{"type": "aws:cdk:logicalId", "data": "A", **entry}]}
    folder = written(tmp_path, {"artifacts": {"S": stack("S.json", metadata=metadata)}}, S=TEMPLATE)
    found = read_assembly(str(folder), ".", Given())

    assert expected == found.locate("A", "").removeprefix(f"{folder}/")
    assert "S/Thing/Resource" == found.items["A"].metadata["path"]


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"artifacts": {"S": stack("none.json")}}, "there is no such file"),
        ({"artifacts": {"S": {"type": "aws:cloudformation:stack"}}}, "the stack S names no template"),
        ({"artifacts": {}}, "this assembly has no stacks"),
        ({"artifacts": {"S": 7}}, "this is no manifest of a CDK assembly"),
        (
            {"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}},
            "assemblies nest without end",
        ),
        ({"artifacts": {"S": stack("S.json", additionalMetadataFile="manifest.json")}}, ""),
    ],
)
def test_an_assembly_that_is_broken_is_an_error(manifest: Any, says: str, tmp_path: Path) -> None:
    """The error names the manifest or the file that is missing."""
    folder = written(tmp_path, manifest, S=TEMPLATE)
    if not says:
        assert {"A"} == set(read_assembly(str(folder), ".", Given()).items)
        return
    with pytest.raises(InputError, match=says):
        read_assembly(str(folder), ".", Given())


def test_folders_are_told_apart(tmp_path: Path) -> None:
    """An assembly by its manifest, an app by cdk.json, which may name another folder for the assembly."""
    assert (True, True) == (is_assembly(str(SHOP)), is_app(str(SHOP)))
    assert (False, False) == (is_assembly(str(tmp_path)), is_app(str(tmp_path)))
    (tmp_path / "cdk.json").write_text('{"output": "build"}', encoding="utf-8")
    assert (True, "build") == (is_app(str(tmp_path)), output_of(str(tmp_path)))
    (tmp_path / "cdk.json").write_text("{", encoding="utf-8")
    assert "cdk.out" == output_of(str(tmp_path))


def test_nested_templates_of_a_folder_are_no_stacks_of_their_own(tmp_path: Path) -> None:
    """What another template nests is read there; what is no template is passed over."""
    outer = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./inner.yaml}}\n"
    for name, text in {
        "outer.yaml": outer,
        "inner.yaml": "Resources: {A: {Type: T}}",
        "values.yaml": "a: 1",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert [str(tmp_path / "outer.yaml")] == [path for _, path in templates_in(str(tmp_path))]


def cdk(folder: Path, script: str) -> Path:
    """An app whose own `cdk` is a script."""
    program = folder / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def test_the_app_is_synthesised_by_its_own_cdk(tmp_path: Path) -> None:
    """The program is the app's, run in its folder, and the assembly goes where it is told."""
    app = cdk(tmp_path, 'mkdir -p "$4"; echo "$1 $2 $3" > "$4/words"; pwd > "$4/where"')
    synthesise(str(app), str(tmp_path / "out"))

    assert "synth --quiet --output\n" == (tmp_path / "out" / "words").read_text(encoding="utf-8")
    assert f"{tmp_path.resolve()}\n" == (tmp_path / "out" / "where").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo a line; echo 'Error: no VPC' >&2; echo more >&2; exit 1", "cdk synth failed: Error: no VPC"),
        ("exit 3", "cdk synth failed: it says nothing"),
    ],
)
def test_a_synthesis_that_fails_says_why(script: str, says: str, tmp_path: Path) -> None:
    """The app's own error is shown, with the command that shows all of it."""
    with pytest.raises(ToolError) as caught:
        synthesise(str(cdk(tmp_path, script)), str(tmp_path / "out"))

    assert (says, f"cd {tmp_path} && cdk synth") == (caught.value.problem, caught.value.remedy)


def test_without_a_cdk_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the app nor the machine has one."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="there is no cdk to run"):
        synthesise(str(tmp_path), str(tmp_path / "out"))
