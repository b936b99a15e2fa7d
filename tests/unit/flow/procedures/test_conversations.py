"""Procedures as customers meet them: by the web chat, in a whole house, with Halden's core system behind it."""

from typing import Any

import pytest

from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER
from doorward.record import WrittenEntry
from tests.support.playing import Customer, Stage, World

TWO_CARDS: dict[str, Any] = {
    "card": [{"last4": "4471", "kind": "debit"}, {"last4": "9012", "kind": "credit"}],
}
ONE_CARD: dict[str, Any] = {"card": [{"last4": "4471", "kind": "debit"}]}


def began(stage: Stage, world: World, text: str, intent: str, *, level: int = 1) -> tuple[Customer, WrittenEntry]:
    """Return a customer who said what they want, and the answer."""
    stage.hints = {text: intent}
    customer = world.customer(level=level)
    line = customer.say(text)
    assert line is not None
    return customer, line


def told(line: WrittenEntry | None) -> str:
    """Return the text of a line."""
    assert line is not None
    assert line.entry.text is not None
    return line.entry.text.text


def told_nothing() -> WrittenEntry:
    """Say that there should have been an answer."""
    raise AssertionError("no answer")


def cards(world: World, reference: str = CUSTOMER) -> dict[str, str]:
    """Return how cards stand."""
    return {card["last4"]: card["status"] for card in world.snapshot()[reference]["card"]}


def test_what_is_known_is_not_asked(stage: Stage) -> None:
    """The one card of somebody who is signed in is frozen at once, and the act stands in the ledger."""
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "please freeze my card", "card.freeze")
    assert told(line) == "Your debit card ending in 4471 is frozen."
    assert cards(world)["4471"] == "frozen"
    (acted,) = [one.entry.data for one in customer.ledger() if one.entry.kind == "procedure.acted"]
    assert (acted["operation"], acted["outcome"], acted["level"], acted["step"]) == ("freeze_card", "done", 1, "freeze")
    assert line.entry.data["procedure"]["outcome"] == "resolved"


def test_something_that_cannot_be_taken_back_is_confirmed_for_exactly_one_thing(stage: Stage) -> None:
    """The card is asked for with buttons, confirmed by name, and blocked; a no leaves it as it is."""
    world = stage.people(TWO_CARDS, language="en")
    customer, line = began(stage, world, "i want a card blocked", "card.block")
    choices = [choice["says"] for choice in line.entry.data["choices"]]
    assert sorted(choices) == ["credit card ending in 9012", "debit card ending in 4471"]
    assert "credit card ending in 9012" in told(customer.say("credit card ending in 9012"))
    assert cards(world)["9012"] == "active"
    assert told(customer.say("Yes")) == "Your credit card ending in 9012 is blocked."
    assert cards(world) == {"4471": "active", "9012": "blocked"}
    assert "4471" in told(customer.say("i want a card blocked"))
    assert told(customer.say("no")) == "I have left it as it is."
    assert cards(world) == {"4471": "active", "9012": "blocked"}


def test_the_end_of_a_number_names_a_card_even_where_it_looks_like_a_secret(stage: Stage) -> None:
    """'No, 9012' is masked as a PIN; it is opened for this one purpose and names the other card."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    assert "debit card ending in 4471" in told(customer.say("4471"))
    line = customer.say("no, 9012")
    assert "[PIN]" in str([one.entry.text for one in customer.ledger() if one.entry.kind == "message.customer"])
    assert "credit card ending in 9012" in told(line)
    customer.say("yes")
    assert cards(world) == {"4471": "active", "9012": "blocked"}


def test_a_question_in_between_is_answered_and_the_procedure_asks_again(stage: Stage) -> None:
    """Nothing is lost by asking something else."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    line = customer.say("How long does it take until a new card arrives?")
    assert line is not None
    assert line.entry.data["action"] == "answer"
    assert told(line).endswith("Which card shall I block?")
    assert "4471" in told(customer.say("the debit card"))


