"""The connector that sends mail by SMTP."""
