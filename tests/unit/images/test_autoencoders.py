"""The loss on paper, each image's combinations, the settings that reach the loss, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import Cancelled
from core.images.autoencoders import Autoencoders, Terms, looked_at, network_of, terms_of
from core.images.settings import VaeSettings
from core.types import Quiet
from core.variational import BATCH, EIGHT_BY_EIGHT, ONE_BY_64, PER_IMAGE
from models.cvae import ConditionalVae

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = VaeSettings(size=16, n_layers=2, latent=3)


def constant(settings: VaeSettings, mean: list[float], log_variance: list[float], grey: float) -> ConditionalVae:
    """A network that gives every image this posterior and decodes every z to this grey."""
    network = network_of(settings, 2)
    for layer, bias in ((network.mean, mean), (network.log_variance, log_variance)):
        torch.nn.init.zeros_(layer.weight)
        layer.bias.data = torch.tensor(bias)
    last = network.decoding[-1]
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.constant_(last.bias, float(np.log(grey / (1 - grey))))
    return network


def data(n: int = 10, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.random((n, 1, 16, 16), np.float32)), torch.arange(n) % 2


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("n_times", [1, 3])
def test_the_terms_are_those_on_paper(n_times: int) -> None:
    """Images of 0 and of 1, decoded to 0.25: 256 · 0.0625 = 16 and 256 · 0.5625 = 144, whose mean is 80.

    KL of N(1, 1) is 1/2; of N(0, e) (e - 2)/2; of N(2, 1) 2.
    """
    network = constant(SMALL, [1.0, 0.0, 2.0], [0.0, 1.0, 0.0], 0.25)
    images = torch.stack([torch.zeros(1, 16, 16), torch.ones(1, 16, 16)])
    terms = terms_of(network, images, torch.eye(2), n_times, seeded())
    assert terms.reconstruction.item() == pytest.approx(80, rel=1e-5)
    assert terms.kl.tolist() == pytest.approx([0.5, (np.e - 2) / 2, 2.0], rel=1e-5)
    assert terms.loss(0.1, 0.0).item() == pytest.approx(80 + 0.1 * (2.5 + (np.e - 2) / 2), rel=1e-5)
    assert terms.loss(0.1, 1.0).item() == pytest.approx(80 + 0.1 * (1 + 1 + 2), rel=1e-5)


def test_each_combination_counts_once() -> None:
    """Of two images combined five times each, the terms are the means over the ten that are decoded."""
    torch.manual_seed(0)
    network = network_of(replace(SMALL, sigma=0.2), 2)
    images, labels = data(2)
    made: list[torch.Tensor] = []
    network.decoding.register_forward_hook(lambda module, given, found: made.append(torch.sigmoid(found)))
    terms = terms_of(network, images, torch.eye(2)[labels], 5, seeded())
    assert made[0].shape == (10, 1, 16, 16)
    errors = (made[0] - images.repeat_interleave(5, dim=0)).square().sum(dim=(1, 2, 3))
    assert terms.reconstruction.item() == pytest.approx(errors.mean().item(), rel=1e-5)


@pytest.mark.parametrize(
    ("plan", "n_coded", "n_different"),
    [(BATCH, 64, 64), (EIGHT_BY_EIGHT, 8, 8), (ONE_BY_64, 1, 1), (PER_IMAGE, 1, 1)],
)
def test_an_image_is_coded_once_and_decoded_to_64_different_ones(plan: str, n_coded: int, n_different: int) -> None:
    images, labels = data(70)
    networks = Autoencoders(replace(SMALL, plan=plan), 2, 70 if plan == PER_IMAGE else 1)
    coded: list[torch.Tensor] = []
    decoded: list[torch.Tensor] = []
    networks.networks[0].coding.register_forward_hook(lambda module, given, found: coded.append(given[0]))
    networks.networks[0].decoding.register_forward_hook(lambda module, given, found: decoded.append(found))
    networks.step(images, labels, 1)
    assert len(coded[0]) == n_coded
    assert len(coded[0].flatten(1).unique(dim=0)) == n_different
    assert len(decoded[0]) == 64
    assert len(decoded[0].flatten(1).unique(dim=0)) == 64


def test_of_fewer_images_than_a_step_takes_each_is_taken_once() -> None:
    networks = Autoencoders(replace(SMALL, plan=EIGHT_BY_EIGHT), 2)
    coded: list[torch.Tensor] = []
    networks.networks[0].coding.register_forward_hook(lambda module, given, found: coded.append(given[0]))
    networks.step(*data(5), 1)
    assert len(coded[0].flatten(1).unique(dim=0)) == len(coded[0]) == 5


def gradient(settings: VaeSettings, number: int) -> torch.Tensor:
    """Of the heads' biases at a first step numbered `number`, before Adam, which hides its size."""
    networks = Autoencoders(settings, 2)
    network = networks.networks[0]
    found: list[torch.Tensor] = []
    networks.optimizers[0].register_step_pre_hook(
        lambda *_: found.append(torch.cat([network.mean.bias.grad.clone(), network.log_variance.bias.grad.clone()]))
    )
    networks.step(*data(), number)
    return found[0]


def test_annealing_reaches_the_loss() -> None:
    """The loss is linear in the weight of the KL term, and so are its gradients."""
    base = replace(SMALL, K=40.0)
    none, whole = gradient(replace(base, K=0.0), 1), gradient(base, 1)
    assert not torch.allclose(none, whole, rtol=0.1)
    quarter = gradient(replace(base, anneal_steps=100), 25)
    torch.testing.assert_close(quarter, 0.75 * none + 0.25 * whole, rtol=1e-3, atol=1e-4)
    for number in (100, 101, 5_000):
        assert torch.equal(gradient(replace(base, anneal_steps=100), number), whole)


