"""The basement: database, transactions, jobs, keys, clock, ids, crypto, settings, logging, languages; no business."""
