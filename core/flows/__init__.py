"""The one engine of all procedures: records move along the arrows of their flow, and every step is kept."""
