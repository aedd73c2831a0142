"""`pullproof lab`: the same network with real packets, on this machine."""
