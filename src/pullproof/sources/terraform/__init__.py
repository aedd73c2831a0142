"""Terraform plans, states and directories."""
