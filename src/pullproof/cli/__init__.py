"""Arguments, exit codes, error screens."""
