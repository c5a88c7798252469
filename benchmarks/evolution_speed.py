"""CPU time of a generation of the supervisor at 32 and 64 px, by gene and by vector, against DEAP's gene-level search.

The paper's settings: 20 sets of 40 images, 100 latent numbers an image. Everybody decodes with `TrainedGan.decode` of
an untrained generator, on one thread; DEAP the 40 images of a set in one batch, as its evaluation knows one individual
at a time. DEAP has its own operators and loop (`varAnd`, tournament, hall of fame as elite, statistics, logbook) on
individuals that are lists, as its documentation makes them; fitness is the same function. The first generation, the
same for all, is not counted.

A gene-level search must decode nine of ten images again whoever runs it: resetting 0.02 of the genes touches 87 % of
the vectors. `decode` fills each batch up to 32, so that an image does not depend on those beside it: 40 images cost as
much as 64, a whole population only what it is. The bars are against DEAP with that `decode`; "unfilled" is DEAP that
calls the network itself, on 40 images, which gives up that independence.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.genetic import evolve
from core.images.evolution import Decode, DiverseImages, evolve_images
from core.images.settings import EvolutionSettings, GanSettings
from core.images.similarity import centroid, ncc
from core.settings import OPERATORS

TARGETS = {(32, "gene"): 1.8, (32, "vector"): 7.0, (64, "gene"): 1.2, (64, "vector"): 3.5}
OPERATORS_TARGET_MS = 5.0
ROUNDS = 3
GENERATIONS = {32: 40, 64: 10}


def decoders(size: int) -> tuple[Decode, Decode]:
    """`TrainedGan.decode` of a generator of random weights, and its network called on all latents at once."""
    import torch

    from core.images.gan_history import GanHistory
    from core.images.trained_gan import TrainedGan
    from models.dcgan import Generator

    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = Generator(size, channels=1).eval()

    @torch.no_grad()
    def unfilled(z: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(z)).numpy()

    return TrainedGan(network, GanSettings(size=size), GanHistory()).decode, unfilled


def deap_search(
    decode: Decode, originals: np.ndarray, settings: EvolutionSettings, on_generation: Callable[[float], None]
) -> None:
    """The same search in DEAP; `on_generation` hears the best fitness."""
    from deap import algorithms, base, creator, tools

    if not hasattr(creator, "ImageSet"):
        creator.create("FitnessMin", base.Fitness, weights=(-1.0,))
        creator.create("ImageSet", list, fitness=creator.FitnessMin)
    flat = originals.reshape(len(originals), -1)

    def evaluate(individual: list[float]) -> tuple[float]:
        latents = np.array(individual, np.float32).reshape(settings.n_images, settings.latent)
        images = decode(latents).reshape(settings.n_images, -1)
        return (float(ncc(images, centroid(images, flat)).mean()),)

    def random_reset(individual: list[float], indpb: float) -> tuple[list[float]]:
        for i in range(len(individual)):
            if random.random() < indpb:
                individual[i] = random.gauss(0, 1)
        return (individual,)

    toolbox = base.Toolbox()
    toolbox.register("gene", random.gauss, 0, 1)
    n_genes = settings.n_images * settings.latent
    toolbox.register("individual", tools.initRepeat, creator.ImageSet, toolbox.gene, n=n_genes)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    toolbox.register("mutate", random_reset, indpb=settings.mutation)
    toolbox.register("select", tools.selTournament, tournsize=settings.tournament)
    told = tools.Statistics(lambda individual: individual.fitness.values)
    for name, of in (("best", np.min), ("mean", np.mean), ("median", np.median), ("sd", np.std)):
        told.register(name, of)
    spread = tools.Statistics()
    spread.register("diversity", lambda sets: np.sqrt(np.var(sets, axis=0).sum()))
    told = tools.MultiStatistics(fitness=told, genes=spread)
    logbook, elite = tools.Logbook(), tools.HallOfFame(settings.elite)

    random.seed(0)
    population = toolbox.population(n=settings.population)
    for generation in range(settings.generations + 1):
        if generation:
            chosen = toolbox.select(population, settings.population - settings.elite)
            children = algorithms.varAnd(chosen, toolbox, settings.crossover, 1.0)
            population = [*elite, *children]
        invalid = [individual for individual in population if not individual.fitness.valid]
        for individual, fitness in zip(invalid, toolbox.map(toolbox.evaluate, invalid), strict=True):
            individual.fitness.values = fitness
        elite.update(population)
        logbook.record(gen=generation, **told.compile(population))
        on_generation(elite[0].fitness.values[0])


def cpu_ms(search: Callable[[Callable[[float], None]], object]) -> tuple[float, float]:
    """CPU milliseconds of a generation after the first, and the last best fitness."""
    ended_s, best = [], []

    def note(fitness: float) -> None:
        ended_s.append(time.process_time())
        best.append(fitness)

    search(note)
    return 1000 * (ended_s[-1] - ended_s[0]) / (len(ended_s) - 1), best[-1]


def against_deap(size: int) -> int:
    decode, unfilled = decoders(size)
    originals = decode(np.random.default_rng(1).standard_normal((40, 100), np.float32))
    settings = {
        kind: EvolutionSettings(gate=False, generations=GENERATIONS[size], operators=kind) for kind in OPERATORS
    }

    def ours(kind: str, note: Callable[[float], None]) -> None:
        evolved = evolve_images(
            decode, originals, None, settings[kind], on_generation=lambda so_far: note(so_far.history["best"][-1])
        )
        assert np.array_equal(evolved.images, decode(evolved.latents)), "a kept image is not that of its vector"

    searches = {
        "DEAP": lambda note: deap_search(decode, originals, settings["gene"], note),
        "DEAP, unfilled": lambda note: deap_search(unfilled, originals, settings["gene"], note),
        **{kind: lambda note, kind=kind: ours(kind, note) for kind in OPERATORS},
    }
    spent: dict[str, list[float]] = {name: [] for name in searches}
    best = {}
    for _ in range(ROUNDS):
        for name, search in searches.items():
            taken_ms, best[name] = cpu_ms(search)
            spent[name].append(taken_ms)
    ms = {name: statistics.median(taken) for name, taken in spent.items()}
    print(
        f"{size} px: DEAP by gene {ms['DEAP']:.1f} ms a generation, unfilled {ms['DEAP, unfilled']:.1f}, "
        f"best fitness {best['DEAP']:.5f}"
    )
    missed = 0
    for kind in OPERATORS:
        ratio, target = ms["DEAP"] / ms[kind], TARGETS[size, kind]
        missed += ratio < target
        print(
            f"{size} px: ours by {kind:6} {ms[kind]:5.1f} ms, best fitness {best[kind]:.5f}: {ratio:.2f} times as fast"
            f", target {target:g} {'met' if ratio >= target else 'MISSED'}; "
            f"than unfilled {ms['DEAP, unfilled'] / ms[kind]:.2f} times"
        )
    return missed


class Still(DiverseImages):
    """Its draws, and nothing evaluated."""

    def evaluate(self, population: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return population[:, 0, 0], {}


def operators() -> int:
    missed = 0
    for kind in OPERATORS:
        settings = EvolutionSettings(generations=200, operators=kind)
        still = Still(lambda z: z, np.zeros((1, 1, 1, 1)), None, settings)
        start = time.process_time()
        for _ in evolve(still, settings.n_images, settings, np.random.default_rng(0)):
            pass
        spent_ms = 1000 * (time.process_time() - start) / 200
        missed += spent_ms > OPERATORS_TARGET_MS
        met = "met" if spent_ms <= OPERATORS_TARGET_MS else "MISSED"
        print(
            f"operators by {kind:6}: {spent_ms:.2f} ms a generation, ratio to the limit "
            f"{spent_ms / OPERATORS_TARGET_MS:.2f}, {OPERATORS_TARGET_MS:g} ms {met}"
        )
    return missed


if __name__ == "__main__":
    missed = [operators(), against_deap(32), against_deap(64)]
    sys.exit(any(missed))
