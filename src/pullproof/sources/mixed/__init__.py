"""An input and the account it is for: what the input leaves open, settled by what the account shows."""
