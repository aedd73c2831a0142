"""Roles and their policies: every way in which a policy comes to a role."""

from typing import Any

import pytest

from pullproof.model.iam import Policy, Role
from pullproof.model.value import Unknown, Why
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    create,
    delete,
    estate,
    keep,
    looked_up,
    read,
    ref,
)

TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'


def text(action: str, resource: str = "*", effect: str = "Allow") -> str:
    return f'{{"Version": "2012-10-17", "Statement": [{{"Effect": "{effect}", "Action": "{action}", "Resource": "{resource}"}}]}}'


def role(name: str = "r", **values: Any) -> Block:
    left_out = {"inline_policy": COMPUTED, "managed_policy_arns": COMPUTED, "permissions_boundary": None}
    return create(
        f"aws_iam_role.{name}",
        **(left_out | {"name": name, "path": "/", "assume_role_policy": TRUST} | values),
    )


def policy(**values: Any) -> Block:
    return create("aws_iam_policy.p", **({"name": "p", "path": "/", "policy": text("s3:GetObject")} | values))


def found(*blocks: Block | tuple[str, dict[str, Any]], name: str = "aws_iam_role.r") -> Role:
    return estate(*blocks).roles[name]


def actions(one: Role) -> list[str]:
    return [
        action
        for each in one.policies.items
        for statement in each.statements.items
        for action in statement.actions.items
    ]


def test_a_role_without_policies_has_certainly_none() -> None:
    """What is left out is unknown in the plan, and empty all the same."""
    one = found(role())

    assert () == one.policies.items
    assert one.policies.complete
    assert one.boundary is None
    assert isinstance(one.trust, Policy)
    assert "r" == one.name


@pytest.mark.parametrize(
    "blocks",
    [
        [role(inline_policy=[{"name": "i", "policy": text("s3:GetObject")}])],
        [role(), create("aws_iam_role_policy.p", role=ref("aws_iam_role.r.id"), policy=text("s3:GetObject"))],
        [role(), create("aws_iam_role_policy.p", role="r", policy=text("s3:GetObject"))],
        [
            role(),
            policy(),
            create(
                "aws_iam_role_policy_attachment.a",
                role=ref("aws_iam_role.r.id"),
                policy_arn=ref("aws_iam_policy.p.arn"),
            ),
        ],
        [
            role(),
            policy(),
            create(
                "aws_iam_policy_attachment.a", name="a", roles=["r"], policy_arn=ref("aws_iam_policy.p.arn")
            ),
        ],
        [
            role(managed_policy_arns=["arn:aws:iam::123456789012:policy/p"]),
            looked_up(
                "data.aws_iam_policy.p", arn="arn:aws:iam::123456789012:policy/p", policy=text("s3:GetObject")
            ),
        ],
        [
            role(),
            looked_up(
                "data.aws_iam_policy.p", arn="arn:aws:iam::123456789012:policy/p", policy=text("s3:GetObject")
            ),
            create(
                "aws_iam_role_policy_attachment.a", role="r", policy_arn="arn:aws:iam::123456789012:policy/p"
            ),
        ],
    ],
    ids=["inline", "own", "own by name", "attached", "attached to names", "listed", "looked up"],
)
def test_policies_come_to_a_role_in_every_way(blocks: list[Any]) -> None:
    """Inline, as resources, attached one by one or to many, listed by ARN, looked up."""
    one = found(*blocks)

    assert ["s3:GetObject"] == actions(one)
    assert one.policies.complete


def test_a_role_may_be_written_out_beside_an_unknown_one() -> None:
    """`roles = [aws_iam_role.r.id, "other"]` and without the other look the same: the policy may be any role's."""
    attached = create(
        "aws_iam_policy_attachment.a",
        name="a",
        roles=[ref("aws_iam_role.r.id")],
        policy_arn=ref("aws_iam_policy.p.arn"),
    )
    both = estate(role(), role("other"), policy(), attached).roles

    assert ["s3:GetObject"] == actions(both["aws_iam_role.r"])
    assert not both["aws_iam_role.other"].policies.complete


