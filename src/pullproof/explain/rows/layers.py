"""Downloading and unpacking the layers of an image."""

from pullproof.explain.row import (
    ANY,
    CURRENT,
    DOCKER,
    ERR_PULL,
    NETWORK_MARK,
    STORAGE,
    Nature,
    Row,
)

#: Layers come from S3, which interface endpoints are not needed for: the gateway endpoint, or a way out.
S3_CAUSES = (
    "gateway-not-associated",
    "endpoint-missing",
    "sg-egress",
    "nacl-egress",
    "nacl-return",
    "nat-not-public",
    "no-public-ip",
    "blackhole-route",
    "public-access-blocked",
)
READER = r"httpRead(er)?Seeker"
PERIMETER = (
    "a condition in the S3 endpoint's policy: layers are fetched with a link signed by an account of AWS"
)

ROWS = (
    Row(
        id="disk-full",
        step="image-layers",
        title="the image does not fit on the task's disk",
        nature=Nature.TASK,
        patterns=(r"no space left on device",),
        era=ANY,
        others=("raise ephemeralStorage (up to 200 GiB on 1.4.0), or make the image smaller",),
        doc=STORAGE,
    ),
    Row(
        id="unpack-failed",
        step="image-layers",
        title="the layers arrived and could not be unpacked",
        nature=Nature.CAPACITY,
        patterns=(r"failed to (unpack|extract|register|prepare|commit)|mknod|unpack mismatch",),
        era=ANY,
        others=("try again; if it comes back, build the image again or report it to AWS",),
        doc=ERR_PULL,
    ),
    Row(
        id="layers-denied",
        step="image-layers",
        title="S3 refused to hand out a layer",
        nature=Nature.ACCESS,
        patterns=(rf"{READER}|starport-layer-bucket", r"403 Forbidden|AccessDenied"),
        era=CURRENT,
        causes=("endpoint-policy",),
        others=(PERIMETER,),
        doc=ERR_PULL,
    ),
    Row(
        id="layers-denied-docker",
        step="image-layers",
        title="S3 refused to hand out a layer",
        nature=Nature.ACCESS,
        patterns=(r"error pulling image configuration", r"403|AccessDenied"),
        era=DOCKER,
        causes=("endpoint-policy",),
        others=(PERIMETER,),
        doc=ERR_PULL,
    ),
    Row(
        id="layers-timeout",
        step="image-layers",
        title="the task could not reach S3 to download the layers",
        nature=Nature.NETWORK,
        patterns=(rf"{READER}|starport-layer-bucket.*dial", NETWORK_MARK),
        era=CURRENT,
        causes=S3_CAUSES,
        others=(
            "the task's groups admit the endpoints only: S3's gateway endpoint needs egress to S3's prefix list",
        ),
        doc=ERR_PULL,
    ),
    Row(
        id="layers-timeout-docker",
        step="image-layers",
        title="the task could not reach S3 to download the layers",
        nature=Nature.NETWORK,
        patterns=(r"error pulling image configuration|DockerTimeoutError",),
        era=DOCKER,
        causes=S3_CAUSES,
        doc=ERR_PULL,
    ),
    Row(
        id="layers-panic",
        step="image-layers",
        title="the pull broke down; AWS puts this down to the way to S3",
        nature=Nature.NETWORK,
        patterns=(r"pull command failed: panic",),
        era=CURRENT,
        causes=S3_CAUSES,
        doc=ERR_PULL,
    ),
)
