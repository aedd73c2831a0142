"""What renderers write, read again."""
