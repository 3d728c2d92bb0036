"""Who is told of what, and the bell where they read it."""
