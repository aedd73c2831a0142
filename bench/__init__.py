"""Measurements of speed and memory: `make bench`. Nothing here is a test; nothing fails for being slow."""
