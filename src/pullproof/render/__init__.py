"""Edits as text that an engine applies: new files, and patches of the user's own."""
