"""How well campaigns of messages are known by their likeness: those of many hands, and honest crowds beside them.

`campaigns.jsonl` holds one message a line. A campaign is many people, or their assistants, who demand one thing; a
crowd is many people who met one fault or one piece of news. Whole campaigns and crowds belong to a half, so that none
is both looked at and judged by.
"""
