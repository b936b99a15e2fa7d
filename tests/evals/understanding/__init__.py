"""How well is understood what people want: messages in five languages, written apart from phrases and procedures."""
