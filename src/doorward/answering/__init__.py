"""Answering: the company's articles, finding the section that answers, and writing the reply."""

from doorward.answering.articles import Article, Passage, PreparedArticle
from doorward.answering.composing import Composer
from doorward.answering.editions import UNPUBLISHED, Edition, Line, Standing, changes
from doorward.answering.index import KnowledgeIndex, KnownSection
from doorward.answering.jobs import Publisher
from doorward.answering.knowledge import Knowledge
from doorward.answering.plain import plain_text
from doorward.answering.ports import Sentences, TextReader
from doorward.answering.publications import Publication
from doorward.answering.publishing import Publishing, publication_topic
from doorward.answering.records import ArticleRecord, Stage, Wanted
from doorward.answering.repository import ArticleRepository
from doorward.answering.service import MEANWHILE, KnowledgeService, article_id_of
from doorward.answering.stewards import Stewards
from doorward.answering.stewards_repository import StewardRepository
from doorward.answering.stewardship import Stewardship

__all__ = [
    "MEANWHILE",
    "UNPUBLISHED",
    "Article",
    "ArticleRecord",
    "ArticleRepository",
    "Composer",
    "Edition",
    "Knowledge",
    "KnowledgeIndex",
    "KnowledgeService",
    "KnownSection",
    "Line",
    "Passage",
    "PreparedArticle",
    "Publication",
    "Publisher",
    "Publishing",
    "Sentences",
    "Stage",
    "Standing",
    "StewardRepository",
    "Stewards",
    "Stewardship",
    "TextReader",
    "Wanted",
    "article_id_of",
    "changes",
    "plain_text",
    "publication_topic",
]
