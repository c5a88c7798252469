"""What a search for a diverse set brought, in plain words that follow from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def search_words(result: Mapping[str, Any]) -> tuple[str, str]:
    """A headline and what is to be added, against a random set of as many images. result: of `evolve_class`."""
    evolved, random = result["evolved"], result["random"]
    wider = evolved["pair_distance"] / random["pair_distance"] if random["pair_distance"] else float("nan")
    surer = f"{100 * (evolved['class_probability'] - random['class_probability']):+.0f}".replace("-", "−")
    return (
        f"Two images of the evolved set lie {wider:.2f} times as far apart as two of a random set",
        f"A classifier is {100 * evolved['class_probability']:.0f} % sure of their class, {surer} points against the "
        "random set. Whether that helps to tell classes apart is for a study to say.",
    )
