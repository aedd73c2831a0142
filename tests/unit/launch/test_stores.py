"""Finding what a task names, where several accounts and regions have things of one name."""

from pullproof.launch.references import read_reference
from pullproof.launch.stores import Stores
from pullproof.model.estate import Estate
from pullproof.model.stores import Key, LogGroup, Parameter, Repository, Secret
from tests.build import at


def of_two_accounts() -> Estate:
    """Everything twice, of one name, in two accounts; and a log group whose account is not known."""
    estate = Estate()
    for account in ("1", "2"):
        place = f"eu-west-1:{account}"
        arn = f"arn:aws:secretsmanager:{place}:secret:db-AbCdEf"
        estate.secrets[arn] = Secret(key=arn, origin=at(arn), arn=arn, name="db")
        arn = f"arn:aws:ssm:{place}:parameter/db"
        estate.parameters[arn] = Parameter(key=arn, origin=at(arn), arn=arn, name="/db", secure=True)
        arn = f"arn:aws:kms:{place}:key/{account}"
        estate.keys[arn] = Key(key=arn, origin=at(arn), arn=arn, id=account, aliases=("alias/app",))
        arn = f"arn:aws:logs:{place}:log-group:/app"
        estate.log_groups[arn] = LogGroup(key=arn, origin=at(arn), name="/app", arn=arn)
        arn = f"arn:aws:ecr:{place}:repository/app"
        url = f"{account}.dkr.ecr.eu-west-1.amazonaws.com/app"
        estate.repositories[arn] = Repository(key=arn, origin=at(arn), name="app", arn=arn, url=url)
    estate.log_groups["any"] = LogGroup(
        key="any",
        origin=at("any"),
        name="/any",
        arn="arn:aws:logs:eu-west-1:\ue000account\ue001:log-group:/any",
    )
    return estate


def test_names_are_those_of_the_tasks_own_account() -> None:
    """By name a task finds what its own account has; by ARN what it names; by a name in no account any."""
    stores = Stores(of_two_accounts())
    second = stores.at("eu-west-1", "2")
    parameter = read_reference("/db")
    secret = read_reference("arn:aws:secretsmanager:eu-west-1:2:secret:db")
    assert parameter is not None
    assert secret is not None

    found = (
        second.log_group("/app"),
        second.repository_named("app"),
        second.key("alias/app"),
        second.parameter(parameter),
        second.secret(secret, here=True),
    )
    assert {":2:"} == {":2:" if noun is not None and ":2:" in noun.arn else "" for noun in found}
    first = stores.log_group("/app")
    assert first is not None
    assert ":1:" in first.arn
    assert stores.at("us-east-1", "2").log_group("/app") is None
    assert stores.at("", "2").log_group("/any") is not None
    assert second is stores.at("eu-west-1", "2")
    assert second is second.at("eu-west-1", "2")
