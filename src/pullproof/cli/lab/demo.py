"""`lab demo`: a network that worked with platform version 1.3.0, upgraded to 1.4.0, in real packets.

Each act is an estate of its own kind: nothing is scripted but the changes; what happens is what the
network does.
"""

import time
from argparse import Namespace
from typing import Any

import msgspec

from pullproof.cli.out import emit
from pullproof.errors import PullproofError
from pullproof.model.addresses import EVERYWHERE, cidr, of
from pullproof.model.ecs import Container, Launch, LaunchKind, LogConfiguration, TaskDefinition
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, PrefixList, SecurityGroup
from pullproof.model.iam import Policy, Role
from pullproof.model.managed_policies import managed_policy
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.stores import LogGroup, Repository
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, RouteTable, Subnet, Vpc
