"""The same estate read in two ways must give the same answer."""
