"""The kit knows nothing of property management: time, context, database, errors, web."""
