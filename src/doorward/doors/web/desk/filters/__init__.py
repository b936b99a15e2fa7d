"""What the desk says of filters, wherever they are written."""
