"""What the graph is, and how to reach it."""
