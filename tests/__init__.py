"""The tests. A package only so that they can share helpers: `from tests.terraform import Terraform`."""
