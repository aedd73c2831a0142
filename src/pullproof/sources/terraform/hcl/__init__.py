"""Terraform's own language: read with positions, and evaluated as far as the input tells."""
