"""Who somebody is and what they may do: sign-in, sessions, roles, the making of a company."""
