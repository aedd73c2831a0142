"""Inputs: each fills an estate and judges nothing."""
