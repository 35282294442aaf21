"""The web API: GraphQL questions in, answers out."""
