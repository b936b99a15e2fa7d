"""Understanding: in which language somebody writes, what the words are, and what is wanted."""

from doorward.understanding.intent import Understander
from doorward.understanding.language import LanguageDetector
from doorward.understanding.ports import Encoder, TextTranslator, Vectors
from doorward.understanding.reader import Reader

__all__ = ["Encoder", "LanguageDetector", "Reader", "TextTranslator", "Understander", "Vectors"]
