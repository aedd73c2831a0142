"""The images of a task, each with the ECR repository that the input shows for it."""

import msgspec

from pullproof.launch.images import Image, Registry, read_image, without_tag
from pullproof.launch.parts import read_arn
from pullproof.launch.stores import Stores
from pullproof.model.ecs import Container
from pullproof.model.services import host_of
from pullproof.model.stores import Repository
from pullproof.model.text import Text, is_exact, sole_hole
from pullproof.model.value import Maybe, Unknown


class Home(msgspec.Struct, frozen=True, cache_hash=True):
    """Where a task runs: what the parts of an ARN are when nothing else is written."""

    partition: str
    region: Text
    account: Text


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """One container's image. For images in ECR, `arn` is the repository's, and `repository` the noun the
    input shows for it.
    """

    container: Container
    image: Maybe[Image]
    repository: Repository | None = None
    arn: Text = ""


def pull_of(container: Container, stores: Stores, home: Home) -> Pull:
    """The image of a container, and its repository."""
    if isinstance(container.image, Unknown):
        return Pull(container=container, image=container.image)
    shown = stores.repository(without_tag(container.image.strip()))
    image = read_image(container.image, str(container.origin))
    if shown is not None and (isinstance(image, Unknown) or sole_hole(without_tag(image.text))):
        image = _image_in(shown, container.image.strip(), home)
    if isinstance(image, Unknown) or image.registry is not Registry.ECR:
        return Pull(container=container, image=image)
    arn = (
        f"arn:{image.partition or home.partition}:ecr:{image.region}:{image.account}:repository/{image.name}"
    )
    shown = shown or stores.repository_at(arn)
    if shown is None:
        shown = _of_that_name(image, stores, home)
    return Pull(container=container, image=image, repository=shown, arn=shown.arn if shown else arn)


def _of_that_name(image: Image, stores: Stores, home: Home) -> Repository | None:
    """The repository that the input shows under an image's name in the task's region, if it may be that one.

    Where nobody says what the task's own account is, an account written in the image is taken for it: an
    input that makes a repository and runs an image of its very name means that repository.
    """
    if image.region != home.region:
        return None
    found = stores.repository_named(image.name)
    if found is None or image.account == home.account:
        return found
    arn = read_arn(found.arn)
    accounts = (home.account, arn.account if arn else "")
    return found if is_exact(image.account) and not any(a and is_exact(a) for a in accounts) else None


def _image_in(repository: Repository, text: Text, home: Home) -> Image:
    """The image of a repository whose URL is only known by its name."""
    arn = read_arn(repository.arn)
    region, account = (arn.region, arn.account) if arn else (home.region, home.account)
    return Image(
        text=text,
        registry=Registry.ECR,
        host=host_of("ecr.dkr", region, home.partition, account),
        name=repository.name,
        account=account,
        region=region,
        partition=home.partition,
    )
