"""The smallest set of edits that is proven to help; everything proposed here is judged again by `prove`."""
