"""Fetching the manifest of an image, from ECR or another registry."""

from pullproof.explain.row import (
    ACCESS_CAUSES,
    ANY,
    CURRENT,
    CUSTOM_DNS,
    DOCKER,
    ERR_PULL,
    INTERFACE_CAUSES,
    NETWORK_MARK,
    NEW,
    Nature,
    Row,
)

PUBLIC = r"docker\.io|public\.ecr\.aws|quay\.io|ghcr\.io|gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com|docker\.elastic\.co"
PUBLIC_CAUSES = (
    "public-registry-unreachable",
    "no-public-ip",
    "nat-not-public",
    "blackhole-route",
    "sg-egress",
    "nacl-egress",
    "nacl-return",
    "public-access-blocked",
)

ROWS = (
    Row(
        id="image-platform",
        step="image-manifest",
        title="the image was not built for the processor or system that the task asks for",
        nature=Nature.TASK,
        patterns=(
            r"does not contain descriptor matching platform|no matching manifest for|exec format error",
        ),
        era=ANY,
        others=(
            "build the image for the platform of runtimePlatform (or set cpuArchitecture to the image's)",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-attestation",
        step="image-manifest",
        title="the reference leads to an attestation, not to an image",
        nature=Nature.TASK,
        patterns=(r"no processor for media-type|vnd\.in-toto",),
        era=CURRENT,
        others=("push without attestations (docker buildx build --provenance=false), or name another tag",),
        doc=ERR_PULL,
    ),
    Row(
        id="image-rate-limit",
        step="image-manifest",
        title="the registry has had too many anonymous pulls from this address",
        nature=Nature.CAPACITY,
        patterns=(r"toomanyrequests|pull rate limit|429 Too Many Requests",),
        era=ANY,
        others=(
            "log in to the registry (repositoryCredentials), or take the image through ECR's pull-through cache",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-not-found",
        step="image-manifest",
        title="there is no such repository, tag or digest",
        nature=Nature.TASK,
        patterns=(
            r"failed to resolve ref.*: not found|API error \(404\)|manifest unknown|repository .* not found",
        ),
        era=ANY,
        causes=("iam-missing-action", "resource-policy"),
        others=(
            "the tag or digest is misspelt, was never pushed, or was deleted by a lifecycle policy",
            "the first pull through a pull-through cache lacks ecr:BatchImportUpstreamImage",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-certificate",
        step="image-manifest",
        title="the registry shows a certificate that Fargate does not trust",
        nature=Nature.TASK,
        patterns=(r"x509: certificate|certificate signed by unknown authority",),
        era=ANY,
        others=(
            "a registry with a certificate of your own: Fargate cannot be told to trust it",
            "a firewall that opens TLS connections to inspect them",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-access-denied",
        step="image-manifest",
        title="the registry does not let this task have the image",
        nature=Nature.ACCESS,
        patterns=(
            (
                r"pull access denied|may require authorization|no basic auth credentials|insufficient_scope"
                r"|permissions to pull images from the registry|403 Forbidden|401 Unauthorized|not authorized to perform: ecr:"
            ),
        ),
        era=ANY,
        causes=ACCESS_CAUSES,
        others=(
            "the image name is wrong: registries do not tell a missing repository from a forbidden one",
            "a private registry without repositoryCredentials",
            "the registry's dual-stack name (dkr-ecr ... on.aws), for which the agent has no token",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-public-timeout",
        step="image-manifest",
        title="the task could not reach a registry on the internet",
        nature=Nature.NETWORK,
        patterns=(PUBLIC, NETWORK_MARK),
        era=ANY,
        also=("image-layers",),
        causes=PUBLIC_CAUSES,
        others=(
            "no VPC endpoint leads to public registries: copy the image to ECR, or give the subnet a way out",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="image-manifest-timeout",
        step="image-manifest",
        title="the task could not reach the registry to fetch the manifest",
        nature=Nature.NETWORK,
        patterns=(r"failed to resolve ref", NETWORK_MARK),
        era=CURRENT,
        causes=INTERFACE_CAUSES,
        others=(CUSTOM_DNS, "the endpoint for ecr.api is there, and the one for ecr.dkr is not"),
        doc=ERR_PULL,
    ),
    Row(
        id="image-connection",
        step="image-manifest",
        title="the task could not reach the registry, or S3, to pull the image",
        nature=Nature.NETWORK,
        patterns=(
            (
                r"connection issue between the task and Amazon ECR"
                r"|can.t pull the image\. Check your network configuration"
            ),
        ),
        era=NEW,
        also=("image-layers",),
        causes=(*INTERFACE_CAUSES, "gateway-not-associated"),
        others=(CUSTOM_DNS,),
        doc=ERR_PULL,
    ),
    Row(
        id="image-timeout-docker",
        step="image-manifest",
        title="the task could not reach the registry",
        nature=Nature.NETWORK,
        patterns=(
            r"API error \(500\)|Error response from daemon",
            r"request canceled while waiting|Client\.Timeout exceeded|i/o timeout",
        ),
        era=DOCKER,
        causes=INTERFACE_CAUSES,
        others=(CUSTOM_DNS,),
        doc=ERR_PULL,
    ),
    Row(
        id="image-digest",
        step="image-manifest",
        title="the tag could not be resolved to a digest",
        nature=Nature.ACCESS,
        patterns=(r"CannotPullImageManifestError",),
        era=ANY,
        causes=("iam-missing-action", "resource-policy", "endpoint-missing"),
        others=("the image is missing", "the registry limits anonymous pulls"),
        doc=ERR_PULL,
    ),
    Row(
        id="image-context-canceled",
        step="image-manifest",
        title="the pull took longer than Fargate waits",
        nature=Nature.NETWORK,
        patterns=(r"CannotPull\w*Error.*context cancell?ed",),
        era=ANY,
        also=("image-layers",),
        causes=(*INTERFACE_CAUSES, "gateway-not-associated"),
        others=("the start timeout of the container is too short for so large an image",),
        doc=ERR_PULL,
    ),
)
