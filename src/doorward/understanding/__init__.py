"""Understanding: in which language somebody writes, what the words are, and what is wanted."""

from doorward.understanding.active import ActiveModels, Wished, read_active
from doorward.understanding.catalogue import (
    LONGEST_LABEL,
    LONGEST_PHRASE,
    MOST_AT_ONCE,
    IntentCatalogue,
    Intents,
    KeptPhrase,
    NewPhrase,
    PhrasesAdded,
    PhraseSource,
    TaughtIntent,
    phrase_id_of,
)
from doorward.understanding.feelings import Feelings, read_head
from doorward.understanding.intent import Understander, nearest_article
from doorward.understanding.language import LanguageDetector
from doorward.understanding.models import IntentModels, IntentTraining, ModelReport, ModelVersion
from doorward.understanding.nearness import nearest_reading
from doorward.understanding.ports import Encoder, TextTranslator, Vectors
from doorward.understanding.reader import Reader
from doorward.understanding.repository import PhraseQuery

__all__ = [
    "LONGEST_LABEL",
    "LONGEST_PHRASE",
    "MOST_AT_ONCE",
    "ActiveModels",
    "Encoder",
    "Feelings",
    "IntentCatalogue",
    "IntentModels",
    "IntentTraining",
    "Intents",
    "KeptPhrase",
    "LanguageDetector",
    "ModelReport",
    "ModelVersion",
    "NewPhrase",
    "PhraseQuery",
    "PhraseSource",
    "PhrasesAdded",
    "Reader",
    "TaughtIntent",
    "TextTranslator",
    "Understander",
    "Vectors",
    "Wished",
    "nearest_article",
    "nearest_reading",
    "phrase_id_of",
    "read_active",
    "read_head",
]
