"""What pages and the API show, composed from several rooms' reads. Views never write."""
