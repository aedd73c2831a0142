"""Mounting EFS."""

from pullproof.explain.row import CURRENT, ERR_RESOURCE, Nature, Row

EFS = r"EFS utils|mount\.nfs4?|efs\."
MOUNT_DNS = "https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html"
MOUNT_CAUSES = ("sg-ingress", "sg-egress", "nacl-ingress", "nacl-egress", "nacl-return", "no-mount-target")

ROWS = (
    Row(
        id="efs-name",
        step="efs",
        title="the file system's name did not resolve in the task's Availability Zone",
        nature=Nature.NAMES,
        patterns=(r"Failed to (resolve|locate)", EFS),
        era=CURRENT,
        causes=("no-mount-target", "dns-support-off", "dns-hostnames-off", "dns-no-record"),
        others=(
            "the file system is in another VPC: its name resolves in its own only",
            "the VPC uses a DNS server of its own that does not know the name",
            "the mount target is younger than about ninety seconds",
        ),
        doc=MOUNT_DNS,
    ),
    Row(
        id="efs-denied",
        step="efs",
        title="EFS refused the mount",
        nature=Nature.ACCESS,
        patterns=(r"access denied by server while mounting",),
        era=CURRENT,
        causes=("iam-missing-action", "resource-policy", "iam-denied"),
        others=("the permission is on the execution role: EFS is mounted with the task role",),
        doc=ERR_RESOURCE,
    ),
    Row(
        id="efs-directory",
        step="efs",
        title="the directory to mount does not exist on the file system",
        nature=Nature.TASK,
        patterns=(r"reason given by server: No such file or directory",),
        era=CURRENT,
        others=("create rootDirectory first, or use an access point that creates it",),
        doc=ERR_RESOURCE,
    ),
    Row(
        id="efs-timeout",
        step="efs",
        title="the task could not reach the mount target on port 2049",
        nature=Nature.NETWORK,
        patterns=(EFS, r"timeout after|timed out|mount system call failed|code: 32|Connection re(set|fused)"),
        era=CURRENT,
        causes=MOUNT_CAUSES,
        others=(
            "with IPv6 in the subnet the mount may have preferred an IPv6 address",
            "EFS refused the client: check the file system policy and the task role too",
        ),
        doc=ERR_RESOURCE,
    ),
    Row(
        id="efs-other",
        step="efs",
        title="EFS could not be mounted",
        nature=Nature.NETWORK,
        patterns=(r"failed to invoke EFS utils",),
        era=CURRENT,
        causes=(*MOUNT_CAUSES, "dns-support-off", "dns-hostnames-off", "iam-missing-action"),
        doc=ERR_RESOURCE,
    ),
)
