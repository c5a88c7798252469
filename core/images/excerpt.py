"""Which part of a large published set is read: some of its classes, and of each at most so many images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.images.assembly import Source
from core.images.settings import MIN_CLASSES, MIN_IMAGES
from core.rng import generator


@dataclass(frozen=True)
class Excerpt:
    """classes: their names, or at most how many, then those with the most images; None takes all.

    n_per_class: at most so many images of a class, drawn with `random_state`; None takes all. What is drawn of a class
    depends on nothing but its own images and the seed.
    """

    classes: int | tuple[str, ...] | None = None
    n_per_class: int | None = None
    random_state: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.classes, int) and self.classes < MIN_CLASSES:
            raise ValueError(f"classes must be at least {MIN_CLASSES}, not {self.classes}")
        if self.n_per_class is not None and self.n_per_class < MIN_IMAGES:
            raise ValueError(f"n_per_class must be at least {MIN_IMAGES}, not {self.n_per_class}")

    def of(self, sources: Sequence[Source]) -> tuple[list[Source], list[str]]:
        """Those of `sources` that are to be read, in their order, and what there is to say; a sentence each.

        What is no image of a class anyway stays, so that it is told. Raises `UserError` for a class that is not there.
        """
        counts = Counter(source.label for source in sources if source.usable)
        labels = self._labels(counts)
        said = []
        if len(labels) < len(counts):
            said.append(f"Of {len(counts)} classes, {len(labels)} were read: {', '.join(sorted(labels))}.")
        left_out = set(counts) - labels
        chosen = [source for source in sources if source.label not in left_out]
        most = self.n_per_class
        if most is None or all(counts[label] <= most for label in labels):
            return chosen, said
        n_usable = sum(counts[label] for label in labels)
        n_drawn = sum(min(counts[label], most) for label in labels)
        said.append(
            f"At most {most:,} images of each class were read, drawn with seed {self.random_state}: "
            f"{n_drawn:,} of {n_usable:,}."
        )
        drawn = {label: iter(self._drawn(label, counts[label])) for label in labels}
        return [source for source in chosen if not source.usable or next(drawn[source.label])], said

    def _labels(self, counts: Counter[str]) -> set[str]:
        if self.classes is None:
            return set(counts)
        if isinstance(self.classes, int):
            return set(sorted(counts, key=lambda label: (-counts[label], label))[: self.classes])
        if missing := [label for label in self.classes if label not in counts]:
            there = sorted(counts)
            raise UserError(
                f"There is no class {missing[0]}.",
                f"The classes are {', '.join(there[:5])}{' and others' if len(there) > 5 else ''}.",
                "Name classes as their folders are named.",
            )
        return set(self.classes)

    def _drawn(self, label: str, n: int) -> np.ndarray:
        """(n,) bool: which of the n images of a class are read."""
        assert self.n_per_class is not None
        drawn = np.zeros(n, bool)
        drawn[generator(self.random_state, "excerpt", label).permutation(n)[: self.n_per_class]] = True
        return drawn


WHOLE = Excerpt()