def doubtful(one: Role) -> bool:
    """Whether each statement of a role counts only under a condition that is not known."""
    return all(s.conditions.open for p in one.policies.items for s in p.statements.items)


def test_a_name_that_is_read_during_the_apply_may_be_any_roles() -> None:
    """Of what a policy allows nothing is certain, and nothing is certainly missing."""
    named = ref("data.aws_ssm_parameter.name.value")
    parameter = read("data.aws_ssm_parameter.name", name="/role", value=COMPUTED)
    one = found(role(), parameter, create("aws_iam_role_policy.p", role=named, policy=text("s3:GetObject")))
    chosen = create("aws_iam_role.r", name=COMPUTED, assume_role_policy=TRUST)

    assert ["s3:GetObject"] == actions(one)
    assert doubtful(one)
    assert doubtful(
        found(chosen, parameter, create("aws_iam_role_policy.p", role=named, policy=text("s3:A")))
    )


def test_a_name_that_differs_by_case_may_be_the_roles() -> None:
    """IAM has no two roles whose names differ only by case."""
    one = found(role(), create("aws_iam_role_policy.p", role="R", policy=text("s3:GetObject")))

    assert ["s3:GetObject"] == actions(one)
    assert doubtful(one)


def test_a_policy_of_another_role_is_none_of_this_one() -> None:
    """Nor is one that is not known, or one of a role whose name AWS chooses."""
    other = create("aws_iam_role_policy.p", role="other", policy=text("s3:GetObject"))
    chosen = create("aws_iam_role.r", name=COMPUTED, name_prefix="other")

    assert () == found(role(), other).policies.items
    assert () == found(chosen, other).policies.items


def test_a_policy_that_is_not_known_may_be_anybodys_too() -> None:
    """Its name fits, so the role may have it, whatever it says."""
    named = ref("data.aws_ssm_parameter.name.value")
    parameter = read("data.aws_ssm_parameter.name", name="/role", value=COMPUTED)
    one = found(role(), parameter, create("aws_iam_role_policy.p", role=named, policy=ref("local.p")))

    assert not one.policies.complete


def test_attachments_that_are_exclusive_count_too() -> None:
    """`aws_iam_role_policy_attachments_exclusive` lists what is attached; a literal may stand beside."""
    one = found(
        role(),
        policy(),
        create(
            "aws_iam_role_policy_attachments_exclusive.x",
            role_name=ref("aws_iam_role.r.id"),
            policy_arns=[ref("aws_iam_policy.p.arn")],
        ),
    )

    assert ["s3:GetObject"] == actions(one)
    assert not one.policies.complete


def test_awss_own_policies_are_shipped() -> None:
    """The policy for execution roles is known by its ARN, in any partition."""
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    one = found(role(), create("aws_iam_role_policy_attachment.a", role="r", policy_arn=arn))

    assert "ecr:GetAuthorizationToken" in actions(one)
    assert one.policies.complete


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        ("arn:aws:iam::aws:policy/NobodyKnowsThisPolicy", Why.NOT_MODELLED),
        ("arn:aws:iam::123456789012:policy/elsewhere", Why.NOT_IN_INPUT),
        (ref("local.arn"), Why.NOT_FOLLOWED),
        (None, Why.AFTER_APPLY),
    ],
)
def test_a_policy_that_is_not_shown_leaves_the_role_open(arn: Any, why: Why) -> None:
    """Somebody else's policy, one of AWS's that is not shipped, one that cannot be followed."""
    one = found(role(), create("aws_iam_role_policy_attachment.a", role="r", policy_arn=arn))

    assert [why] == [reason.why for reason in one.policies.open]


def test_a_policy_of_an_unknown_role_may_be_anybodys() -> None:
    """Every role stays open."""
    stray = create("aws_iam_role_policy.p", role=ref("local.role"), policy=text("s3:*"))

    assert not found(role(), stray).policies.complete


@pytest.mark.parametrize("inline", [ref("local.p"), [{"name": "i", "policy": ref("local.p")}]])
def test_inline_policies_that_are_unknown_leave_the_role_open(inline: Any) -> None:
    """Blocks or texts known only after apply."""
    assert not found(role(inline_policy=inline)).policies.complete


