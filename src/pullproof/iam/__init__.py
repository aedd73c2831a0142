"""May this principal do this? One analysis per policy layer, folded once."""
