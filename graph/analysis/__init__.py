"""What the whole network says of each organisation and learning community: metrics, computed after each load."""
