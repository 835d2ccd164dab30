"""What runs the shared SQL of event logs and examples: DuckDB, or Spark."""
