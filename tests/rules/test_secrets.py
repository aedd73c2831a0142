"""The rules `secret` and `registry-credentials`."""

from typing import Any

import pytest

from pullproof.model.ecs import Container
from pullproof.model.estate import Estate
from pullproof.model.text import anything, hole
from pullproof.model.value import Listing
from tests.rules.build import (
    ACCOUNT,
    EXECUTION,
    KEY,
    REGION,
    SECRET,
    UNKNOWN,
    allow,
    awslogs,
    change,
    container,
    document,
    estate,
    may_not,
    nat,
    proved,
    said,
    secrets,
    warned,
    without,
)

OTHER = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"


def reading(value: Any = SECRET) -> Container:
    """A container that reads a secret."""
    return container(secrets=secrets(value))


def logging_in(value: Any = SECRET) -> Container:
    """A container whose image is in a registry with credentials."""
    return container("registry.example.com/app", repository_credentials=value)


BOTH = pytest.mark.parametrize(
    ("made", "rule"),
    [(lambda: estate(reading()), "secret"), (lambda: estate(logging_in()), "registry-credentials")],
    ids=["secret", "registry-credentials"],
)


@BOTH
def test_a_secret_is_read_by_its_endpoint_with_its_permission(made: Any, rule: str) -> None:
    """With endpoint and permission it works; without either, that is what is missing."""
    assert ("works",) == said(proved(made()), rule)
    assert ("endpoint-missing vpc",) == said(proved(without(made(), "secretsmanager")), rule)
    lacking = proved(may_not(made(), "secretsmanager:GetSecretValue"))
    assert ("iam-missing-action execution",) == said(lacking, rule)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("}", {"works", "unknown"}),
        ("9d4cb84b-ad69-40c0-a0ab-cead36b967e8", {"works"}),
        (anything("version"), {"works"}),
        ("", {"works"}),
    ],
)
def test_what_cannot_be_the_id_of_a_version_is_not_passed_over(version: str, expected: set[str]) -> None:
    """A slip of the pen at the end of `valueFrom` keeps the task from starting."""
    report = proved(estate(reading(f"{SECRET}:password::{version}")))

    assert expected == set(said(report, "secret"))


@BOTH
def test_a_key_of_one_s_own_needs_kms_decrypt(made: Any, rule: str) -> None:
    """The permission is asked of the role and of the key, and no endpoint of KMS is needed."""
    for key in (KEY, "1234", "alias/app", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/app"):
        estates = [made(), without(made(), "kms"), may_not(made(), "kms:Decrypt")]
        for each in estates:
            change(each.secrets, "secret", kms_key=key)
        answers = [said(proved(each), rule) for each in estates]

        assert [("works",), ("works",), ("iam-missing-action execution",)] == answers


@BOTH
def test_aws_s_own_key_needs_no_permission(made: Any, rule: str) -> None:
    """Who may read the secret may have it decrypted."""
    each = may_not(made(), "kms:Decrypt")
    change(each.secrets, "secret", kms_key="alias/aws/secretsmanager")

    assert ("works",) == said(proved(each), rule)


@BOTH
def test_the_key_s_policy_has_a_say(made: Any, rule: str) -> None:
    """A key policy that names somebody else refuses."""
    each = made()
    change(each.secrets, "secret", kms_key=KEY)
    admin = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}
    statement = {"Effect": "Allow", "Principal": admin, "Action": "kms:*", "Resource": "*"}
    change(each.keys, "key", policy=document([statement]))

    assert ("resource-policy key",) == said(proved(each), rule)


@BOTH
@pytest.mark.parametrize(
    "key",
    [
        f"arn:aws:kms:{REGION}:{ACCOUNT}:key/elsewhere",
        "elsewhere",
        "alias/elsewhere",
        f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/elsewhere",
        hole("aws_kms_key.elsewhere.arn"),
        f"alias/{anything('stage')}",
    ],
)
def test_the_policy_of_a_key_that_is_not_shown_is_not_known(made: Any, rule: str, key: str) -> None:
    """No call works without its key policy, so that a key kept elsewhere leaves it unknown."""
    each = made()
    change(each.secrets, "secret", kms_key=key)

    assert ("unknown",) == said(proved(each), rule)


