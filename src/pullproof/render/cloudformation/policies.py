"""Statements that go into a policy: which resource's, which property, and what stands there already."""

from pullproof.model import edits as e
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.names import tail
from pullproof.render.cloudformation.site import Plan
from pullproof.render.cloudformation.statements import VERSION, written
from pullproof.render.cloudformation.values import Link, Make, Value

#: kind of holder -> (the type, its property, whether there may be a policy where none is written)
PROPERTIES = {
    "endpoints": ("AWS::EC2::VPCEndpoint", "PolicyDocument", False),
    "repositories": ("AWS::ECR::Repository", "RepositoryPolicyText", True),
    "keys": ("AWS::KMS::Key", "KeyPolicy", False),
    "file_systems": ("AWS::EFS::FileSystem", "FileSystemPolicy", False),
}
#: kind of holder -> (type of the policy, its property for the holder, its property for the text)
BESIDE = {
    "secrets": ("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy", "secret"),
    "buckets": ("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument", "bucket"),
}
#: The name of a policy that is added to a role.
NAME = "pullproof"


class Policies:
    """Adds statements where they belong; those for one role share one policy."""

    def __init__(self, planner: Plan) -> None:
        self.planner = planner
        self.roles: dict[str, list[Value]] = {}
        #: Holders whose policy begins with what is added.
        self.begun: set[str] = set()

    def add(self, edit: e.AddStatement) -> None:
        """One statement.

        Raises:
            CannotWrite: the holder's policy cannot be edited here.
        """
        statement = written(edit.statement, edit.kind)
        if edit.kind == "roles":
            self._role(edit, statement)
        elif edit.kind in PROPERTIES:
            self._property(edit, statement)
        else:
            self._beside(edit, statement)

    def _role(self, edit: e.AddStatement, statement: Value) -> None:
        if edit.holder in self.roles:
            if statement not in self.roles[edit.holder]:
                self.roles[edit.holder].append(statement)
            return
        statements = [statement]
        document = {"Version": VERSION, "Statement": statements}
        if self.planner.kind(edit.holder):
            policy = {"PolicyName": self._free_name(edit.holder), "PolicyDocument": document}
            self.planner.append(edit.holder, ("Policies",), policy, edit)
        else:
            self.planner.make(
                Make(
                    key=f"{edit.holder}.policy",
                    type="AWS::IAM::Policy",
                    properties={
                        "PolicyName": NAME,
                        "Roles": [Link(edit.holder, "role", "name")],
                        "PolicyDocument": document,
                    },
                    says="What the role must be allowed besides",
                    name=tail(edit.holder),
                ),
                edit,
            )
        self.roles[edit.holder] = statements

    def _free_name(self, holder: str) -> str:
        """A name that no policy of the role has: they must differ."""
        taken = self.planner.site.texts(holder, ("Policies",), "PolicyName")
        return next(
            name for name in (NAME, *(f"{NAME}-{n}" for n in range(2, len(taken) + 3))) if name not in taken
        )

    def _property(self, edit: e.AddStatement, statement: Value) -> None:
        _, name, may_begin = PROPERTIES[edit.kind]
        if not self.planner.kind(edit.holder):
            raise self.planner.site.outside(edit, edit.holder)
        made = edit.holder in self.planner.makes
        held = (
            name in self.planner.makes[edit.holder].properties
            if made
            else edit.holder in self.begun or self.planner.site.has(edit.holder, (name,))
        )
        if not held and not may_begin:
            raise CannotWrite(
                f"{edit.holder} has no {name}, and one with a single statement would take away what AWS allows"
                " without one",
                f"write the {name} of {edit.holder} by hand, with everything that it must allow",
            )
        self._into(edit, edit.holder, name, statement, held=held)
        self.begun.add(edit.holder)

    def _beside(self, edit: e.AddStatement, statement: Value) -> None:
        kind, ref, text, noun = BESIDE[edit.kind]
        key = f"{edit.holder}.policy"
        if key in self.planner.makes:
            self._into(edit, key, text, statement, held=True)
            return
        found = self.planner.site.referring(kind, ref, edit.holder)
        if found:
            self._into(edit, found[0], text, statement, held=True)
            return
        nouns = getattr(self.planner.estate, edit.kind)
        if edit.holder in nouns and nouns[edit.holder].policy is not None:
            raise self.planner.site.outside(edit, edit.holder)
        properties: dict[str, Value] = {
            ref: Link(edit.holder, noun, "name" if noun == "bucket" else "arn"),
            text: {"Version": VERSION, "Statement": [statement]},
        }
        if noun == "secret":
            properties["BlockPublicPolicy"] = True
        self.planner.make(Make(key=key, type=kind, properties=properties, name=tail(edit.holder)), edit)

    def _into(self, edit: e.AddStatement, key: str, name: str, statement: Value, *, held: bool) -> None:
        if held:
            self.planner.append(key, (name, "Statement"), statement, edit)
        else:
            whole = {"Version": VERSION, "Statement": [statement]}
            self.planner.put(key, (name,), whole, edit)
