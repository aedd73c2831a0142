"""Reasons for not knowing that the engine itself adds, worded once."""

from pullproof.model.addresses import EVERY_V4, PUBLIC_V4
from pullproof.model.value import Unknown, Why

#: IPv4 as ranges, and the part of it where a public host may be.
ANY_V4 = EVERY_V4.v4
PUBLIC = PUBLIC_V4.v4


def not_modelled(what: str, resource: str, settle_by: str) -> Unknown:
    """Something this program leaves out."""
    return Unknown(Why.NOT_MODELLED, what, resource, settle_by)


def not_shown(what: str, resource: str, settle_by: str) -> Unknown:
    """Something the input would have to hold."""
    return Unknown(Why.NOT_IN_INPUT, what, resource, settle_by)


def not_followed(what: str, resource: str) -> Unknown:
    """An expression that the input does not let us follow."""
    return Unknown(Why.NOT_FOLLOWED, what, resource, f"write {what} so that it is known before apply")


def first_of(why: Unknown | None, otherwise: Unknown) -> Unknown:
    """The reason, if there is one, else the other."""
    return otherwise if why is None else why


def no_published_list(host: str, vpc: str) -> Unknown:
    """Which public addresses a host has."""
    return not_modelled(
        f"the public addresses of {host}",
        vpc,
        f"nobody publishes a list of the addresses of {host}: let the flow out to 0.0.0.0/0 all the way,"
        " or give the VPC an interface endpoint for the service",
    )