def test_an_empty_inline_block_is_no_policy() -> None:
    """`inline_policy {}` is how Terraform is told that there shall be none."""
    assert found(role(inline_policy=[{"name": "", "policy": ""}])).policies.complete


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        (ref("aws_iam_policy.p.arn"), Policy),
        ("arn:aws:iam::123456789012:policy/x", Unknown),
        (ref("local.b"), Unknown),
    ],
)
def test_a_boundary_is_read(boundary: Any, expected: type) -> None:
    """By reference; one that is kept elsewhere is unknown and never none."""
    assert isinstance(found(role(permissions_boundary=boundary), policy()).boundary, expected)


def test_a_policy_that_is_unknown_is_so_wherever_it_is_attached() -> None:
    """`jsonencode` with one new ARN in it is unknown as a whole."""
    one = found(
        role(),
        policy(policy=ref("aws_s3_bucket.b.arn")),
        create("aws_iam_role_policy_attachment.a", role="r", policy_arn=ref("aws_iam_policy.p.arn")),
    )

    assert not one.policies.complete


def test_a_policy_that_is_not_written_is_unknown() -> None:
    """Nothing is taken for an empty policy."""
    assert not found(
        role(),
        policy(policy=COMPUTED),
        create("aws_iam_role_policy_attachment.a", role="r", policy_arn=ref("aws_iam_policy.p.arn")),
    ).policies.complete


def test_a_looked_up_role_has_policies_that_are_not_shown() -> None:
    """Its trust policy is known, attachments made here too; the rest is kept elsewhere."""
    looked = looked_up(
        "data.aws_iam_role.d", name="d", arn="arn:aws:iam::123456789012:role/d", assume_role_policy=TRUST
    )
    attached = create("aws_iam_role_policy.p", role="d", policy=text("s3:GetObject"))
    one = found(looked, attached, name="data.aws_iam_role.d")

    assert ["s3:GetObject"] == actions(one)
    assert not one.policies.complete
    assert isinstance(one.trust, Policy)


def test_a_looked_up_role_that_is_made_here_is_one_role() -> None:
    """A data source for a role of the same configuration adds none."""
    assert ["aws_iam_role.r"] == list(estate(role(), looked_up("data.aws_iam_role.d", name="r")).roles)


def test_a_deleted_attachment_is_gone() -> None:
    """What the plan takes away does not count."""
    gone = delete(
        "aws_iam_role_policy_attachment.a", role="r", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"
    )

    assert () == found(role(), gone).policies.items


def document(name: str = "d", **values: Any) -> Block:
    return read(
        f"data.aws_iam_policy_document.{name}",
        **({"json": COMPUTED, "source_policy_documents": None, "override_policy_documents": None} | values),
    )


def by_document(*blocks: Block) -> Role:
    own = create("aws_iam_role_policy.p", role="r", policy=ref("data.aws_iam_policy_document.d.json"))
    return found(role(), own, *blocks)


def test_a_policy_document_is_computed_from_its_arguments() -> None:
    """Effect is Allow unless written, variables are spelt `&{...}`, unknown resources stay so."""
    statement = {
        "sid": "One",
        "effect": None,
        "actions": ["s3:GetObject"],
        "resources": ["arn:aws:s3:::b/&{aws:username}/*"],
        "principals": [],
        "condition": [
            {"test": "StringEquals", "variable": "aws:SourceVpce", "values": [ref("aws_vpc_endpoint.e.id")]}
        ],
    }
    (one,) = by_document(document(statement=[statement])).policies.items[0].statements.items
    (condition,) = one.conditions.items

    assert one.allow is True
    assert ("s3:GetObject",) == one.actions.items
    assert one.resources is not None
    assert ("arn:aws:s3:::b/${aws:username}/*",) == one.resources.items
    assert ("StringEquals", "aws:SourceVpce") == (condition.operator, condition.key)
    assert not condition.values.complete


