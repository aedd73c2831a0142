"""Edits as code for the AWS CDK in Python."""
