# Everything is in the modules.
