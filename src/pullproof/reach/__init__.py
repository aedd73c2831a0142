"""Can this flow get there and back? One file per gate."""
