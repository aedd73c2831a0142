# Everything is in the module.