@BOTH
def test_an_unknown_key_may_need_the_permission(made: Any, rule: str) -> None:
    """Without kms:Decrypt it depends on the key; what else is needed is judged all the same."""
    each = may_not(made(), "kms:Decrypt")
    change(each.secrets, "secret", kms_key=UNKNOWN)

    assert ("works", "unknown") == said(proved(each), rule)


@BOTH
def test_the_secret_s_own_policy_has_a_say(made: Any, rule: str) -> None:
    """A denial in the secret's policy decides."""
    each = made()
    deny = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*"}
    change(each.secrets, "secret", policy=document([deny]))

    assert ("resource-policy secret",) == said(proved(each), rule)


@BOTH
def test_without_a_role_only_the_way_is_judged(made: Any, rule: str) -> None:
    """The missing role is said once, by its own rule."""
    each = made()
    change(each.task_definitions, "task", execution_role="")
    change(each.secrets, "secret", kms_key=UNKNOWN)

    assert ("works",) == said(proved(each), rule)


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (lambda value: estate(reading(value)), "secret"),
        (lambda value: estate(logging_in(value)), "registry-credentials"),
    ],
    ids=["secret", "registry-credentials"],
)
def test_an_unknown_reference_is_not_known(made: Any, rule: str) -> None:
    """What is read decides what is needed."""
    assert ("unknown",) == said(proved(made(UNKNOWN)), rule)


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"{SECRET}:password::",
        SECRET[:-7],
        hole("aws_secretsmanager_secret.db.arn"),
        hole("module.db.secret"),
        "secret",
    ],
)
def test_a_secret_is_found_however_it_is_referred_to(value: str) -> None:
    """By ARN with and without what AWS and the reference add, by a hole, by address."""
    made = estate(reading(value))
    if value.startswith("arn:"):
        change(made.secrets, "secret", kms_key=KEY)
    else:
        change(made.secrets, "secret", kms_key=KEY, arn=value)
    report = proved(may_not(made, "kms:Decrypt"))

    expected = () if value == "secret" else ("iam-missing-action execution",)
    assert expected == said(report, "secret")


def test_options_of_a_log_driver_are_secrets_too() -> None:
    """`secretOptions` are read like `secrets`."""
    log = awslogs()
    made = estate(container(log=awslogs(driver="splunk", splunk_url="https://splunk.example.com")))
    assert () == said(proved(made), "secret")

    from msgspec.structs import replace

    made = estate(container(log=replace(log, secret_options=secrets(SECRET))))
    assert ("works",) == said(proved(made), "secret")
    made = estate(container(log=replace(log, secret_options=Listing((), (UNKNOWN,)))))
    assert ("unknown",) == said(proved(made), "secret")


def test_secrets_that_may_be_more_are_not_known() -> None:
    """An open list may hold a secret that fails."""
    made = estate(container(secrets=Listing((), (UNKNOWN,))))

    assert ("unknown",) == said(proved(made), "secret")


@pytest.mark.parametrize("value", [anything("var.secret"), "a:b"])
def test_what_may_be_either_is_not_known(value: str) -> None:
    """A reference that may be a secret or a parameter, or is neither, is not guessed."""
    report = proved(estate(reading(value)))

    assert (("unknown",), ()) == (said(report, "secret"), said(report, "parameter"))


def unseen(value: str, role: str) -> tuple[str, ...]:
    """What is said of a secret that the input does not hold, to a role that may read `role`."""
    made = estate(reading(value))
    made.secrets.clear()
    change(made.roles, "execution", policies=Listing((allow(EXECUTION[:6]), allow(EXECUTION[6:7], role))))
    return said(proved(made), "secret")