def test_documents_include_others_and_override_them_by_sid() -> None:
    """Own statements replace those of a source with the same Sid, overrides replace own ones."""
    source = document(
        "source", statement=[{"sid": "A", "actions": ["s3:A"]}, {"sid": "B", "actions": ["s3:B"]}]
    )
    override = document("over", statement=[{"sid": "C", "actions": ["s3:Override"]}])
    own = [{"sid": "B", "effect": "Deny", "actions": ["s3:Own"]}, {"sid": "C", "actions": ["s3:C"]}]
    one = by_document(
        source,
        override,
        document(
            statement=own,
            source_policy_documents=[ref("data.aws_iam_policy_document.source.json")],
            override_policy_documents=[ref("data.aws_iam_policy_document.over.json")],
        ),
    )

    assert {"s3:A", "s3:Own", "s3:Override"} == set(actions(one))


def test_a_literal_document_is_included_as_it_is() -> None:
    """Sources may be JSON text; text that is no JSON leaves the document open."""
    good = by_document(document(source_policy_documents=[text("s3:A")], statement=[]))
    bad = by_document(document(source_policy_documents=["{"], statement=[]))

    assert ["s3:A"] == actions(good)
    assert not bad.policies.items[0].statements.complete


@pytest.mark.parametrize(
    "values",
    [
        {"statement": ref("local.s")},
        {"statement": [], "source_policy_documents": ref("local.s")},
        {"statement": [], "override_policy_documents": [ref("data.template_file.t.rendered")]},
    ],
)
def test_a_document_of_which_something_is_unknown_is_open(values: dict[str, Any]) -> None:
    """Statements may be among what is not known."""
    assert not by_document(document(**values)).policies.items[0].statements.complete


def test_documents_that_include_each_other_end() -> None:
    """A circle is no endless recursion."""
    one = by_document(
        document(statement=[], source_policy_documents=[ref("data.aws_iam_policy_document.d.json")])
    )

    assert not one.policies.items[0].statements.complete


@pytest.mark.parametrize(
    ("principals", "expected"),
    [
        (
            [{"type": "Service", "identifiers": ["ecs-tasks.amazonaws.com"]}],
            [("Service", ("ecs-tasks.amazonaws.com",))],
        ),
        ([{"type": "*", "identifiers": ["*"]}], [("*", ("*",))]),
        (
            [{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["2"]}],
            [("AWS", ("1", "2"))],
        ),
    ],
)
def test_principals_are_read(principals: list[dict[str, Any]], expected: list[Any]) -> None:
    """A trust policy by document."""
    trust = document("t", statement=[{"actions": ["sts:AssumeRole"], "principals": principals}])
    one = found(role(assume_role_policy=ref("data.aws_iam_policy_document.t.json")), trust)

    assert isinstance(one.trust, Policy)
    principal = one.trust.statements.items[0].principals
    assert principal is not None
    assert not isinstance(principal, Unknown)
    assert expected == [(kind, listed.items) for kind, listed in principal.of]


def test_a_document_that_was_read_has_its_text() -> None:
    """One that depends on nothing new is in the prior state with its JSON."""
    own = create("aws_iam_role_policy.p", role="r", policy=text("s3:A"))

    assert ["s3:A"] == actions(
        found(role(), looked_up("data.aws_iam_policy_document.d", json=text("s3:A")), own)
    )


def test_an_arn_of_the_same_configuration_is_one_spelling_everywhere() -> None:
    """A reference in a policy and the resource it names are the same text, account known or not."""
    bucket = create("aws_secretsmanager_secret.s", name="app/db")
    own = create("aws_iam_role_policy.p", role="r", policy=ref("data.aws_iam_policy_document.d.json"))
    statement = {
        "actions": ["secretsmanager:GetSecretValue"],
        "resources": [ref("aws_secretsmanager_secret.s.arn")],
    }
    estate_ = estate(role(), bucket, own, document(statement=[statement]))
    secret = estate_.secrets["aws_secretsmanager_secret.s"]

    assert secret.arn.startswith("arn:aws:secretsmanager:eu-west-1:")
    assert ":secret:app/db-" in secret.arn


