"""pullproof: prove, before the deployment, that every ECS task on Fargate can start."""

__version__ = "0.1.0"