def test_free_bits_reach_the_loss() -> None:
    """With more of them than any unit has at first, the KL term is a constant and has no gradient."""
    base = replace(SMALL, K=40.0)
    torch.testing.assert_close(gradient(replace(base, free_bits=50.0), 1), gradient(replace(base, K=0.0), 1))
    assert not torch.allclose(gradient(base, 1), gradient(replace(base, K=0.0), 1), rtol=0.1)


def test_networks_of_each_image_take_turns() -> None:
    networks = Autoencoders(replace(SMALL, plan=PER_IMAGE), 2, 3)
    images, labels = data(3)
    coded: list[tuple[int, torch.Tensor]] = []
    for number, network in enumerate(networks.networks):
        network.coding.register_forward_hook(lambda module, given, found, n=number: coded.append((n, given[0])))
    for step in range(1, 8):
        before = networks.weights()
        networks.step(images, labels, step)
        after = networks.weights()
        trained = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
        assert trained == {str((step - 1) % 3)}
        number, given = coded[-1]
        assert number == (step - 1) % 3
        assert torch.equal(given, 2 * images[[number]] - 1)


def test_networks_of_each_image_begin_different_and_the_seed_decides() -> None:
    settings = replace(SMALL, plan=PER_IMAGE)
    one, same, other = (Autoencoders(replace(settings, random_state=seed), 2, 2).weights() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["0.mean.weight"], one["1.mean.weight"])
    assert not torch.equal(one["0.mean.weight"], other["0.mean.weight"])


def test_a_step_moves_every_weight_once_and_leaves_no_gradient() -> None:
    networks = Autoencoders(SMALL, 2)
    before = networks.weights()
    networks.step(*data(), 1)
    after = networks.weights()
    for name in before:
        assert not torch.equal(before[name], after[name]), name
        assert (before[name] - after[name]).abs().max() <= 1.01 * SMALL.learning_rate, name  # of Adam's first step
    assert all(weights.grad is None for weights in networks.networks[0].parameters())


def test_a_state_is_all_that_the_next_steps_depend_on() -> None:
    settings = replace(SMALL, plan=PER_IMAGE)
    images, labels = data(3)
    one, other = Autoencoders(settings, 2, 3), Autoencoders(replace(settings, random_state=9), 2, 3)
    for step in (1, 2):  # the third network has not been trained yet
        one.step(images, labels, step)
    other.restore({name: value.clone() for name, value in one.state().items()})
    for step in (3, 4, 5):
        one.step(images, labels, step)
        torch.rand(5)
        other.step(images, labels, step)
    kept, found = one.state(), other.state()
    assert kept.keys() == found.keys()
    assert all(torch.equal(kept[name], found[name]) for name in kept)


def test_a_look_is_the_mean_over_all_images_with_always_the_same_noise() -> None:
    """150 images are more than are looked at at once, and half of these would count as much as the rest."""
    networks = [constant(SMALL, [1.0, 0.0, 2.0], [0.0, 0.0, 0.0], 0.5)]
    images = np.zeros((150, 1, 16, 16), np.float32)
    images[140:] = 0.5
    terms, means = looked_at(networks, images, np.zeros(150, int), 0, Quiet())
    assert terms.reconstruction.item() == pytest.approx(64 * 140 / 150, rel=1e-5)
    assert terms.kl.tolist() == pytest.approx([0.5, 0.0, 2.0])
    np.testing.assert_allclose(means, np.tile([1.0, 0.0, 2.0], (150, 1)))

    torch.manual_seed(0)
    networks = [network_of(replace(SMALL, sigma=1.0), 2)]
    pictures, labels = (each.numpy() for each in data(80))
    once, again = (looked_at(networks, pictures, labels, 3, Quiet()) for _ in range(2))
    assert torch.equal(once[0].reconstruction, again[0].reconstruction)
    assert not torch.equal(once[0].kl, looked_at(networks, pictures, labels, 4, Quiet())[0].kl)
    np.testing.assert_array_equal(once[1], looked_at(networks, pictures, labels, 4, Quiet())[1])  # means have no noise


def test_each_image_is_looked_at_by_its_own_network() -> None:
    networks = [constant(SMALL, [float(i), 0.0, 0.0], [0.0] * 3, 0.5) for i in range(3)]
    images, labels = (each.numpy() for each in data(3))
    terms, means = looked_at(networks, images, labels, 0, Quiet())
    assert means[:, 0].tolist() == [0.0, 1.0, 2.0]
    assert terms.kl[0].item() == pytest.approx((0 + 0.5 + 2) / 3)


def test_a_look_can_be_cancelled_between_its_pieces() -> None:
    class AfterOne(Quiet):
        n_asked = 0

        def cancelled(self) -> bool:
            self.n_asked += 1
            return self.n_asked > 1

    images, labels = (each.numpy() for each in data(70))
    with pytest.raises(Cancelled):
        looked_at([network_of(SMALL, 2)], images, labels, 0, AfterOne())


def test_the_loss_of_terms_weighs_the_kl_alone() -> None:
    terms = Terms(torch.tensor(3.0), torch.tensor([0.2, 1.0, 4.0]))
    assert terms.loss(0.5, 0.0).item() == pytest.approx(3 + 0.5 * 5.2)
    assert terms.loss(0.5, 0.5).item() == pytest.approx(3 + 0.5 * 5.5)
    assert terms.loss(0.0, 0.5).item() == 3
