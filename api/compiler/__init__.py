"""GraphQL selection → plan → one Cypher statement → JSON."""
