"""What is said of one file of a snapshot."""

import msgspec

#: Kinds whose identifiers end as AWS's own do, and mean something else elsewhere.
LOCAL = ("TransitGatewayAttachments", "RegistryPolicies", "SecurityGroupVpcAssociations")


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One file: `name` without `.json`, the top-level `key`, what identifies an item, the calls.

    `each` says that items are single answers, one for each thing asked about. `cli` is what to type for
    it; `tells` completes "without it, ... is unknown". `everywhere` marks what belongs to no region.
    """

    name: str
    key: str
    identity: tuple[str, ...]
    calls: tuple[str, ...]
    tells: str
    cli: str = ""
    each: bool = False
    everywhere: bool = False

    @property
    def worldwide(self) -> bool:
        """Whether an identifier means one thing in all accounts and regions: AWS's own ids and ARNs."""
        return self.identity[0].endswith(("Id", "Arn", "ARN")) and self.name not in LOCAL

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.json"


def ec2(name: str, identity: str, verb: str, tells: str, call: str = "") -> Kind:
    """An answer of EC2 under the key that is also the file's name."""
    call = call or "".join(part.capitalize() for part in verb.split("-"))
    return Kind(
        name=name,
        key=name,
        identity=(identity,),
        calls=(f"ec2:{call}",),
        tells=tells,
        cli=f"aws ec2 {verb}",
    )
