"""Templates of any look, edited in place: only what was inserted differs, and it reads as was meant."""

import copy
import difflib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pullproof.errors import InputError
from pullproof.model import edits as e
from pullproof.model.filters import GroupRef
from pullproof.model.vpc import ListRef
from pullproof.render.cloudformation.in_place import render_in_place
from tests.build import an_estate
from tests.unit.render import samples
from tests.unit.render.reading import get, read, ref

LIST = "pl-0123456789abcdef0"
RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Description": "HTTPS"}
#: Texts that must survive as they are, in values that nobody edits.
VALUES = st.sampled_from(
    ["plain", "a: b", "# no comment", "'", '"', "é", "2012-10-17", "yes", "1.0", "", "*", "${AWS::Region}"]
)
COMMENTS = st.sampled_from(["", "", "# why", "#", "# a: b {", "#- x"])


class Look:
    """How a template is written: each choice is drawn where it is needed."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.step = data.draw(st.sampled_from([1, 2, 3, 4]), "indentation")
        self.deeper = data.draw(st.booleans(), "lists stand deeper")
        self.newline = data.draw(st.sampled_from(["\n", "\r\n"]), "newline")
        self.last = data.draw(st.booleans(), "ends with a newline")

    def text(self, template: Any) -> str:
        """The template as YAML."""
        lines = [line for name in template for line in self.pair(name, template[name], 0)]
        return self.newline.join(lines) + (self.newline if self.last else "")

    def pair(self, name: str, value: Any, indent: int) -> list[str]:
        """A key and its value."""
        head = [*self.noise(indent), " " * indent + f"{name}:"]
        if isinstance(value, dict | list) and value and not self._is_function(value) and self.draw_block():
            return [*head[:-1], head[-1] + self.remark(), *self.block(value, indent, is_key=True)]
        return [*head[:-1], f"{head[-1]} {self.flow(value)}{self.remark()}"]

    def block(self, value: Any, indent: int, *, is_key: bool) -> list[str]:
        """A mapping or list over several lines."""
        if isinstance(value, dict):
            inner = indent + self.step
            return [line for name in value for line in self.pair(name, value[name], inner)]
        column = indent + (self.step if self.deeper or not is_key else 0)
        lines = []
        for item in value:
            lines += [*self.noise(column), f"{' ' * column}- {self.flow(item)}{self.remark()}"]
        return lines

    def flow(self, value: Any) -> str:
        """A value in one line."""
        if self._is_function(value):
            ((name, argument),) = value.items()
            return f"!Ref {argument}" if name == "Ref" else f"!GetAtt {'.'.join(argument)}"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name}: {self.flow(item)}" for name, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(item) for item in value) + "]"
        return json.dumps(value, ensure_ascii=False)

    def _is_function(self, value: Any) -> bool:
        return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt")

    def draw_block(self) -> bool:
        """Whether a value is written over several lines."""
        return self.data.draw(st.sampled_from([True, True, True, False]))

    def noise(self, indent: int) -> list[str]:
        """Blank lines and comments between entries."""
        kind = self.data.draw(st.sampled_from(["", "", "", "blank", "comment", "far"]))
        if kind == "blank":
            return [""]
        if kind:
            return [" " * (indent if kind == "comment" else indent + 3) + "# noise: {"]
        return []

    def remark(self) -> str:
        """A comment at the end of a line."""
        found = self.data.draw(COMMENTS)
        return f"  {found}" if found else ""


def templates(data: st.DataObject) -> dict[str, Any]:
    """A template with a VPC, a group and an endpoint, in any order and with whatever lists are there already."""
    group: dict[str, Any] = {"GroupDescription": data.draw(VALUES), "VpcId": ref("Vpc")}
    old = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}]
    if (egress := data.draw(st.sampled_from([None, [], old, old * 2]))) is not None:
        group["SecurityGroupEgress"] = list(egress)
    vpc: dict[str, Any] = {"CidrBlock": "10.0.0.0/16"}
    if data.draw(st.booleans()):
        vpc["EnableDnsHostnames"] = False
    endpoint: dict[str, Any] = {"VpcId": ref("Vpc"), "ServiceName": "com.amazonaws.eu-west-1.s3"}
    if (tables := data.draw(st.sampled_from([None, [], [ref("Table")]]))) is not None:
        endpoint["RouteTableIds"] = list(tables)
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": vpc},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
        "S3": {"Type": "AWS::EC2::VPCEndpoint", "Properties": endpoint},
    }
    for one in resources.values():
        names = data.draw(st.permutations(list(one["Properties"])))
        one["Properties"] = {name: one["Properties"][name] for name in names}  # type: ignore[index]
    sections = {
        "Description": data.draw(VALUES),
        "Resources": {name: resources[name] for name in data.draw(st.permutations(list(resources)))},
        "Outputs": {"X": {"Value": ref("Vpc")}},
    }
    return {name: sections[name] for name in data.draw(st.permutations(list(sections)))}


EDITS: tuple[e.Edit, ...] = (
    e.SetVpcAttribute(vpc="Vpc", attribute="enableDnsHostnames"),
    samples.https("Group", ListRef(LIST)),
    e.AssociateRouteTable(endpoint="S3", table="rtb-0123456789abcdef0"),
    e.AddSecurityGroup(name="more", vpc="Vpc", description="More"),
    samples.https(e.new("more"), GroupRef("Group"), egress=False),
)


def meant(template: dict[str, Any], edits: list[e.Edit]) -> dict[str, Any]:
    """What the edits mean, worked out on plain values."""
    found = copy.deepcopy(template)
    resources = found["Resources"]
    if EDITS[0] in edits:
        resources["Vpc"]["Properties"]["EnableDnsHostnames"] = True
    if EDITS[1] in edits:
        group = resources["Group"]["Properties"]
        if "SecurityGroupEgress" in group:
            group["SecurityGroupEgress"].append(RULE | {"DestinationPrefixListId": LIST})
        else:
            resources["GroupToPl0123456789abcdef0Port443Egress"] = {
                "Type": "AWS::EC2::SecurityGroupEgress",
                "Properties": {"GroupId": get("Group", "GroupId"), "DestinationPrefixListId": LIST} | RULE,
            }
    if EDITS[2] in edits:
        resources["S3"]["Properties"].setdefault("RouteTableIds", []).append("rtb-0123456789abcdef0")
    if EDITS[3] in edits:
        nothing = "Nothing leaves: without a rule here AWS would add one for everything"
        resources["MoreSecurityGroup"] = {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "More",
                "VpcId": ref("Vpc"),
                "SecurityGroupEgress": [
                    {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": nothing}
                ],
                "Tags": [{"Key": "Name", "Value": "more"}],
            },
        }
    if EDITS[4] in edits:
        resources["MoreFromGroupPort443Ingress"] = {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": get("MoreSecurityGroup", "GroupId"),
                "SourceSecurityGroupId": get("Group", "GroupId"),
            }
            | RULE,
        }
    return found


def chosen(data: st.DataObject) -> list[e.Edit]:
    """Some of the edits; a rule of the new group only with the group."""
    edits = data.draw(st.lists(st.sampled_from(EDITS), min_size=1, unique=True))
    return edits if EDITS[3] in edits else [one for one in edits if one != EDITS[4]] or [EDITS[0]]


@settings(max_examples=50)
@given(st.data())
def test_only_what_is_meant_changes(data: st.DataObject) -> None:
    """Whatever the comments, indentation, order and style: the rest stays, and the result says what was meant."""
    template, look = templates(data), Look(data)
    text, edits = look.text(template), chosen(data)
    assert template == read("t.yaml", text.encode())

    rendered = render_in_place(edits, an_estate(), path="t.yaml", files={"t.yaml": text.encode()})
    after = rendered.patches[0].after.decode()

    assert () == rendered.refusals
    assert meant(template, edits) == read("t.yaml", after.encode())
    assert [] == lost(text, after)
    assert look.last == after.endswith(look.newline)
    assert look.newline == "\n" or "\n" not in after.replace("\r\n", "")


@settings(max_examples=50)
@given(st.data(), st.sampled_from([None, 1, 2, "\t"]), st.booleans())
def test_only_what_is_meant_changes_in_json(data: st.DataObject, indent: Any, tight: bool) -> None:
    """The same for JSON in any of its usual forms; what was there is found again in what is there now."""
    template = templates(data)
    separators = (",", ":") if tight and indent is None else None
    text, edits = json.dumps(template, indent=indent, separators=separators), chosen(data)

    rendered = render_in_place(edits, an_estate(), path="t.json", files={"t.json": text.encode()})
    after = rendered.patches[0].after.decode()

    assert () == rendered.refusals
    assert meant(template, edits) == json.loads(after)
    assert [] == lost(text, after)


def lost(before: str, after: str) -> list[str]:
    """What was taken away of a text, beside the values that the edits replace and brackets that were empty."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    gone = [before[a:b] for kind, a, b, _, _ in matcher.get_opcodes() if kind in ("delete", "replace")]
    return [piece for piece in gone if set(piece) - set("false[] ")]


def test_something_lost_is_noticed() -> None:
    """The comparison sees a comment that is gone."""
    assert ["# b"] == lost("a # b\n", "a \n")


SPOILT = """Resources:
  Vpc: &v
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupEgress:
        - Fn::If: [A, {CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      RouteTableIds: |
        text
"""


@given(
    st.lists(
        st.tuples(st.integers(0, len(SPOILT)), st.integers(0, 12), st.text(max_size=6)),
        min_size=1,
        max_size=4,
    )
)
def test_a_spoilt_template_never_ends_in_a_traceback(cuts: list[tuple[int, int, str]]) -> None:
    """Whatever is cut out of a template or put into it: patches that read as meant, refusals, or a clear error."""
    text = SPOILT
    for at, length, more in cuts:
        text = text[:at] + more + text[at + length :]
    data = text.encode(errors="replace")
    told = ""
    try:
        rendered = render_in_place(list(EDITS), an_estate(), path="t.yaml", files={"t.yaml": data})
    except InputError as error:
        told = str(error)
    else:
        assert all(one.why and one.remedy for one in rendered.refusals)
        assert all(patch.before == data for patch in rendered.patches)

    assert not told or "t.yaml" in told
