"""Every row there is, by type, and what is said of types that have none."""

from functools import cache

from pullproof.sources.cloudformation import (
    map_ecs,
    map_filters,
    map_iam,
    map_launches,
    map_names,
    map_network,
    map_sam,
    map_stores,
    map_transit,
)
from pullproof.sources.cloudformation.rows import Row

AREAS = (
    map_network,
    map_filters,
    map_iam,
    map_stores,
    map_ecs,
    map_names,
    map_transit,
    map_launches,
    map_sam,
)

#: Types that matter only by their ARNs, which must be told from those of other things.
NAMED = {
    "AWS::CertificateManager::Certificate": "aws_acm_certificate",
    "AWS::Cognito::UserPool": "aws_cognito_user_pool",
    "AWS::RDS::DBInstance": "aws_db_instance",
    "AWS::RDS::DBCluster": "aws_rds_cluster",
    "AWS::DynamoDB::Table": "aws_dynamodb_table",
    "AWS::DynamoDB::GlobalTable": "aws_dynamodb_table",
    "AWS::KinesisFirehose::DeliveryStream": "aws_kinesis_firehose_delivery_stream",
    "AWS::Kinesis::Stream": "aws_kinesis_stream",
    "AWS::Lambda::Function": "aws_lambda_function",
    "AWS::Serverless::Function": "aws_lambda_function",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "aws_lb",
    "AWS::SNS::Topic": "aws_sns_topic",
    "AWS::SQS::Queue": "aws_sqs_queue",
    "AWS::IAM::User": "aws_iam_user",
    "AWS::IAM::Group": "aws_iam_group",
}
#: Of these, `Ref` gives the ARN.
REF_IS_ARN = frozenset(
    (
        *("AWS::CertificateManager::Certificate", "AWS::SNS::Topic"),
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
    )
)


@cache
def rows() -> dict[str, Row]:
    """Every row by its type."""
    found: dict[str, Row] = {}
    for area in AREAS:
        for row in area.ROWS:
            if row.type in found:
                raise ValueError(f"two rows for {row.type}")
            found[row.type] = row
    return found
