"""Mount targets: one in a zone, in one VPC for a whole file system.

https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html
"""

from pullproof.model.edits import AddMountTarget, AddSecurityGroup, Edit, new
from pullproof.model.vpc import Subnet
from pullproof.prove.gaps import Gap
from pullproof.repair.scene import Move, Scene, Stands, Ways, held


def mount_target(gap: Gap, scene: Scene) -> Ways:
    """A mount target in the task's own subnet."""
    system = scene.estate.file_systems.get(gap.decision.to_change)
    subnet, vpc = scene.subnet(gap), scene.vpc(gap)
    if system is None or subnet is None or vpc is None:
        return Stands("the file system is not in the input", "add a mount target where it is kept")
    targets = scene.estate.by_file_system_targets.get(system.key, ())
    groups: tuple[str, ...] = ()
    for target in targets:
        there = scene.estate.subnets.get(held(target.subnet))
        if there is not None and there.vpc != vpc.key:
            return Stands(
                f"{system.key} has its mount targets in another VPC, and a file system has them in one VPC only",
                f"mount it through VPC peering by an address, or move {gap.launch} to that VPC",
            )
        if not groups and target.groups.complete:
            groups = target.groups.items
    made: tuple[Edit, ...] = ()
    if not groups:
        name = scene.names.name("efs", vpc.key)
        groups, made = (
            (new(name),),
            (AddSecurityGroup(name=name, vpc=vpc.key, description="Mount targets that starting tasks need"),),
        )
    where = _one_of_the_zone(scene, gap, subnet)
    place = scene.names.name("mount", system.key, where)
    edit = AddMountTarget(name=place, file_system=system.key, subnet=where, groups=groups)
    return (Move((*made, edit)),)


def _one_of_the_zone(scene: Scene, gap: Gap, subnet: Subnet) -> str:
    """Of the subnets of one zone that lack a mount target, the first: it serves the others as well."""
    found = [subnet.key]
    for other in scene.gaps:
        decision, there = other.decision, scene.subnet(other)
        same = (decision.code, decision.to_change) == (gap.decision.code, gap.decision.to_change)
        if same and there is not None and (there.vpc, there.zone) == (subnet.vpc, subnet.zone):
            found.append(there.key)
    return min(found)
