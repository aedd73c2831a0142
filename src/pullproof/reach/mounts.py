"""EFS: the name of a file system resolves to the mount target of the asking zone, and to no other.

https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
"""

from pullproof.evidence import Gate
from pullproof.model.addresses import Addresses
from pullproof.model.stores import MountTarget
from pullproof.model.text import Text, shown, sole_hole
from pullproof.model.value import Unknown
from pullproof.reach.answers import Answer, Meaning
from pullproof.reach.doubts import ANY_V4, not_modelled, not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Dest
from pullproof.reach.placement import same_zone
from pullproof.reach.start import Start
from pullproof.reach.words import step_of
from pullproof.verdict import Verdict


def mount_meaning(ground: Ground, start: Start, file_system: Text) -> Meaning:
    """Which mount targets a file system's name may mean in the source's subnet."""
    key = _key(ground, file_system)
    answers: list[Answer] = []
    choice: list[Unknown] = []
    elsewhere: list[MountTarget] = []
    for target in ground.estate.by_file_system_targets.get(key, ()):
        near = _near(ground, start, target)
        if near is Verdict.FAILS:
            elsewhere.append(target)
            continue
        answer = _answer(ground, start, key, target)
        if near is Verdict.WORKS:
            return Meaning((answer,))
        answers.append(answer)
        choice.append(_which_zone(target))
    if doubts := _others(ground, key):
        return Meaning(tuple(answers), tuple(choice), doubts)
    return Meaning((*answers, _none(start, key, elsewhere)), tuple(choice))


@remembered
def file_system_keys(ground: Ground) -> dict[Text, str]:
    """The key of each file system by its id, and by its key."""
    held = ground.estate.file_systems.values()
    return {name: system.key for system in held for name in (system.id, system.key) if name}


def _key(ground: Ground, file_system: Text) -> str:
    """The key of a file system known by its id, its key, or a reference to it; the text itself otherwise."""
    keys = file_system_keys(ground)
    if (found := keys.get(file_system)) is not None:
        return found
    reference = sole_hole(file_system)
    return next((key for key in keys.values() if reference.startswith(f"{key}.")), file_system)


def _near(ground: Ground, start: Start, target: MountTarget) -> Verdict:
    """Whether a mount target is in the source's zone, and in its VPC."""
    if target.subnet == start.subnet.key:
        return Verdict.WORKS
    subnet = ground.subnet(target.subnet, target.key)
    if isinstance(subnet, Unknown) or isinstance(subnet.vpc, Unknown):
        return Verdict.UNKNOWN
    if subnet.vpc != start.vpc.key:
        return Verdict.FAILS
    return same_zone(subnet.zone, start.subnet.zone)


def _answer(ground: Ground, start: Start, key: str, target: MountTarget) -> Answer:
    says = f"{shown(key)} resolves to {target.key}"
    step = step_of(Gate.NAMES, start.vpc.key, says, cites=(target.origin,))
    return Answer(step=step, dests=(_dest(ground, start, target),))


def _dest(ground: Ground, start: Start, target: MountTarget) -> Dest:
    """The interface of a mount target; AWS picks its address unless one is written."""
    subnet = ground.subnet(target.subnet, target.key)
    extent, why = ((), subnet) if isinstance(subnet, Unknown) else ground.extent(subnet)
    if isinstance(target.addresses, Addresses):
        extent, why = target.addresses.v4, None
    adrift = subnet if isinstance(subnet, Unknown) else None if extent else _no_ipv4(target)
    if not extent:
        extent, why = ANY_V4, adrift
    return Dest(
        id=target.key,
        label=target.key,
        addresses=extent,
        exact=why is None,
        why=why,
        groups=target.groups,
        named=True,
        home=start.vpc.key,
        at=target.key,
        gate=Gate.MOUNT_TARGET,
        subnet="" if isinstance(subnet, Unknown) else subnet.key,
        adrift=adrift,
    )


def _no_ipv4(target: MountTarget) -> Unknown:
    return not_modelled(
        f"the interface of {target.key}",
        target.key,
        f"{target.key} has no IPv4 address, and only IPv4 is modelled",
    )


def _others(ground: Ground, key: str) -> tuple[Unknown, ...]:
    """Why the file system may have mount targets that the input does not show."""
    unplaced = ground.estate.by_file_system_targets.get("", ())
    whys = [target.file_system for target in unplaced if isinstance(target.file_system, Unknown)]
    if key not in ground.estate.file_systems:
        whys.append(
            not_shown(
                f"the mount targets of {shown(key)}",
                shown(key),
                f"add the configuration or account that holds {shown(key)} and its mount targets",
            )
        )
    return (*whys, *ground.open("MountTarget"))


def _none(start: Start, key: str, elsewhere: list[MountTarget]) -> Answer:
    zone = start.subnet.zone
    where = f"the zone of {start.subnet.key}" + (f" ({shown(zone)})" if isinstance(zone, str) else "")
    others = ", ".join(target.key for target in elsewhere)
    says = f"{shown(key)} has no mount target in {where}" + (f", only {others}" if others else "")
    step = step_of(Gate.MOUNT_TARGET, key, says, code="no-mount-target", resource=key)
    return Answer(step=step)


def _which_zone(target: MountTarget) -> Unknown:
    return not_shown(
        f"whether {target.key} is in the same Availability Zone",
        target.key,
        f"write the Availability Zones of the subnets so that they can be compared with that of {target.key}",
    )
