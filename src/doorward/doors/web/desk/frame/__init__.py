"""What moves in the frame around every page of the desk."""
