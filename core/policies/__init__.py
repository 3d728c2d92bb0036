"""Values a company may set: product defaults, presets, and differences laid over them."""
