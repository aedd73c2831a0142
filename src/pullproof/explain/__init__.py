"""What a stopped task's reason means, and the page of every code."""
