"""Edits as Terraform: a new file that refers to what exists, or the user's own files changed in place."""
