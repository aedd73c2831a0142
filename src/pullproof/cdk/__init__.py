"""pullproof for apps of the AWS CDK, as `pip install 'pullproof[cdk]'` brings it.

    from aws_cdk import App, Aspects
    from pullproof.cdk import FargateEndpoints, Pullproof

`FargateEndpoints` adds what services on Fargate need in a private network: endpoints, rules and policies.
`Pullproof` proves the synthesised templates, and fails the synthesis with its findings.
"""

from pullproof.cdk.endpoints import FargateEndpoints
from pullproof.cdk.validation import Pullproof, PullproofPlugin

__all__ = ["FargateEndpoints", "Pullproof", "PullproofPlugin"]
