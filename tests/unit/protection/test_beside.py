import pytest

from tests.support.screening import screen


def found(text: str) -> list[tuple[str, str]]:
    """Return kinds and values found in a text."""
    return [(finding.kind, text[finding.start : finding.end]) for finding in screen(text).findings]


def test_the_nearest_name_wins() -> None:
    """Of two names the one beside the value says what it is, in a row as well."""
    assert found("passport and driving licence no. 108423") == [("DRIVER_LICENCE", "108423")]
    assert found("ehliyet numaram 108423, kimlik yok") == [("DRIVER_LICENCE", "108423")]
    assert found("Kto 6130049, BLZ 43060967") == [("BANK_ACCOUNT", "6130049"), ("BANK_ACCOUNT", "43060967")]


def test_a_name_goes_on_over_a_list() -> None:
    """Several values of one make that follow a name are all its own."""
    text = "paspor: FX148013, FP4074662, A05497128"
    assert [value for _, value in found(text)] == ["FX148013", "FP4074662", "A05497128"]


def test_a_name_does_not_reach_into_the_next_sentence() -> None:
    """What another sentence says has nothing to do with a name, but an abbreviation ends no sentence."""
    assert [kind for kind, _ in found("My passport is fine. Parcel AB1234567 is not")] == ["ORDER_NUMBER"]
    assert found("Reisepassnr. lautet C01X00T47") == [("PASSPORT", "C01X00T47")]


@pytest.mark.parametrize("text", ["contract TC-2018-004417", "box KK-0417-0224", "voucher SSN-20240311"])
def test_a_name_with_a_hyphen_begins_a_code(text: str) -> None:
    """Letters that a hyphen ties to digits belong to them and name nothing."""
    assert [kind for kind, _ in found(text) if kind == "NATIONAL_ID"] == []


def test_small_words_are_no_letters_of_a_number() -> None:
    """Letters before a blank belong to a number only as capitals, or where everything is spelled out."""
    assert found("my passport is 533401267") == [("PASSPORT", "533401267")]
    assert found("paspor B 6840212") == [("PASSPORT", "B 6840212")]
    assert found("passport n 7 1 0 4 4 8 6") == [("PASSPORT", "n 7 1 0 4 4 8 6")]


def test_words_of_the_card_may_stand_before_its_expiry() -> None:
    """A card between the words for an expiry date and the date takes nothing away."""
    assert found("срок действия карты 12/28") == [("CARD_EXPIRY", "12/28")]


def test_masks_of_documents_show_nothing() -> None:
    """Of what proves who somebody is not even the last digits are shown."""
    assert screen("my ssn is 536-90-4399").masked.text == "my ssn is [NATIONAL_ID]"
    assert screen("dob 14/02/1987").masked.text == "dob [DATE_OF_BIRTH]"
