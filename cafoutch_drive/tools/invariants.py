"""What must be true of any database of the drive, at any moment."""