def test_another_procedure_lets_the_first_one_wait(stage: Stage) -> None:
    """The first is taken up where it was, once the second is over."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    stage.hints = {"i would rather complain about something": "complaint.make"}
    assert told(customer.say("i would rather complain about something")) == "Did you tell somebody about it already?"
    line = customer.say("no")
    assert line is not None
    procedure = line.entry.data["procedure"]
    assert (procedure["id"], procedure["awaits"], procedure["outcome"]) == ("block_card", "answer", "")
    assert "Your complaint is noted." in told(line)
    assert told(line).endswith("Which card shall I block?")
    customer.say("9012")
    customer.say("yes")
    assert cards(world) == {"4471": "active", "9012": "blocked"}


def test_a_code_in_the_text_field_proves_who_it_is_and_the_procedure_goes_on(stage: Stage) -> None:
    """The code is masked like every secret, opened once for this, and nothing of it is kept."""
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "i need a new card", "card.replace")
    assert line.entry.data["procedure"]["awaits"] == "code"
    assert f"{world.email[0]}…@e…" in told(line)
    assert "Shall I replace" in told(customer.say(customer.code()))
    said = [one.entry.text.text for one in customer.ledger() if one.entry.text is not None]
    assert customer.code() not in " ".join(said)
    assert told(customer.say("yes")) == "A new card is on its way."
    assert cards(world)["4471"] == "blocked"


@pytest.mark.parametrize("behind", ["but I changed my mind, don't", "no, never mind"])
def test_a_code_with_a_change_of_mind_sets_nothing_in_motion(stage: Stage, behind: str) -> None:
    """Whoever sends the code and says in the same breath that they want it no more, gets nothing of it."""
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "i need a new card", "card.replace")
    assert line.entry.data["procedure"]["awaits"] == "code"
    last = customer.say(f"{customer.code()} {behind}")
    assert last is not None
    assert last.entry.data["procedure"]["awaits"] == ""
    assert cards(world)["4471"] == "active"


def test_a_code_in_the_widgets_own_field_goes_on_without_another_word(stage: Stage) -> None:
    """The bot says what comes next as soon as the proof is there, once."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "i need a new card", "card.replace")
    assert not customer.confirm(customer.wrong_code())
    before = len(customer.bot_lines())
    assert customer.confirm(customer.code())
    assert told(customer.bot_lines()[-1]) == "Shall I replace your debit card ending in 4471?"
    assert len(customer.bot_lines()) == before + 1
    customer.say("yes")
    assert cards(world)["4471"] == "blocked"


def test_whoever_signs_in_goes_on_without_another_word(stage: Stage) -> None:
    """A stranger who comes back with the host site's word is the customer, in the same conversation."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "freeze my card", "card.freeze", level=0)
    customer.sign_in(world.reference)
    assert told(customer.bot_lines()[-1]) == "Your debit card ending in 4471 is frozen."
    assert cards(world)["4471"] == "frozen"


def test_wrong_codes_lead_nowhere(stage: Stage) -> None:
    """After a few the customer hears what they cannot have, and nothing was changed."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "i need a new card", "card.replace")
    assert customer.say(customer.wrong_code()) is not None
    customer.say(customer.wrong_code())
    assert told(customer.say(customer.wrong_code())) == "Without the code I cannot do that."
    assert cards(world)["4471"] == "active"


def test_a_new_number_is_kept_where_it_belongs_and_nowhere_else(stage: Stage) -> None:
    """The core system has it, identity knows it, and the ledger shows the mask only."""
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "my number has changed", "phone.change")
    assert told(line) == "What is your new telephone number?"
    customer.say("+44 20 7946 0312")
    assert "0312" not in told(customer.say(customer.code()))
    assert world.snapshot()[CUSTOMER]["customer"]["phone"] == "+44 20 7946 0312"
    house, scope = stage.house, stage.scope
    party = stage.read(lambda tx: house.identity.parties.find_by_reference(tx, scope, world.reference))
    assert party is not None
    profile = house.transactions.write(
        scope, lambda tx: house.identity.parties.read_profile(tx, scope, party.id, reason="test")
    )
    assert profile.phone == "+44 20 7946 0312"
    said = [one.entry.text.text for one in customer.ledger() if one.entry.text is not None]
    assert "7946" not in " ".join(said)


def test_a_stranger_is_told_to_sign_in_and_learns_nothing(stage: Stage) -> None:
    """Not even whether there is such a customer: the core system is never asked."""
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "freeze my card", "card.freeze", level=0)
    assert line.entry.data["procedure"]["awaits"] == "sign_in"
    customer.say("it is Robin Ambrose, born in 1980")
    assert world.core.asked == []
    assert cards(world)["4471"] == "active"


