"""Templates for tests: short texts read, values as people see them."""

from typing import Any

from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.read import read_templates
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.cloudformation.stack import Stacks
from pullproof.sources.terraform.tree import Some

#: A template in which a value can be looked at: parameters of every kind, a map, conditions, resources.
AROUND = """\
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Size: {Type: Number, Default: 3}
  Zone: {Type: String}
  VpcId: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Names: {Type: CommaDelimitedList, Default: 'a, b ,c'}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /vpc/id}
  Secret: {Type: String, NoEcho: true, Default: hush}
Mappings:
  Table:
    dev: {Cpu: 256, Kind: fargate}
    prod: {Cpu: 512, Kind: fargate}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Always: !Equals [a, a]
  Never: !Not [!Condition Always]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Repo: {Type: AWS::ECR::Repository}
  Gone: {Type: AWS::SNS::Topic, Condition: Never}
  It:
    Type: Custom::It
    Properties:
      Value: """


def read(text: str, **given: Any) -> Stacks:
    """A template's resources; keyword arguments are those of `Given`."""
    return read_templates([(text.encode(), "t.yaml")], Given(**given))


def value(expression: str, **given: Any) -> Any:
    """What an expression means in the template above; None for a property that is not there."""
    return seen(read(AROUND + expression + "\n", **given).items["It"].properties.get("Value"))


def unknown(expression: str, **given: Any) -> Unknown:
    """The unknown that an expression means."""
    found = read(AROUND + expression + "\n", **given).items["It"].properties["Value"]
    assert isinstance(found, Unknown)
    return found


def seen(found: Any) -> Any:
    """A value as a person sees it: holes as ${NAME}, an unknown as "?"."""
    if isinstance(found, Unknown):
        return "?"
    if isinstance(found, Some):
        return {"one or more of": [seen(item) for item in found.values]}
    if isinstance(found, dict):
        return {key: seen(item) for key, item in found.items()}
    if isinstance(found, list):
        return [seen(item) for item in found]
    return shown(found) if isinstance(found, str) else found
