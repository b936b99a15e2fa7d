"""Fuzzing: made-up bytes, guided by which code they reach (atheris, libFuzzer), for a bounded time."""
