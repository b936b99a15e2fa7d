"""The detector plugin `date_of_birth`."""
