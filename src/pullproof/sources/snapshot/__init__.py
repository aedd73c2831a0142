"""An account as AWS's APIs show it: answers kept in a folder or just collected, read into an estate."""
