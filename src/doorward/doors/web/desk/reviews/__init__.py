"""Reviews: conversations that are over, judged by scorecards."""
