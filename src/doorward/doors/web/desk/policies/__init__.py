"""The rules that decide: shown, tried on the past, put in force, taken back."""
