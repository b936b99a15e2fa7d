from doorward.plugins.languages.en.plugin import build


def test_the_disclosure_says_what_answers() -> None:
    """The reference says in plain words that the first line is automated, no person, and that a person can be had."""
    disclosure = build(None).messages["disclosure.bot"]
    assert all(words in disclosure for words in ("automated assistant", "not a person", "ask for a person"))