@pytest.mark.parametrize(
    ("value", "role", "expected"),
    [
        (SECRET, SECRET, ("works",)),
        (SECRET, SECRET[:-6] + "??????", ("works",)),
        (SECRET, SECRET[:-7], ("iam-missing-action execution",)),
        (SECRET[:-7], SECRET[:-7] + "-*", ("works",)),
        (SECRET[:-7], SECRET[:-7], ("iam-missing-action execution",)),
        # "my-secret" may be a whole name, or "my" and six letters.
        (SECRET[:-9] + "my-secret", SECRET[:-9] + "my-secret-*", ("unknown",)),
        (SECRET[:-9] + "my-secret", SECRET[:-9] + "my-*", ("works",)),
    ],
)
def test_the_end_of_an_arn_may_be_left_out(value: str, role: str, expected: tuple[str, ...]) -> None:
    """AWS adds a dash and six letters, which a policy has to allow for."""
    assert expected == unseen(value, role)


def test_a_secret_that_is_not_shown_is_worth_a_warning() -> None:
    """It must exist, and may be encrypted with a key that needs a permission."""
    made = estate(reading())
    made.secrets.clear()
    report = proved(made)

    assert ("works",) == said(report, "secret")
    assert {("missing-resource", "task")} == warned(report)


@pytest.mark.parametrize("name", ["registry", "a:b"])
def test_credentials_may_be_named(name: str) -> None:
    """A bare name is a secret of the task's own region, and never a parameter."""
    made = estate(logging_in(name))
    role = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-*"
    change(made.roles, "execution", policies=Listing((allow(EXECUTION[:6]), allow(EXECUTION[6:7], role))))

    assert ("works",) == said(proved(made), "registry-credentials")


def test_a_hole_that_is_no_noun_s_is_its_own_arn() -> None:
    """The ARN of a secret that nothing else is known of is asked for as it is."""
    made = estate(reading(hole("data.aws_secretsmanager_secret.db.arn")))

    assert ("works",) == said(proved(made), "secret")


def test_a_secret_of_another_region_needs_a_way_there() -> None:
    """The endpoint of this region does not serve another one; NAT does."""
    isolated, open_ = estate(reading(OTHER)), nat(estate(reading(OTHER)))

    assert ("endpoint-missing vpc",) == said(proved(isolated), "secret")
    assert ("works",) == said(proved(open_), "secret")


def judged(made: Estate, version: str, rule: str) -> tuple[str, ...]:
    """What is said on a platform version, with and without an endpoint: it must not matter."""
    answers = {
        said(proved(made, version), rule),
        said(proved(without(made, "secretsmanager"), version), rule),
    }
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(
    ("version", "whole", "picked"),
    [
        ("1.0.0", "platform-unsupported service", "platform-unsupported service"),
        ("1.2.0", "platform-unsupported service", "platform-unsupported service"),
        ("1.3.0", "works", "platform-unsupported service"),
    ],
)
def test_old_platforms_read_less(version: str, whole: str, picked: str) -> None:
    """Secrets came with 1.3.0, and parts of them with 1.4.0; before, they are read outside of the VPC."""
    assert (whole,) == judged(estate(reading()), version, "secret")
    assert (picked,) == judged(estate(reading(f"{SECRET}:password::")), version, "secret")


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.1.0", "platform-unsupported service"), ("1.2.0", "works"), ("1.3.0", "works")],
)
def test_old_platforms_have_no_private_registries(version: str, expected: str) -> None:
    """Credentials of registries came with 1.2.0."""
    assert (expected,) == judged(estate(logging_in()), version, "registry-credentials")


def test_on_an_unknown_platform_a_failure_is_not_known() -> None:
    """It may be a platform that reads secrets outside of the VPC."""
    made = without(estate(reading()), "secretsmanager")
    change(made.launches, "service", platform_version=UNKNOWN)

    assert ("unknown",) == said(proved(made), "secret")


def test_a_secret_of_the_input_is_in_the_input_s_account() -> None:
    """Where the account is not told, what the input holds still belongs together."""
    made = estate(reading())
    made.account = UNKNOWN
    change(made.roles, "execution", arn=hole("aws_iam_role.execution.arn"))

    assert ("works",) == said(proved(made), "secret")


def test_a_secret_without_a_name_is_not_found_by_name() -> None:
    """A noun of which only the ARN is known is found by all of it, and by nothing less."""
    whole, part = estate(reading()), estate(reading(SECRET[:-7]))
    for made in (whole, part):
        change(made.secrets, "secret", name="")

    assert (set(), {("missing-resource", "task")}) == (warned(proved(whole)), warned(proved(part)))