def test_a_stranger_may_complain(stage: Stage) -> None:
    """What anybody may do needs no proof, and is nobody's in the core system."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "i want to complain", "complaint.make", level=0)
    assert told(customer.say("no")) == "Your complaint is noted."
    assert len(world.snapshot()[""]["case"]) == 1
    assert world.snapshot()[BYSTANDER]["case"] == []


def test_what_was_left_is_asked_about_in_another_conversation(stage: Stage) -> None:
    """The same customer finds it again and goes on; nobody else does."""
    world = stage.people(TWO_CARDS, language="en", bystander=True)
    began(stage, world, "block it", "card.block")
    other = world.bystander()
    assert "procedure" not in (other.say("hello") or told_nothing()).entry.data
    again = world.customer()
    line = again.say("hello")
    assert "Which card shall I block?" in told(line)
    assert "Shall we go on?" in told(line)
    assert told(again.say("yes")) == "Which card shall I block?"
    again.say("4471")
    again.say("yes")
    assert cards(world) == {"4471": "blocked", "9012": "active"}


@pytest.mark.parametrize(
    ("intent", "said", "field"),
    [
        ("address.change", "7 Fairweather Lane, Harrowgate HG9 4QX", "address"),
        ("address.change", "The old mill 12 behind the weir, Harrowgate", "address"),
        ("phone.change", "+44 20 7946 0312", "phone"),
        ("email.change", "robin.new@example.org", "email"),
    ],
)
def test_what_was_told_in_one_conversation_is_used_in_another(stage: Stage, intent: str, said: str, field: str) -> None:
    """A masked value is opened where it lies, for the same customer, however many conversations later."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "it has changed", intent)
    customer.say(said)
    again = world.customer()
    again.say("hello")
    again.say("yes")
    again.say(again.code())
    assert world.snapshot()[CUSTOMER]["customer"][field] == said


@pytest.mark.parametrize(
    ("language", "correction", "wish"),
    [
        ("en", "sorry, there was a typo: it is robin.right@example.org", ""),
        ("en", "there was a mistake in that address: it is robin.right@example.org", "address.change@0.6"),
        ("de", "Da war ein Tippfehler, richtig ist robin.right@example.org", ""),
    ],
)
def test_what_was_mistyped_is_put_right_behind_the_end(stage: Stage, language: str, correction: str, wish: str) -> None:
    """A correction with another value begins the same anew; the same words without one, or another value, do not."""
    world = stage.people(ONE_CARD, language=language)
    customer, _ = began(stage, world, "it has changed", "email.change")
    customer.say("robin.wrong@example.org")
    customer.say(customer.code())
    assert world.snapshot()[CUSTOMER]["customer"]["email"] == "robin.wrong@example.org"
    others = (correction.partition("robin.")[0], "you can call me on +44 20 7946 0312, robin.third@example.org")
    stage.hints |= {correction: wish, **dict.fromkeys(others, "")}
    line = customer.say(correction)
    assert line is not None
    assert (line.entry.data["procedure"]["id"], line.entry.data["procedure"]["outcome"]) == ("change_email", "resolved")
    assert world.snapshot()[CUSTOMER]["customer"]["email"] == "robin.right@example.org"
    for other in others:
        assert "procedure" not in (customer.say(other) or told_nothing()).entry.data
    assert world.snapshot()[CUSTOMER]["customer"]["email"] == "robin.right@example.org"


def test_whoever_asks_for_the_same_anew_goes_on_with_it(stage: Stage) -> None:
    """'Shall we go on?' is answered by what one wants as well as by a yes."""
    world = stage.people(TWO_CARDS, language="en")
    began(stage, world, "block it", "card.block")
    again = world.customer()
    again.say("hello")
    assert told(again.say("block it")) == "Which card shall I block?"


def test_what_was_left_is_ended_by_a_no(stage: Stage) -> None:
    """Whoever does not want it any more hears no more of it."""
    world = stage.people(TWO_CARDS, language="en")
    began(stage, world, "block it", "card.block")
    again = world.customer()
    again.say("hello")
    again.say("no")
    assert "procedure" not in (again.say("hello") or told_nothing()).entry.data


def test_never_mind_ends_it(stage: Stage) -> None:
    """Whoever wants none of it any more is taken at their word."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    line = customer.say("never mind")
    assert line is not None
    assert line.entry.data["procedure"]["outcome"] == "declined"
    assert cards(world) == {"4471": "active", "9012": "active"}


def test_a_person_comes_when_asked_for_and_the_procedure_waits(stage: Stage) -> None:
    """Nothing is done while a person has it."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    customer.say("I want to talk to a person")
    assert customer.state() == "waiting"
    customer.say("4471")
    customer.say("yes")
    assert cards(world) == {"4471": "active", "9012": "active"}


