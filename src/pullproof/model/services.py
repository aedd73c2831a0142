"""AWS services as the network knows them: endpoint service names and host names, one row per service.

Names: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
Hosts: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""

from functools import lru_cache

import msgspec

from pullproof.model.text import CLOSE, OPEN, Text, anything, is_exact

#: How host names of each partition end; dual-stack names have endings of their own.
DNS_SUFFIX = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}
STANDARD = tuple(f".{suffix}" for suffix in dict.fromkeys(DNS_SUFFIX.values()))
DUAL_STACK = (".api.aws", ".on.aws", ".api.amazonwebservices.com.cn")
#: Endings of AWS's own host names.
AWS_ENDINGS = (*STANDARD, *DUAL_STACK)
#: In China these services' endpoint names start with "cn.com.amazonaws", all others' with "com.amazonaws".
#: https://github.com/aws/aws-cdk, `VPC_ENDPOINT_SERVICE_EXCEPTIONS`
_CHINA_OWN = frozenset({"ecr.api", "ecr.dkr", "elasticfilesystem", "monitoring", "sts", "xray"})
_PREFIXES = ("com.amazonaws.", "cn.com.amazonaws.", "eu.amazonaws.")


class AwsService(msgspec.Struct, frozen=True, kw_only=True):
    """One service.

    `suffix` is the end of the endpoint service name ("ecr.api"). `heads` and `dual_stack` are what a
    host name has before the region, the usual form first; a leading `*` stands for anything.
    `gateway` is the suffix of the gateway endpoint that carries its addresses, "" where there is none.
    `perhaps` are other services whose endpoints may answer for these names too; AWS documents it for
    some and is silent or contradicts itself for others. `endpoint` is False where no endpoint service
    carries the traffic at all.
    """

    suffix: str
    title: str
    heads: tuple[str, ...] = ()
    dual_stack: tuple[str, ...] = ()
    gateway: str = ""
    endpoint: bool = True
    perhaps: tuple[str, ...] = ()


def _plain(suffix: str, title: str) -> tuple[AwsService, ...]:
    """A service whose endpoint name is its host name, and its FIPS form."""
    fips = f"{suffix}-fips"
    return (
        AwsService(suffix=suffix, title=title, heads=(suffix,)),
        AwsService(suffix=fips, title=f"{title} (FIPS)", heads=(fips,), perhaps=(suffix,)),
        AwsService(
            suffix=f"{suffix}+", title=f"{title} (dual-stack)", dual_stack=(suffix,), perhaps=(suffix,)
        ),
    )


#: A suffix ending in "+" is no endpoint service: it marks dual-stack names, which the plain service's
#: endpoint may or may not answer for.
SERVICES: tuple[AwsService, ...] = (
    AwsService(suffix="ecr.api", title="the ECR API", heads=("api.ecr",)),
    AwsService(
        suffix="ecr.api+", title="the ECR API (dual-stack)", dual_stack=("ecr",), perhaps=("ecr.api",)
    ),
    AwsService(suffix="ecr-fips.api", title="the ECR API (FIPS)", heads=("api.ecr-fips", "ecr-fips")),
    AwsService(suffix="ecr.dkr", title="the ECR registry", heads=("*.dkr.ecr",)),
    AwsService(
        suffix="ecr.dkr+",
        title="the ECR registry (dual-stack)",
        dual_stack=("*.dkr-ecr",),
        perhaps=("ecr.dkr",),
    ),
    AwsService(suffix="ecr-fips.dkr", title="the ECR registry (FIPS)", heads=("*.dkr.ecr-fips",)),
    AwsService(
        suffix="ecr-fips.dkr+",
        title="the ECR registry (FIPS, dual-stack)",
        dual_stack=("*.dkr-ecr-fips",),
        perhaps=("ecr-fips.dkr",),
    ),
    AwsService(suffix="s3", title="S3", heads=("*.s3", "s3"), gateway="s3"),
    AwsService(
        suffix="s3+",
        title="S3 (dual-stack)",
        heads=("*.s3.dualstack", "s3.dualstack"),
        gateway="s3",
        perhaps=("s3",),
    ),
    AwsService(
        suffix="s3-fips",
        title="S3 (FIPS)",
        heads=("*.s3-fips", "s3-fips", "*.s3-fips.dualstack", "s3-fips.dualstack"),
        perhaps=("s3",),
    ),
    AwsService(suffix="dynamodb", title="DynamoDB", heads=("dynamodb",), gateway="dynamodb"),
    *_plain("secretsmanager", "Secrets Manager"),
    *_plain("ssm", "Systems Manager"),
    *_plain("ssmmessages", "Session Manager"),
    *_plain("logs", "CloudWatch Logs"),
    *_plain("kms", "KMS"),
    *_plain("sts", "STS"),
    *_plain("monitoring", "CloudWatch"),
    *_plain("xray", "X-Ray"),
    *_plain("ecs", "ECS"),
    *_plain("elasticfilesystem", "the EFS API"),
    AwsService(suffix="ecs-agent", title="the ECS agent service", heads=("ecs-a",)),
    AwsService(suffix="ecs-telemetry", title="ECS telemetry", heads=("ecs-t",)),
    AwsService(suffix="kinesis-firehose", title="Firehose", heads=("firehose",)),
    AwsService(suffix="kinesis-streams", title="Kinesis Data Streams", heads=("kinesis",)),
    AwsService(suffix="guardduty-data", title="GuardDuty", heads=("guardduty-data",)),
    # The NFS mount goes to mount targets; the endpoint service "elasticfilesystem" is the API.
    # https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    AwsService(suffix="efs", title="EFS", heads=("*.efs",), endpoint=False),
)

#: BUCKET.s3.amazonaws.com: in whichever region the bucket is; private DNS does not answer for it.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
GLOBAL_S3 = AwsService(suffix="s3!", title="S3 (global name)", perhaps=("s3",))

_BY_SUFFIX = {row.suffix: row for row in SERVICES}
_BY_HEAD = {head: row for row in SERVICES for head in row.heads}
_BY_DUAL_STACK = {head: row for row in SERVICES for head in row.dual_stack}


def service(suffix: str) -> AwsService:
    """The row of an endpoint service. Raises KeyError when there is none."""
    return _BY_SUFFIX[suffix]


@lru_cache(maxsize=4096)
def service_of(host: Text) -> tuple[AwsService, Text] | None:
    """The service a host name belongs to, and its region; None for hosts that are no AWS service.

    A name of a service that has no row ("sqs.eu-west-1.amazonaws.com") gives a row made up from it.
    The region may have holes; legacy global S3 names have a region that may be any.
    """
    name = host.lower().removesuffix(".") if is_exact(host) else host
    for ending in DUAL_STACK:
        if name.endswith(ending):
            return _split(name.removesuffix(ending), _BY_DUAL_STACK, guess=False)
    for ending in STANDARD:
        if name.endswith(ending):
            return _split(name.removesuffix(ending), _BY_HEAD, guess=True)
    return None


def host_of(suffix: str, region: Text, partition: str = "aws", label: Text = "") -> Text:
    """The usual host name of a service; `label` is what stands for the `*` (an account id, a bucket).

    Raises KeyError for a service that has no row.
    """
    head = _BY_SUFFIX[suffix].heads[0]
    if head.startswith("*."):
        head = f"{label}{head[1:]}" if label else head[2:]
    return f"{head}.{region}.{DNS_SUFFIX[partition]}"


def endpoint_name(suffix: str, region: Text, partition: str = "aws") -> Text:
    """The full endpoint service name: "com.amazonaws.eu-west-1.ecr.api"."""
    prefix = "com.amazonaws"
    if partition == "aws-cn" and suffix in _CHINA_OWN:
        prefix = "cn.com.amazonaws"
    elif partition == "aws-eusc":
        prefix = "eu.amazonaws"
    return f"{prefix}.{region}.{suffix}"


@lru_cache(maxsize=4096)
def endpoint_suffix(service_name: Text) -> tuple[Text, Text] | None:
    """The suffix and region of an endpoint service name; None for services that are not AWS's own.

    Either part may have holes. The prefix is not looked at closely: in China both forms are in use.
    """
    for prefix in _PREFIXES:
        if service_name.startswith(prefix):
            region, suffix = _first_label(service_name.removeprefix(prefix))
            return (suffix, region) if suffix else None
    return None


def _split(name: Text, rows: dict[str, AwsService], *, guess: bool) -> tuple[AwsService, Text] | None:
    head, region = _last_label(name)
    if guess and region == "s3":
        return GLOBAL_S3, anything(f"region of {name}")
    if not head:
        return None
    if (row := rows.get(head)) is not None:
        return row, region
    tail = head
    while OPEN in tail or "." in tail:
        _, tail = _first_label(tail)
        if (row := rows.get(f"*.{tail}")) is not None:
            return row, region
    if guess and "." not in head and is_exact(head):
        return AwsService(suffix=head, title=head, heads=(head,)), region
    return None


def _first_label(name: Text) -> tuple[Text, Text]:
    """The text before the first dot that is in no hole, and the text after it."""
    inside = False
    for place, letter in enumerate(name):
        if letter in (OPEN, CLOSE):
            inside = letter == OPEN
        elif letter == "." and not inside:
            return name[:place], name[place + 1 :]
    return name, ""


def _last_label(name: Text) -> tuple[Text, Text]:
    """The text before the last dot that is in no hole, and the text after it."""
    inside = False
    for place in range(len(name) - 1, -1, -1):
        if name[place] in (OPEN, CLOSE):
            inside = name[place] == CLOSE
        elif name[place] == "." and not inside:
            return name[:place], name[place + 1 :]
    return "", name
