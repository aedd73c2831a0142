"""Condition operators: one file for each family, and the table that names them all."""
