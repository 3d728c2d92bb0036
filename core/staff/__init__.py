"""Who works here: departments, people, the roles they hold in which projects, and who is on duty."""
