"""What a folder holds, told from its content: Terraform's, a CDK app's, templates, or the answers of AWS."""

import os

#: The contract's words for what folders hold.
TERRAFORM = "terraform-directory"
SNAPSHOT = "snapshot"
#: The folder that network tools expect answers in.
DUMP = "aws_configs"
APP = "cdk-assembly"
TEMPLATES = "cloudformation-template"


def folder_kind(path: str) -> str:
    """The contract's word for a folder; one that holds nothing we know is left to Terraform to refuse."""
    try:
        names = os.listdir(path)  # noqa: PTH208  # pathlib is slow to import
    except OSError:
        return TERRAFORM
    # Where a dump lies beside the configuration that made it, the folder is called so.
    if DUMP in names:
        return SNAPSHOT
    if any(name.endswith((".tf", ".tf.json", ".tofu")) for name in names):
        return TERRAFORM
    from pullproof.sources.snapshot.read import is_snapshot

    if is_snapshot(path):
        return SNAPSHOT
    from pullproof.sources.cloudformation.folder import is_app, templates_in

    if is_app(path):
        return APP
    return TEMPLATES if templates_in(path) else TERRAFORM
