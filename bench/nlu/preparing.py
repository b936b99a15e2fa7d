"""What a process needs that only understands: a trained model, and the passages of the articles, as files."""

from pathlib import Path
from typing import Any, Final

from bench.nlu.founding import MODEL, real_reader, write_knowledge
from doorward.answering import Article, ArticleRepository, KnowledgeService
from doorward.answering.articles import Passage
from doorward.answering.service import article_id_of
from doorward.doors.cli.evals.sources import installed_phrases, read_intents, read_texts
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import discover
from doorward.understanding import Reader
from doorward.understanding.intents import FALSE_REJECT, write_model
from doorward.understanding.learning import learn
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import system_scope

COMPANY: Final = "halden"
SCOPE: Final = system_scope(TenantId("bench"), "bench")


def prepare(folder: Path, *, data: Path, phrases: Path | None) -> dict[str, Any]:
    """Write a model and the company's knowledge into a folder, and tell how large they are."""
    reader = real_reader()
    taught = phrases or installed_phrases()
    if taught:
        known = read_intents(taught)
    else:
        known = read_texts(data / "banking77" / "fewshot_train_10.jsonl.gz", language="en")
    learnt = learn(reader, known, false_reject=FALSE_REJECT, tell=lambda _stage: None)
    heads = learnt.trained.heads
    write_model(folder / MODEL, heads, encoder=reader.encoder_id, languages=learnt.languages, phrases=len(known))
    articles = _articles(reader)
    write_knowledge(folder, articles)
    return {
        "intents": len(heads.intents),
        "phrases": len(known),
        "articles": len({article.slug for article, _ in articles}),
        "passages": sum(len(passages) for _, passages in articles),
        "model_megabytes": round(sum(file.stat().st_size for file in (folder / MODEL).iterdir()) / 1e6, 1),
    }


def _articles(reader: Reader) -> list[tuple[Article, tuple[Passage, ...]]]:
    service, now = KnowledgeService(ArticleRepository(), reader), SystemClock().now()
    found = []
    for plugin in discover("company"):
        if plugin.manifest.id != COMPANY:
            continue
        for seed in plugin.build(None).articles():
            content = {name: getattr(seed, name) for name in seed.__struct_fields__}
            article = Article(id=article_id_of(SCOPE, seed), revision=1, state="published", updated_at=now, **content)
            found.append((article, service.prepare(seed).passages))
    return found