def test_what_sounds_a_little_like_another_wish_begins_nothing_in_between(stage: Stage) -> None:
    """Short answers sound like wishes: while a question waits, only what is surely a wish begins something else."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    stage.hints = {"well, what do you think": "complaint.make@0.7"}
    assert told(customer.say("well, what do you think")).endswith("Which card shall I block?")
    customer.say("9012")
    customer.say("yes")
    assert cards(world) == {"4471": "active", "9012": "blocked"}


def test_a_word_behind_the_end_wants_nothing(stage: Stage) -> None:
    """'Right, I will look for it first' begins nothing; whoever says it a second time is asked what they mean."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "please freeze my card", "card.freeze")
    remark = "right, then i will look for it under the sofa"
    stage.hints = {remark: "complaint.make@0.6"}
    line = customer.say(remark)
    assert line is not None
    assert (line.entry.data["action"], "procedure" in line.entry.data) == ("greet", False)
    again = customer.say(remark)
    assert again is not None
    assert again.entry.data["procedure"]["id"] == "complain"


def test_a_correction_behind_the_end_begins_the_same_anew(stage: Stage) -> None:
    """Who says it otherwise right after it was done means the same again, however it is put."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "freeze the debit card", "card.freeze")
    assert cards(world)["4471"] == "frozen"
    stage.hints = {"it was to be the credit card": "card.freeze@0.6"}
    customer.say("it was to be the credit card")
    assert cards(world)["9012"] == "frozen"


@pytest.mark.parametrize("text", ["the credit card as well please", "and 9012 too", "sorry, I meant the credit card"])
def test_the_same_of_something_else_begins_it_anew(stage: Stage, text: str) -> None:
    """Whatever a model makes of the few words, where it is not sure."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "freeze the debit card", "card.freeze")
    stage.hints = {text: "complaint.make@0.6"}
    customer.say(text)
    assert cards(world)["9012"] == "frozen"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("is the credit card frozen too?", ""),
        ("I also have a credit card, block it", "card.block@0.9"),
        ("I am also going to look under the sofa", ""),
        ("it is fine for the credit card", ""),
    ],
)
def test_speaking_of_something_else_does_not(stage: Stage, text: str, hint: str) -> None:
    """A question, what is surely another wish, what names nothing, and what wants no more of the same."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "freeze the debit card", "card.freeze")
    stage.hints = {text: hint}
    customer.say(text)
    assert cards(world) == {"4471": "frozen", "9012": "active"}


def test_no_code_is_an_answer_where_a_code_is_asked_for(stage: Stage) -> None:
    """A no ends it, whatever else the words sound like."""
    world = stage.people(ONE_CARD, language="en")
    customer, _ = began(stage, world, "i need a new card", "card.replace")
    stage.hints = {"no, i will not enter any code": "complaint.make"}
    line = customer.say("no, i will not enter any code")
    assert line is not None
    assert line.entry.data["procedure"]["outcome"] == "declined"
    assert cards(world)["4471"] == "active"


def test_what_a_yes_began_goes_on_after_a_crash(stage: Stage) -> None:
    """The message that began it is worked on again: it is said what was to be said, and not that there is nothing."""
    world = stage.people(TWO_CARDS, language="en")
    customer = world.customer()
    customer.say("Hello")
    said = next(one.entry for one in customer.ledger() if one.entry.kind == "message.customer")
    work, acting = stage.house.procedure_work, said.data["acting"]
    here = Here(
        scope=stage.scope,
        conversation_id=customer.conversation_id,
        party_id=said.party_id,
        acting=acting,
        moment="the yes",
        language="en",
        today=stage.house.clock.now().date(),
    )

    def begun() -> Advanced | None:
        standing = work.standing_of(stage.scope, customer.conversation_id, acting=acting)
        assert standing is not None
        return work.begin_offered(standing, here, procedure_id="block_card", about="9012")

    first = begun()
    assert first is not None
    assert "9012" in first.text
    stage.house.transactions.write(stage.scope, lambda tx: work.finishing.write(tx, here, first))
    again = begun()
    assert again is not None
    assert (again.text, again.awaits) == (first.text, "confirmation")
