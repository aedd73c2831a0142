"""What ECS said, against what is proven."""
