"""What every company has: the kit, the plugin API, households, staff, tickets, clocks, call-backs."""
