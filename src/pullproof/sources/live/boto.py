"""AWS asked through boto3, the only place where it is imported: clients, pages, retries."""

import datetime as dt
import os
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pullproof import __version__
from pullproof.errors import ToolError, UsageError
from pullproof.sources.live.calls import WHO
from pullproof.sources.live.trouble import told
from pullproof.sources.live.values import Answer, Kind, Trouble

#: More pages than any answer has.
PAGES = 2000
TOKENS = ("NextToken", "nextToken")
#: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
ATTEMPTS = 6
CONNECT, READ = 5, 30
ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z0-9-]+")


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and where: what the command line says; "" is left to boto3's own order of sources."""

    regions: tuple[str, ...] = ()
    profile: str = ""
    role_arn: str = ""
    endpoint_url: str = ""


class Boto:
    """Asks AWS. Clients are made when they are first needed, and used by all threads."""

    def __init__(self, session: Any, endpoint_url: str = "") -> None:
        self._session = session
        self._endpoint = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def ask(
        self, service: str, operation: str, region: str, asked: Mapping[str, Any], *, pages: bool
    ) -> list[Answer] | Trouble:
        """All pages of an answer, as the CLI would print them, or why there is none."""
        try:
            client = self._client(service, region)
            return [plain(page) for page in self._pages(client, operation, dict(asked), pages=pages)]
        except Exception as error:  # noqa: BLE001  # boto3 raises what its many services say; the run goes on
            return told(error)

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint or None,
                    config=settings(path_style=bool(self._endpoint)),
                )
            return self._clients[service, region]

    def _pages(self, client: Any, operation: str, asked: dict[str, Any], *, pages: bool) -> Iterator[Any]:
        from botocore import xform_name

        name = xform_name(operation)
        if pages and client.can_paginate(name):
            yield from client.get_paginator(name).paginate(**asked)
            return
        for _ in range(PAGES):
            answer = getattr(client, name)(**asked)
            yield answer
            token = next((key for key in TOKENS if answer.get(key)), "")
            if not pages or not token:
                return
            asked[token] = answer[token]


def settings(*, path_style: bool) -> Any:
    """How clients behave: they slow down when AWS asks them to, and give up in the end."""
    from botocore.config import Config

    return Config(
        retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT,
        read_timeout=READ,
        max_pool_connections=20,
        user_agent_extra=f"pullproof/{__version__}",
        s3={"addressing_style": "path"} if path_style else None,
    )


def plain(value: Any) -> Any:
    """An answer as JSON has it: times as text, and nothing about the transport."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may ask: through whom, in which regions, of which account."""

    asker: Boto
    regions: tuple[str, ...]
    account: str
    partition: str


def log_in(login: Login) -> Caller:
    """Find credentials and a region, take on the role, and see whose account it is.

    Raises:
        ToolError: boto3 is not installed, or there are no credentials that work.
        UsageError: there is no such profile, or no region.
    """
    session = _session(login)
    regions = login.regions or _own_region(session)
    if login.role_arn:
        session = _assumed(session, login, regions[0])
    asker = Boto(session, login.endpoint_url)
    for region in regions:
        _known(session, region)
    answer = asker.ask(*WHO, regions[0], {}, pages=False)
    if isinstance(answer, Trouble):
        raise refused(answer, regions[0], "the credentials do not work")
    who = answer[0]
    account = str(who.get("Account"))
    if ACCOUNT.fullmatch(account) is None:  # it becomes the name of a folder
        raise ToolError(
            f"what answers names no account: {account}", place=regions[0], remedy="check --endpoint-url"
        )
    return Caller(
        asker=asker,
        regions=regions,
        account=account,
        partition=str(who.get("Arn", "arn:aws")).split(":")[1],
    )


def _session(login: Login) -> Any:
    try:
        import boto3.session
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise ToolError(
            "to ask AWS, boto3 is needed, and it is not installed", remedy="pip install 'pullproof[live]'"
        ) from error
    try:
        session = boto3.session.Session(profile_name=login.profile or None)
        if login.profile:
            session.get_credentials()
    except BotoCoreError as error:
        raise _no_profile(login.profile, str(error)) from error
    return session


def _no_profile(profile: str, message: str) -> UsageError:
    import difflib

    import botocore.session

    known = botocore.session.Session().available_profiles
    close = difflib.get_close_matches(profile, known, n=1, cutoff=0.6)
    remedy = f"did you mean: --profile {close[0]}" if close else f"there is: {', '.join(known[:6]) or 'none'}"
    return UsageError(message.rstrip("."), place="the AWS configuration", remedy=remedy)


def _own_region(session: Any) -> tuple[str, ...]:
    """The region of the environment or of the profile; boto3 itself does not look at AWS_REGION."""
    found = os.environ.get("AWS_REGION") or session.region_name
    if not found:
        raise UsageError(
            "no region is named", remedy="--region eu-west-1, or set AWS_REGION, or aws configure set region"
        )
    return (found,)


def _assumed(session: Any, login: Login, region: str) -> Any:
    import boto3.session

    asked = {"RoleArn": login.role_arn, "RoleSessionName": "pullproof"}
    answer = Boto(session, login.endpoint_url).ask("sts", "AssumeRole", region, asked, pages=False)
    if isinstance(answer, Trouble):
        raise refused(answer, region, f"the role {login.role_arn} cannot be taken on")
    held = answer[0]["Credentials"]
    return boto3.session.Session(
        aws_access_key_id=held["AccessKeyId"],
        aws_secret_access_key=held["SecretAccessKey"],
        aws_session_token=held["SessionToken"],
        region_name=region,
    )


def _known(session: Any, region: str) -> None:
    """Refuse a region that is nearly one, or that has signs which none has.

    Raises:
        UsageError: it is none that boto3 knows, and one of those has nearly its name.
    """
    import difflib

    if REGION.fullmatch(region) is None:
        raise UsageError(f"there is no region {region}", remedy="--region eu-west-1")

    partitions = session.get_available_partitions()
    known = [name for one in partitions for name in session.get_available_regions("ec2", one)]
    if region in known:
        return
    close = difflib.get_close_matches(region, known, n=5, cutoff=0.75)
    if not close or region[:-1] in {name[:-1] for name in known}:
        return  # another number: a region newer than the library
    # Letters that changed places are the most likely slip.
    meant = next((name for name in close if sorted(name) == sorted(region)), close[0])
    raise UsageError(f"there is no region {region}", remedy=f"did you mean: --region {meant}")


def refused(trouble: Trouble, region: str, what: str) -> ToolError:
    """The screen for a run that cannot begin."""
    if trouble.kind is Kind.UNREACHABLE:
        return ToolError(
            f"AWS cannot be reached: {trouble.message}",
            place=region,
            remedy="check the region's name, the network, a proxy (HTTPS_PROXY) and --endpoint-url",
        )
    if trouble.kind is Kind.DENIED:
        remedy = "let the caller do it: the role's trust policy and sts:AssumeRole of the caller"
    else:
        remedy = trouble.remedy or "aws sts get-caller-identity shows whether the credentials work"
    said = trouble.message or trouble.code
    return ToolError(f"{what}: {said}", place=region, remedy=remedy)
