"""Values of which some parts are not known: what is kept, and what is not guessed."""

import re
from typing import Any

import pytest

from pullproof.model.text import hole, holes, is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.values import Lazy, Rest
from pullproof.sources.terraform.jsontext import decode, is_anything
from pullproof.sources.terraform.tree import Value
from tests.unit.sources.terraform.hcl.evaluating import NOBODY_KNOWS, evaluated

#: Stand in expected values for any Unknown, and for an Unknown that may be several items.
UNKNOWN = "<unknown>"
REST = "<any number>"


def shape(value: Value) -> Any:
    """A value with its unknown parts as words, and `${name}` for holes."""
    if isinstance(value, Rest):
        return REST
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, str):
        return re.sub(
            "\ue000([^\ue001]*)\ue001", lambda m: "${?}" if m[1].startswith("?") else f"${{{m[1]}}}", value
        )
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        return {shape(key): shape(item) for key, item in value.items()}
    return value


KEPT = {
    # text
    '"arn:${aws_vpc.main.id}/x"': "arn:${aws_vpc.main.id}/x",
    '"${u}-x"': "${?}-x",
    "aws_vpc.main.id": "${aws_vpc.main.id}",
    "aws_vpc.main.tags.Name": "${aws_vpc.main.tags.Name}",
    "aws_lb.front.subnet_mapping[0].ip": "${aws_lb.front.subnet_mapping[0].ip}",
    'aws_lb.front.subnet_mapping["a"]': '${aws_lb.front.subnet_mapping["a"]}',
    'join(",", ["a", aws_vpc.main.id])': "a,${aws_vpc.main.id}",
    'split(",", join(",", [aws_vpc.main.id, "b"]))': ["${aws_vpc.main.id}", "b"],
    'split(",", "a,${aws_subnet.b["x"].id},c")': ["a", '${aws_subnet.b["x"].id}', "c"],
    'format("%s/%d", aws_vpc.main.id, 5)': "${aws_vpc.main.id}/5",
    'format("%s", u)': "${?}",
    'formatlist("%s:*", aws_subnet.a[*].arn)': ["${aws_subnet.a[0].arn}:*", "${aws_subnet.a[1].arn}:*"],
    'trimsuffix("${aws_vpc.main.arn}:*", ":*")': "${aws_vpc.main.arn}",
    'trimsuffix("${aws_vpc.main.arn}/x", ":*")': "${aws_vpc.main.arn}/x",
    'trimprefix("https://${aws_lb.front.dns_name}", "https://")': "${aws_lb.front.dns_name}",
    'startswith("arn:${aws_vpc.main.id}", "arn:")': True,
    'startswith("arn:${aws_vpc.main.id}", "x")': False,
    'endswith("${aws_vpc.main.id}:*", "*")': True,
    '"%{ for s in aws_subnet.a }${s.id};%{ endfor }"': "${aws_subnet.a[0].id};${aws_subnet.a[1].id};",
    '"a%{ if u }b%{ endif }c"': "a${?}c",
    '"a%{ for x in u }b%{ endfor }c"': "a${?}c",
    'templatestring("<$${id}>", { id = aws_vpc.main.id })': "<${aws_vpc.main.id}>",
    # lists and maps
    "aws_subnet.a[*].id": ["${aws_subnet.a[0].id}", "${aws_subnet.a[1].id}"],
    "aws_subnet.a.*.id[1]": "${aws_subnet.a[1].id}",
    "values(aws_subnet.b)[*].id": ['${aws_subnet.b["x"].id}', '${aws_subnet.b["y"].id}'],
    "{ for k, s in aws_subnet.b : k => s.id }": {
        "x": '${aws_subnet.b["x"].id}',
        "y": '${aws_subnet.b["y"].id}',
    },
    'concat(["a"], u, ["b"])': ["a", REST, "b"],
    'concat(["a"], aws_lb.front.subnets)': ["a", REST],
    'flatten([["a"], u, [aws_vpc.main.id]])': ["a", REST, "${aws_vpc.main.id}"],
    '[for x in ["a", "b"] : x if u == x]': [REST, REST],
    '[for x in concat(["a"], u) : upper(x)]': ["A", REST],
    "length(aws_subnet.a)": 2,
    "length([u, u])": 2,
    "length([aws_subnet.a[0].id, aws_subnet.a[1].id])": 2,
    "length(toset([aws_subnet.a[0].id, aws_subnet.a[1].id]))": 2,
    'element([aws_vpc.main.id, "b"], 2)': "${aws_vpc.main.id}",
    "merge({ a = 1 }, { b = u })": {"a": 1, "b": UNKNOWN},
    'lookup({ a = u }, "a", 1)': UNKNOWN,
    'lookup({ a = 1 }, "b", aws_vpc.main.id)': "${aws_vpc.main.id}",
    'coalesce("", aws_vpc.main.id)': "${aws_vpc.main.id}",
    'compact(["", aws_vpc.main.id, aws_lb.front.dns_name])': ["${aws_vpc.main.id}", REST],
    "distinct([u, u])": [UNKNOWN],
    "distinct([aws_subnet.a[0].id, aws_subnet.a[0].id])": ["${aws_subnet.a[0].id}"],
    "sort([aws_subnet.a[0].id, aws_subnet.a[1].id])": ["${aws_subnet.a[0].id}", "${aws_subnet.a[1].id}"],
    'setsubtract(["a", aws_vpc.main.id], [aws_vpc.main.id])': UNKNOWN,
    'setunion(["a"], [aws_vpc.main.id])': ["a", "${aws_vpc.main.id}"],
    'zipmap(["a"], [aws_vpc.main.id])': {"a": "${aws_vpc.main.id}"},
    "one([aws_vpc.main.id])": "${aws_vpc.main.id}",
    "reverse(aws_subnet.a[*].id)": ["${aws_subnet.a[1].id}", "${aws_subnet.a[0].id}"],
    "slice(aws_subnet.a[*].id, 0, 1)": ["${aws_subnet.a[0].id}"],
    "chunklist(aws_subnet.a[*].id, 1)": [["${aws_subnet.a[0].id}"], ["${aws_subnet.a[1].id}"]],
    'contains([aws_vpc.main.id, "b"], "b")': True,
    "contains([aws_vpc.main.id], aws_vpc.main.id)": True,
    "index([aws_subnet.a[0].id, aws_subnet.a[1].id], aws_subnet.a[1].id)": 1,
    "tolist(toset([aws_vpc.main.id]))[0]": "${aws_vpc.main.id}",
    # conditions
    "false && u": False,
    "u && false": False,
    "true || u": True,
    "u || true": True,
    "u ? 1 : 1": 1,
    'aws_vpc.main.id == ""': False,
    "aws_vpc.main.id != null": True,
    "aws_vpc.main.id == aws_vpc.main.id": True,
    "aws_subnet.a[0].id == aws_subnet.a[1].id": False,
    "alltrue([false, u])": False,
    "anytrue([u, true])": True,
    'try(aws_subnet.a[5].id, "none")': "none",
    "try(aws_subnet.a[1].id, null)": "${aws_subnet.a[1].id}",
    "can(aws_subnet.a[1].id)": True,
    "can(aws_subnet.a[5].id)": False,
    'try("x${u}", "t")': "x${?}",
    # JSON
    "jsonencode({ a = u, b = [aws_vpc.main.id] })": '{"a":${?},"b":["${aws_vpc.main.id}"]}',
    "jsonencode([for s in aws_subnet.a : { id = s.id }])": (
        '[{"id":"${aws_subnet.a[0].id}"},{"id":"${aws_subnet.a[1].id}"}]'
    ),
    'jsondecode("{\\"a\\": \\"${aws_vpc.main.id}\\"}").a': "${aws_vpc.main.id}",
    "tostring(aws_vpc.main.id)": "${aws_vpc.main.id}",
}

