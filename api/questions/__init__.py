"""What the graph can be asked beside its own nodes and links, one question a file."""
