"""The functions and pseudo parameters that templates may use, and the nearest one to a misspelt name."""

from collections.abc import Iterable

#: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
FUNCTIONS = frozenset(
    (
        *("Ref", "Fn::Base64", "Fn::Cidr", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::GetStackOutput"),
        *("Fn::ImportValue", "Fn::Join", "Fn::Length", "Fn::Select", "Fn::Split", "Fn::Sub"),
        *("Fn::ToJsonString", "Fn::Transform", "Fn::If", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"),
    )
)
CONDITIONAL = frozenset(("Condition", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"))
#: Functions of the section Rules, which only refuses values and says nothing of resources.
RULES = frozenset(
    ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll", "Implies")
)
LOOP = "Fn::ForEach::"

REGION = "AWS::Region"
ACCOUNT = "AWS::AccountId"
NO_VALUE = "AWS::NoValue"
PSEUDO = frozenset(
    (
        *(REGION, ACCOUNT, NO_VALUE, "AWS::Partition", "AWS::URLSuffix"),
        *("AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"),
    )
)


def near(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a remedy, or nothing."""
    import difflib

    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean: {close[0]}" if close else ""
