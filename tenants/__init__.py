"""Companies: their subdomains, plugin switches, settings, and how a host name becomes one of them."""