@pytest.mark.parametrize(
    ("arn", "known"),
    [
        ("arn:aws:iam::123456789012:role/ecs/r", True),
        ("arn:aws:iam::999999999999:role/r", False),
    ],
)
def test_a_role_by_literal_arn_is_the_one_of_this_account(arn: str, known: bool) -> None:
    """A name is unique in its account; another account's role is not ours."""
    here = looked_up("data.aws_caller_identity.me", account_id="123456789012")
    definition = create(
        "aws_ecs_task_definition.t", family="t", container_definitions="[]", execution_role_arn=arn
    )

    assert ("aws_iam_role.r" if known else arn) == estate(here, role(), definition).task_definitions[
        "aws_ecs_task_definition.t"
    ].execution_role


def test_existing_roles_show_what_they_have() -> None:
    """After an apply the role itself lists its policies."""
    one = found(
        keep(
            "aws_iam_role.r",
            name="r",
            arn="arn:aws:iam::123456789012:role/r",
            path="/",
            assume_role_policy=TRUST,
            inline_policy=[{"name": "i", "policy": text("s3:A")}],
            managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"],
        )
    )

    assert {"s3:A", "*"} <= set(actions(one))


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@pytest.mark.parametrize(
    "blocks",
    [
        [
            role(managed_policy_arns=[READER]),
            create("aws_iam_role_policy_attachment.a", role="r", policy_arn=ADMIN),
        ],
        [
            role(),
            create("aws_iam_role_policy_attachments_exclusive.x", role_name="r", policy_arns=[READER]),
            create("aws_iam_role_policy_attachment.a", role="r", policy_arn=ADMIN),
        ],
        [
            role(inline_policy=[{"name": "i", "policy": text("s3:*")}]),
            create("aws_iam_role_policy.p", role="r", name="p", policy=text("ssm:*")),
        ],
        [
            role(),
            create("aws_iam_role_policies_exclusive.x", role_name="r", policy_names=["other"]),
            create("aws_iam_role_policy.p", role="r", name="p", policy=text("ssm:*")),
        ],
    ],
    ids=["listed in the role", "listed beside it", "inline in the role", "inline beside it"],
)
def test_a_policy_beside_those_a_role_is_held_to_comes_and_goes(blocks: list[Block]) -> None:
    """Terraform takes it away and puts it back: it is not certain, and neither is that it is not there."""
    one = found(*blocks)

    assert "*" not in actions(one)
    assert "ssm:*" not in actions(one)
    assert [Why.CONFLICT] == [reason.why for reason in one.policies.open]


def test_a_policy_that_the_role_is_held_to_stays() -> None:
    """Listed and attached as well is no conflict."""
    exclusive = create("aws_iam_role_policies_exclusive.x", role_name="r", policy_names=["p"])
    listed = create("aws_iam_role_policy_attachments_exclusive.x", role_name="r", policy_arns=[READER])
    own = create("aws_iam_role_policy.p", role="r", name="p", policy=text("ssm:*"))
    attached = create("aws_iam_role_policy_attachment.a", role="r", policy_arn=READER)
    one = found(role(), exclusive, listed, own, attached)

    assert one.policies.complete
    assert "ssm:*" in actions(one)


def test_what_an_existing_role_shows_is_how_it_was_before() -> None:
    """Policies that are taken away or changed by separate resources are known from these."""
    shown = keep(
        "aws_iam_role.r",
        name="r",
        path="/",
        assume_role_policy=TRUST,
        inline_policy=[
            {"name": "gone", "policy": text("s3:Gone")},
            {"name": "kept", "policy": text("s3:Old")},
        ],
        managed_policy_arns=[ADMIN, READER],
    )
    del shown.written["expressions"]["inline_policy"], shown.written["expressions"]["managed_policy_arns"]
    one = found(
        shown,
        delete("aws_iam_role_policy.gone", role="r", name="gone", policy=text("s3:Gone")),
        keep("aws_iam_role_policy.kept", role="r", name="kept", policy=text("s3:New")),
        delete("aws_iam_role_policy_attachment.gone", role="r", policy_arn=ADMIN),
        keep("aws_iam_role_policy_attachment.kept", role="r", policy_arn=READER),
    )

    assert "*" not in actions(one)
    assert {"s3:New"} == {action for action in actions(one) if action in ("s3:Gone", "s3:Old", "s3:New")}
    assert one.policies.complete
