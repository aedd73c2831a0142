"""pullproof for apps of the AWS CDK, as `pip install 'pullproof[cdk]'` brings it.

    from pullproof.cdk import FargateEndpoints

`FargateEndpoints` adds what services on Fargate need in a private network: endpoints, rules and policies.
"""

from pullproof.cdk.endpoints import FargateEndpoints

__all__ = ["FargateEndpoints"]
