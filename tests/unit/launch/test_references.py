"""What a `valueFrom` names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.launch.references import Reference, Store, bare_name, read_reference
from pullproof.model.text import anything, clean, hole

ASM, SSM = Store.SECRETS_MANAGER, Store.PARAMETER_STORE
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
SECRET = hole("module.db.aws_secretsmanager_secret.this[0].arn")


@pytest.mark.parametrize(
    ("text", "read_as", "picked"),
    [
        (ARN, ARN, False),
        (f" {ARN} ", ARN, False),
        (f"{ARN}:password::", ARN, True),
        (f"{ARN}:::", ARN, False),
        (f"{ARN}::AWSPREVIOUS:", ARN, True),
        (f"{ARN}:::abc", ARN, True),
        (SECRET, SECRET, False),
        (f"{SECRET}:password::", SECRET, True),
        (f"{SECRET}:::", SECRET, False),
        (hole("aws_db_instance.db.master_user_secret[0].secret_arn"),) * 2 + (False,),
    ],
)
def test_secrets_are_read_with_or_without_what_follows_the_arn(text: str, read_as: str, picked: bool) -> None:
    """A JSON key, a version stage and a version id are cut off; that one of them is there is remembered."""
    reference = read_reference(text)

    assert reference is not None
    assert (ASM, read_as, picked) == (reference.store, reference.id, reference.picked)


@pytest.mark.parametrize("base", [ARN, SECRET])
@pytest.mark.parametrize(
    ("after", "version"),
    [("", ""), (":key", ""), (":key:stage", ""), (":key::", ""), (":key::}", "}"), (":::abc", "abc")],
)
def test_the_id_of_a_version_comes_third(base: str, after: str, version: str) -> None:
    """After the JSON key and the stage."""
    reference = read_reference(f"{base}{after}")

    assert reference is not None
    assert version == reference.version


def test_an_arn_tells_name_region_and_account() -> None:
    """The parts of an ARN are the reference's."""
    expected = Reference(store=ASM, id=ARN, name="db-AbCdEf", region="eu-west-1", account="111122223333")

    assert expected == read_reference(ARN)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mode", "mode"),
        ("/app/mode", "/app/mode"),
        ("arn:aws:ssm:eu-west-1:1:parameter/app/mode", "/app/mode"),
        ("arn:aws:ssm:eu-west-1:1:parameter/mode", "mode"),
        (f"/{anything('stage')}/mode", f"/{anything('stage')}/mode"),
        (hole("aws_ssm_parameter.mode.arn"), ""),
        (hole("aws_ssm_parameter.mode.name"), ""),
    ],
)
def test_parameters_are_read_by_name_or_arn(text: str, name: str) -> None:
    """A bare name is a parameter; a name with a slash inside begins with one."""
    reference = read_reference(text)

    assert reference is not None
    assert (SSM, text, name) == (reference.store, reference.id, reference.name)


@pytest.mark.parametrize(
    "text", [hole("module.settings.arns"), f"{anything('prefix')}/mode", f"{anything('x')}:k::"]
)
def test_a_hole_of_no_known_kind_may_be_either(text: str) -> None:
    """What may be a secret or a parameter is left to whoever knows more."""
    reference = read_reference(text)

    assert reference is not None
    assert reference.store is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a:b",
        "arn:aws:kms:eu-west-1:1:key/a",
        "arn:aws:ssm:eu-west-1:1:document/a",
        "arn:aws:secretsmanager:eu-west-1:1:secret",
        "arn:aws:secretsmanager:eu-west-1:1:db:a",
        "arn:aws:ssm",
    ],
)
def test_other_text_names_nothing(text: str) -> None:
    """An ARN of something else, or of nothing, is no reference."""
    assert read_reference(text) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("db-AbCdEf", "db"), ("db", "db"), ("db-AbCdE", "db-AbCdE"), ("my-db-AbCdEé", "my-db-AbCdEé")],
)
def test_the_six_letters_of_a_secret_s_arn_are_no_part_of_its_name(name: str, expected: str) -> None:
    """A dash and six letters or digits end the ARN of a secret."""
    assert expected == bare_name(name)


@given(
    st.text(max_size=60) | st.text(alphabet="arn:smp/-", max_size=30).map(lambda tail: f"arn:aws:ssm:{tail}")
)
def test_no_text_raises(text: str) -> None:
    """Whatever is written, it names something or nothing."""
    reference = read_reference(clean(text))

    assert reference is None or reference.id
