"""Who lives where: rooms, households, their phones and the lists they are imported from."""
