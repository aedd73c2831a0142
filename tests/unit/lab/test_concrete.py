"""Names that AWS would choose: each is chosen once, and what is known stays as it is."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pullproof.cli.lab import story
from pullproof.errors import InputError
from pullproof.lab.concrete import ACCOUNT, concrete, endpoint_name, region_of
from pullproof.model.ecs import LogConfiguration
from pullproof.model.estate import Estate
from pullproof.model.stores import Bucket, Repository, Secret
from pullproof.model.text import OPEN, hole, typed
from pullproof.model.value import Listing
from tests.build import REGION, a_record, a_zone, an_endpoint, an_estate, an_open_network, at, unknown
from tests.oracle.networks import drawn

#: An address, an attribute, and a type of what it is an attribute of, or none.
HOLES = st.builds(
    lambda name, attribute, kind: typed(f"{name}.{attribute}", kind) if kind else hole(f"{name}.{attribute}"),
    st.sampled_from(["aws_s3_bucket.images", "module.x.aws_iam_role.start[0]", "Db", "ecr.api", "Ä ö"]),
    st.sampled_from(["arn", "id", "name", "dns_entry"]),
    st.sampled_from(["", "aws_kms_key"]),
)
LITERALS = st.text(st.characters(codec="ascii"), max_size=8)


def named(*names: str) -> Estate:
    """An estate with a bucket of each of these names."""
    estate = an_estate()
    for number, name in enumerate(names):
        key = f"bucket-{number}"
        estate.buckets[key] = Bucket(key=key, origin=at(key), name=name, arn=f"arn:aws:s3:::{name}")
    return estate


def names_of(estate: Estate) -> list[str]:
    """What the buckets of an estate are called."""
    return [each.name for each in concrete(estate).buckets.values()]


@given(st.lists(st.lists(HOLES | LITERALS, max_size=4), max_size=4))
def test_only_holes_are_filled_and_each_in_one_way(texts: list[list[str]]) -> None:
    """What stands around a hole stays, two holes of one name are one word, and nothing is open afterwards."""
    filled = names_of(named(*("".join(parts) for parts in texts)))
    words: dict[str, str] = {}
    for parts, name in zip(texts, filled, strict=True):
        found = re.fullmatch("".join("(.+?)" if OPEN in each else re.escape(each) for each in parts), name)
        assert found is not None
        if len(parts) == 1 and OPEN in parts[0]:
            assert name == words.setdefault(parts[0], name)
            assert OPEN not in name
    assert len(words) == len(set(words.values()))


@given(st.randoms(use_true_random=False), st.lists(HOLES, min_size=1, max_size=4))
def test_what_is_concrete_stays_as_it_is(random: Random, texts: list[str]) -> None:
    """A second time changes nothing, and the first time nothing that was known."""
    estate = drawn(random)
    estate.account = "210987654321"
    assert estate == concrete(estate)

    estate.buckets = named(*texts).buckets
    once = concrete(estate)

    assert once == concrete(once)
    assert estate != once


def test_the_estate_that_is_asked_about_is_not_changed() -> None:
    """What is filled is filled in a copy."""
    estate = named(hole("a.name"))

    concrete(estate)

    assert named(hole("a.name")) == estate


def test_a_pair_in_a_noun_in_a_noun_is_filled() -> None:
    """As the options of a container's log configuration are."""
    estate = story.before()
    task = estate.task_definitions["task"]
    [container] = task.containers.items
    log = LogConfiguration(
        origin=at("log"), driver="awslogs", options=(("awslogs-group", hole("logs.name")),)
    )
    written = Listing((replace(container, log=log),))
    estate.task_definitions["task"] = replace(task, containers=written)

    [found] = concrete(estate).task_definitions["task"].containers.items

    assert isinstance(found.log, LogConfiguration)
    assert (("awslogs-group", "logs-1"),) == found.log.options


def test_what_is_unknown_stays_unknown_but_for_the_account() -> None:
    """A lab has an account of its own; everything else that nobody tells is left out where it matters."""
    estate = an_open_network()
    open_list = an_endpoint(
        estate, "logs", subnets=Listing(("subnet",), (unknown("more"),)), available=unknown()
    )

    found = concrete(estate)

    assert open_list == found.endpoints["logs"]
    assert ACCOUNT == found.account


def test_a_noun_at_any_depth_is_filled() -> None:
    """Records in zones, values in records: the word is that of the noun itself."""
    estate = an_open_network()
    a_zone(estate, "internal", a_record("db.internal", hole("db.address"), type="CNAME"))
    estate.repositories["db"] = Repository(
        key="db", origin=at("db"), name=hole("db.address"), arn="arn", url="url"
    )

    found = concrete(estate)
    [record] = found.zones["zone"].records.items

    assert (found.repositories["db"].name,) == record.values.items


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (hole("account"), ACCOUNT),
        (f"{hole('aws.account')}.dkr", f"{ACCOUNT}.dkr"),
        (hole("aws.region"), REGION),
        (
            hole("aws_secretsmanager_secret.db.arn"),
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-1-AbCdEf",
        ),
        (
            typed("Db.arn", "aws_secretsmanager_secret"),
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-1-AbCdEf",
        ),
        (hole("module.x.aws_iam_role.start.arn"), f"arn:aws:iam::{ACCOUNT}:role/start-1"),
        (typed("Images.arn", "aws_s3_bucket"), "arn:aws:s3:::images-1"),
        (hole("aws_sqs_queue.jobs.arn"), f"arn:aws:unknown:{REGION}:{ACCOUNT}:jobs-1"),
        (typed("Repository.name", "aws_ecr_repository"), "repository-1"),
        (hole("aws_vpc.it[0].id"), "it-0--1"),
        (hole("x"), "thing-1"),
    ],
)
def test_what_stands_for_a_hole(text: str, expected: str) -> None:
    """ARNs have the form of their service, names no capital letters."""
    assert [expected] == names_of(named(text))


def test_the_dns_name_of_an_endpoint_is_the_one_that_the_resolver_knows() -> None:
    """It goes by the endpoint's place in the estate."""
    estate = named(hole("logs.dns_entry[0].dns_name"), hole("s3.id"))
    an_endpoint(estate, "ecr.api")
    an_endpoint(estate, "logs")

    assert [endpoint_name(1), "s3-2"] == names_of(estate)


def test_an_account_that_is_told_is_taken() -> None:
    """ARNs and names are of the account that the input says."""
    estate = named(hole("aws_iam_role.start.arn"))
    estate.account = "210987654321"

    assert ["arn:aws:iam::210987654321:role/start-1"] == names_of(estate)
    assert "210987654321" == concrete(estate).account


@pytest.mark.parametrize("region", [unknown("the region"), hole("region")])
def test_no_region_is_made_up(region: str) -> None:
    """A lab refuses an estate of which the region is not known, and says where and what to type."""
    estate = an_estate(region)
    with pytest.raises(InputError) as refused:
        region_of(estate, "plan.json")

    assert ("plan.json", "--region eu-west-1") == (refused.value.place, refused.value.remedy)
    with pytest.raises(InputError, match="region"):
        concrete(estate)


def test_a_secret_is_found_by_the_arn_that_a_task_names() -> None:
    """The same hole in two nouns is the same ARN."""
    arn = typed("Db.arn", "aws_secretsmanager_secret")
    estate = named(arn)
    estate.secrets["Db"] = Secret(key="Db", origin=at("Db"), arn=arn, name="db")

    found = concrete(estate)

    assert found.buckets["bucket-0"].name == found.secrets["Db"].arn
