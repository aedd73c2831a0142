"""The rows of the catalogue, and for each what of it a task needs: one file per kind."""
