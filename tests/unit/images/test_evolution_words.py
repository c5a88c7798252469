"""The words on a search follow its numbers, against a random set."""

from __future__ import annotations

from core.images.evolution_words import search_words


def test_the_words_follow_the_numbers() -> None:
    random = {"pair_distance": 2.0, "class_probability": 0.95}
    headline, rest = search_words({"evolved": {"pair_distance": 3.0, "class_probability": 0.9}, "random": random})
    assert headline.endswith("lie 1.50 times as far apart as two of a random set")
    assert "90 % sure of their class, −5 points" in rest
    narrower, _ = search_words({"evolved": {"pair_distance": 1.0, "class_probability": 0.9}, "random": random})
    assert "0.50 times" in narrower
