"""A configuration planned by Terraform itself, without credentials: a copy of it, with every provider mocked."""
