"""Terraform's functions, as far as they are pure: one file per family, one table of all.

https://developer.hashicorp.com/terraform/language/functions
"""
