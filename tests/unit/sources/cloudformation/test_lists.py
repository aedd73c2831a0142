"""Which of AWS's own prefix lists an id is, as the metadata of templates says it."""

import pytest

from pullproof.errors import InputError
from pullproof.model.estate import look_up
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef
from pullproof.sources.base import Options
from pullproof.sources.cloudformation.load import load_templates
from pullproof.sources.cloudformation.run import Given
from tests.unit.sources.cloudformation.judging import estate_of

GROUP = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  App:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: app
      VpcId: !Ref Vpc
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, DestinationPrefixListId: REFERENCE}
"""
PARAMETER = 'Parameters: {List: {Type: String}, Told: {Type: String, Default: "pl-6da54004"}}\n'


def template(reference: str, said: str) -> str:
    """A group that lets out to a list, and metadata."""
    metadata = f"Metadata: {{Other: {{a: !Sub x}}, Pullproof: {{PrefixLists: {{{said}}}}}}}\n"
    return PARAMETER + metadata + GROUP.replace("REFERENCE", reference)


@pytest.mark.parametrize(
    ("reference", "said", "expected"),
    [
        ("!Ref List", "List: com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.s3"),
        ("!Ref List", "List: 'com.amazonaws.${AWS::Region}.dynamodb'", "com.amazonaws.eu-west-1.dynamodb"),
        ("!Ref Told", "Told: com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.s3"),
        ("pl-6da54004", "pl-6da54004: com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.s3"),
        ("!Ref List", "Told: com.amazonaws.eu-west-1.s3", None),
        ("pl-63a5400a", "pl-6da54004: com.amazonaws.eu-west-1.s3", None),
    ],
)
def test_a_parameter_or_an_id_is_the_list_that_the_metadata_names(
    reference: str, said: str, expected: str | None
) -> None:
    """With the stack's own region in it, where that is written; and nothing else is."""
    estate = estate_of(template(reference, said))
    peer = estate.groups["App"].egress.items[0].peer
    held = (
        estate.prefix_lists.get(peer.ref) if isinstance(peer, ListRef) and isinstance(peer.ref, str) else None
    )

    assert expected == (None if held is None else held.name)


def test_metadata_that_says_nothing_of_lists_is_not_looked_at() -> None:
    """Whatever its shape: it is the user's own."""
    for said in ("[1, 2]", "{Pullproof: x}", "{Pullproof: {PrefixLists: [a]}}", "{a: 1, a: 2}"):
        assert (
            {} == estate_of(f"Metadata: {said}\n{PARAMETER}{GROUP.replace('REFERENCE', 'pl-1')}").prefix_lists
        )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("List: s3", "no name of one of AWS's prefix lists"),
        ("List: [com.amazonaws.eu-west-1.s3]", "no name of one of AWS's prefix lists"),
        ("Lst: com.amazonaws.eu-west-1.s3", "Lst is neither a parameter"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(said: str, problem: str) -> None:
    """A list that is none, and something that is no list."""
    with pytest.raises(InputError) as raised:
        estate_of(template("!Ref List", said))

    assert problem in str(raised.value)
    assert "template.yaml:2" in raised.value.place


def test_a_list_of_two_names_is_neither() -> None:
    """A parameter that is given the id which the metadata calls something else."""
    said = "Told: com.amazonaws.eu-west-1.s3, pl-6da54004: com.amazonaws.eu-west-1.dynamodb"
    estate = estate_of(template("!Ref Told", said))

    assert isinstance(estate.prefix_lists["pl-6da54004"].name, Unknown)


def test_a_list_that_nobody_names_says_how_to_name_it() -> None:
    """The finding itself tells of the metadata."""
    given = Given(region="eu-west-1")
    text = GROUP.replace("REFERENCE", "pl-6da54004")
    held = load_templates([(text.encode(), "template.yaml")], Options(), given).estate
    found = look_up(held.prefix_lists, "pl-6da54004", "the prefix list", "App")

    assert isinstance(found, Unknown)
    assert "App refers to pl-6da54004: if it is AWS's own, the template's Metadata may say" in found.settle_by
