"""The only SQL: schema, append, projections, queries, integrity."""
