"""What several test folders stand on."""
