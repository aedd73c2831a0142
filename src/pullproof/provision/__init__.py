"""A private network and a service in it, from nothing: an estate with holes, mended as any other, and written out."""
