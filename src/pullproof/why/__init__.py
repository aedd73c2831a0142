"""What ECS said of a task that did not start, joined with what is proven of it now."""
