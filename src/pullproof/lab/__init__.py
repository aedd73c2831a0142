"""An estate made real in network namespaces: packets, not proofs, say what gets through."""
