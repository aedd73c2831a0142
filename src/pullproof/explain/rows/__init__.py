"""The error catalogue: one file for each part of a launch."""
