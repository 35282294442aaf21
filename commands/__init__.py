"""What each command of the command line does; `partnergraph.py` puts them together."""