OPEN = [
    *("u", "u.a", "u[0]", "[1, 2][u]", "{ a = 1 }[u]", "u + 1", "-u", "!u", "u == 1", "u ? 1 : 2", "u[*].a"),
    *("upper(u)", "upper(aws_vpc.main.id)", "length(u)", 'length("${aws_vpc.main.id}")', "keys(u)", "values(u)"),
    *("substr(aws_vpc.main.id, 0, 3)", 'replace(aws_vpc.main.arn, ":", "-")', 'regex("vpc-.*", aws_vpc.main.id)'),
    *('split(":", aws_vpc.main.arn)', 'split(",", aws_lb.front.dns_name)', 'split("x", aws_vpc.main.id)'),
    *("md5(aws_vpc.main.id)", "base64encode(aws_vpc.main.id)", "uuid()", "timestamp()", "nonsense(1)"),
    *("provider::aws::arn_parse(aws_vpc.main.arn)", "terraform.workspace", "aws_lb.front.dns_name == null"),
    *('aws_vpc.main.id == "vpc-1"', "aws_lb.front.name == aws_vpc.main.id", 'contains([aws_vpc.main.id], "x")'),
    *("tolist(toset([aws_subnet.a[0].id, aws_subnet.a[1].id]))[0]", "concat(u, [1])[0]", "[1, 2][aws_vpc.main.id]"),
    *("length(concat([1], u))", "length(toset([aws_lb.front.name, aws_vpc.main.id]))", "element(concat(u), 0)"),
    *("[for k, v in u : k]", "{ for k, v in u : k => v }", '{ for x in ["a"] : x => 1 if u }', "{ (u) = 1 }"),
    *('{ for x in ["a"] : u => 1 }', "merge(u, {})", 'lookup(u, "a", 1)', "lookup({}, u, 1)", "coalesce(u, 1)"),
    *("coalescelist(u, [1])", "one(u)", "reverse(u)", "sort(u)", "slice(concat([1], u), 0, 2)", "index(u, 1)"),
    *("index([u], 1)", "distinct([u, upper(u)])", "zipmap(u, [1])", "zipmap([u], [1])", "chunklist(u, 1)", "flatten(u)"),
    *("compact(u)", "contains(u, 1)", "alltrue([u])", "anytrue([false, u])", "alltrue(u)", "setunion(u, [1])"),
    *("setproduct(u, [1])", "setintersection([u], [1])", "range(u)", "sum(u)", "max(u, 1)", "cidrsubnet(u, 8, 1)"),
    *("join(u, [1])", 'join(",", u)', "format(u)", 'format("%5s", aws_vpc.main.id)', 'formatlist("%s", u)'),
    *('trimprefix(u, "a")', 'trimprefix(aws_vpc.main.id, "vpc")', 'trimsuffix(aws_vpc.main.id, "x")', "file(u)"),
    *("fileexists(u)", "templatefile(u, {})", 'templatefile("a", u)', "filemd5(u)", "filebase64(u)", "jsondecode(u)"),
    *("tonumber(aws_vpc.main.id)", "tobool(u)", "tolist(u)", "toset(u)", "tomap(u)", "can(u)", "try(u, 1)"),
    *('try(aws_lb.front.subnet_mapping[0].ip, "none")', "can(aws_lb.front.subnet_mapping[0])"),
    *("tolist(aws_lb.front.subnets)", "aws_lb.front.subnets[*].id", "[for s in aws_lb.front.subnets : s]"),
    *("max([1, u]...)", "merge(u...)", "jsondecode(aws_lb.front.name)", "templatestring(u, {})", "aws_vpc.main"),
    *('jsondecode("{${aws_vpc.main.id}}")', "transpose(u)", 'file("no/such/file")', 'fileexists("no/such")'),
    *('{ for k, v in { (aws_vpc.main.id) = 1 } : k => v }["x"]', "keys({ (aws_vpc.main.id) = 1, a = 2 })[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), KEPT.items(), ids=KEPT)
def test_what_is_known_is_kept(text: str, expected: Any) -> None:
    """The known parts of a value survive next to unknown ones."""
    assert expected == shape(evaluated(text, u=NOBODY_KNOWS))


@pytest.mark.parametrize("text", OPEN)
def test_what_is_not_known_is_unknown(text: str) -> None:
    """An expression whose value depends on an unknown part has none, and says why."""
    found = evaluated(text, u=NOBODY_KNOWS)

    assert UNKNOWN == shape(found)
    assert found.what
    assert found.settle_by
    assert "it" == found.resource


def test_two_unknown_values_are_not_the_same_text() -> None:
    """Two texts that are both unknown are told apart; one of them used twice is the same."""
    text = evaluated('"${u}${u}${upper(u)}${upper(u)}"', u=NOBODY_KNOWS)
    first, second, third, fourth = holes(text)

    assert first == second
    assert len({second, third, fourth}) == 3


def test_json_keeps_names_with_quotation_marks() -> None:
    """JSON from an encoder and JSON from a template decode to the same, whatever the names of the holes."""
    encoded = evaluated('jsonencode({ a = "${aws_subnet.b["x"].id}/y" })')
    written = evaluated('"{\\"a\\": \\"${aws_subnet.b["x"].id}/y\\"}"')

    assert {"a": hole('aws_subnet.b["x"].id') + "/y"} == decode(encoded) == decode(written)


def test_an_unknown_part_of_json_may_be_anything() -> None:
    """A decoded string that is one hole for anything is told from text."""
    found = decode(evaluated("jsonencode({ a = u, b = aws_vpc.main.id, c = 1 })", u=NOBODY_KNOWS))

    assert {"a": True, "b": False, "c": False} == {name: is_anything(value) for name, value in found.items()}


def test_a_hole_in_place_of_a_value_is_read() -> None:
    """JSON from a template may have a hole without quotation marks."""
    name = hole('x["y"].z')

    assert {"a": name, "b": [f"{name}!"]} == decode(f'{{"a": {name}, "b": ["{name}!"]}}')


@pytest.mark.parametrize("text", ["{", '{"a": \ue000x\ue001 5}', "[" * 100_000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    """What is no JSON raises the error that decoders raise."""
    with pytest.raises(ValueError):
        decode(text)


def test_a_literal_cannot_pose_as_a_hole() -> None:
    """The two marks of holes in a file's text become harmless."""
    assert is_exact(evaluated('"\ue000?x\ue001"'))
    assert is_exact(evaluated('"\\ue000?x\\ue001"'))


def test_a_namespace_is_no_value() -> None:
    """What is only looked up attribute by attribute is unknown as a whole, inside a text too."""
    space = Lazy("something", lambda name: name)

    assert "a" == evaluated("n.a", n=space)
    assert "x${?}" == shape(evaluated('"x${n}"', n=space))
    assert "${?}" == shape(evaluated("jsonencode(n)", n=space))
    assert UNKNOWN == shape(evaluated("[for x in n : x]", n=space))
