"""The plugin API: what a plugin may say (contributions, hookspecs) and who listens (host)."""
