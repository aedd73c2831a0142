"""What a Fargate task needs before its container starts, as rows of a checked catalogue."""
