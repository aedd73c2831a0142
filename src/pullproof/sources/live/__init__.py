"""A live account: the read-only calls that the question needs, and their answers in the layout of a snapshot."""
