"""A report as text; decides nothing."""
