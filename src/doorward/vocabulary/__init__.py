"""The nouns that every room may say: ids, scope, wild and masked text, and what passes from stage to stage.

Everything here is frozen and does no input or output. This folder is the glossary: a noun of the field that two rooms
share is defined here and nowhere else.
"""
