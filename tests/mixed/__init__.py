"""An input and the account it is for, together."""
