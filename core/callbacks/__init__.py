"""Call-backs: every finished ticket's household is asked, and no ticket closes without it."""
