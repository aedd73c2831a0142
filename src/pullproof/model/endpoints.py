"""VPC endpoints."""

import enum

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.iam import Policy
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin


class EndpointType(enum.Enum):
    """The kinds that matter here."""

    INTERFACE = "Interface"
    GATEWAY = "Gateway"
    GATEWAY_LOAD_BALANCER = "GatewayLoadBalancer"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC endpoint.

    `service` is the full service name ("com.amazonaws.eu-west-1.ecr.api"), possibly with a hole where
    the region is not known. `policy` None is AWS's default, full access. `groups` is what is in force:
    the VPC's default group when none is written. `addresses` maps a subnet's key to the address of the
    interface there, where known; an interface's address is otherwise anywhere in its subnet.
    """

    key: str
    origin: Origin
    vpc: Maybe[str]
    service: Maybe[Text]
    type: Maybe[EndpointType]
    subnets: Listing[str] = Listing()
    groups: Listing[str] = Listing()
    route_tables: Listing[str] = Listing()
    private_dns: Maybe[bool] = False
    #: S3 only: private DNS answers to inbound resolver endpoints alone, not inside the VPC.
    private_dns_inbound_only: Maybe[bool] = False
    policy: Maybe[Policy] | None = None
    addresses: tuple[tuple[str, Addresses], ...] = ()
    #: The region of the service where it is not the VPC's own (cross-region PrivateLink), else "".
    service_region: Maybe[str] = ""
    available: Maybe[bool] = True
    #: The id AWS gave it, or a hole: what `aws:SourceVpce` will be.
    id: Text = ""
