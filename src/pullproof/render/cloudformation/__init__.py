"""Edits as CloudFormation: a template of their own, or changes of the user's template."""
