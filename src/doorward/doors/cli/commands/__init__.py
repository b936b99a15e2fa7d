"""One module per command or group of commands; each offers it as `command`."""
