"""The terms of the field in one sentence each, with the equation behind them."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """One sentence for a reader, and the equation (LaTeX) for who wants it, empty where there is none."""

    sentence: str
    equation: str = ""


TERMS: dict[str, Term] = {
    "AU": Term(
        "An action unit is one visible movement of the face, such as AU12, the pulling up of the lip corners; its "
        "intensity runs from 0 (absent) to 5 (as strong as it gets).",
        r"\mathrm{AU} \in [0, 5], \quad \text{FACS A to E} = 1 \ldots 5",
    ),
    "hypomimia": Term(
        "The smaller, slower and rarer facial movement of many people with Parkinson's disease.",
    ),
    "peak frame": Term(
        "The frame in which the action units that make up the emotion are strongest together, over half a second.",
        r"t^* = \arg\max_t \sum_{a \in \text{emotion}} \tilde{x}_a(t)",
    ),
    "neutral": Term(
        "The resting face of the same person, to which every intensity is relative: a neutral clip, or else the "
        "first frames.",
    ),
    "onset": Term(
        "The frame in which the expression has made 10 % of its rise to the peak; the onset time is from 10 to 90 %.",
        r"t_\text{onset} = t_{90\,\%} - t_{10\,\%}",
    ),
    "offset": Term("The frame in which the expression has almost gone again: 90 % of the way back from the peak."),
    "hold": Term(
        "How long the expression stays at 90 % of its peak or above, and how steadily.",
        r"\text{stability} = 1 - \frac{\mathrm{SD}}{\mathrm{mean}}",
    ),
    "asymmetry": Term(
        "How much more one side of the face moves than the other at the peak; left and right are the person's own.",
        r"A = \frac{L - R}{L + R}",
    ),
    "blink rate": Term("Blinks per minute of the time in which a face was seen; people with PD often blink less."),
    "mesh": Term("The 478 points that are found on a face in every frame, joined by lines; it shows no one's looks."),
    "reliability": Term(
        "How well the intensity of an action unit follows the true one on rendered faces that were not learned from.",
    ),
    "backend": Term(
        "What measured the intensities: this program with or without blendshapes, or another one; intensities of "
        "different backends are not comparable across people.",
    ),
    "quality": Term(
        "Whether a clip can be used: how often a face was found, how large, sharp, well lit and frontal it was.",
    ),
    "cohort": Term("The people whose measured expressions are compared and learned from."),
    "simulated": Term(
        "Rendered from a face model, or drawn at random, from stated distributions: no camera ever saw these people."
    ),
    "job": Term("Long work that runs beside the dashboard: it survives a refresh and can be cancelled or retried."),
    "Table II": Term("The three action units per emotion that the AGCL paper selected."),
    "UMAP": Term(
        "A map of the AU space in two dimensions that keeps near people near; distances across the map mean little.",
    ),
    "PCA": Term("The two straight directions along which the people differ most."),
    "cluster tree": Term(
        "People are grouped by likeness with K-means, and mixed groups are split again, until the threshold stops it."
    ),
    "elbow": Term("The number of clusters after which more of them no longer tighten the groups much."),
    "CSM": Term(
        "Class separation measure of a cluster: the distance between the classes over the distance inside them; "
        "larger means better separated.",
        r"\mathrm{CSM} = \frac{S_\text{inter}}{C_\text{intra}}",
    ),
    "entropy": Term(
        "How mixed the classes in a cluster are: 0 when everyone is of one class, 1 bit at half and half.",
        r"H = -\sum_c p_c \log_2 p_c",
    ),
    "SC": Term(
        "Separation criterion of a cluster, class separation over mixture, brought to 0 to 1; it is compared with "
        "the threshold.",
        r"\mathrm{SC} = \frac{s}{1 + s}, \quad s = \frac{\mathrm{CSM}}{H}",
    ),
    "threshold": Term(
        "Separation criterion at which a mixed cluster is split further: 0 splits until every cluster is pure, 1 "
        "never splits.",
        r"\text{split when } \mathrm{SC} \geq t",
    ),
    "rule": Term(
        "The paper's text and its Algorithm 1 contradict each other about which clusters split; 'text' is what its "
        "experiments describe.",
        r"\text{text: } \mathrm{SC} \geq t \qquad \text{pseudocode: } \mathrm{SC} < t",
    ),
    "pure": Term("A cluster in which everyone is of one class; only these give synthetic points."),
    "coverage": Term(
        "Share of the people that sit in pure clusters: only they are enlarged by synthetic points.",
        r"\mathrm{coverage}_c = \frac{\#\{\text{class } c \text{ in pure clusters}\}}{\#\{\text{class } c\}}",
    ),
    "alpha": Term(
        "Synthetic points made for each real point of a pure cluster.",
        r"q_j = \mathrm{round}(\alpha\, n_j)",
    ),
    "spread": Term(
        "How far synthetic points scatter around the centre of their cluster: 'paper' as published, 'scaled' shorter "
        "by the number of AUs, 'hierarchical' shrunk towards the class.",
        r"x \sim \mathcal{N}(\mu_j, \mathrm{diag}(r_j^2))",
    ),
    "AGCL": Term(
        "Artificial data point generation in clustered latent space: cluster, keep the pure groups, draw new points "
        "around their centres.",
    ),
    "synthetic": Term("A point drawn around a cluster of real people; it is never a person and never tested on."),
    "near-copy": Term("A synthetic point so close to a real person that it gives that person's data away."),
    "fidelity": Term(
        "How much synthetic points look like people: measured beside people who were held out, who must pass, and "
        "beside copies, which must fail.",
    ),
    "told apart": Term(
        "A classifier is taught to tell synthetic points from new people: an AUROC of 0.5 means that it cannot, 1 "
        "that it always can.",
    ),
    "genetic search": Term(
        "A set of points is bred: sets exchange points, some are drawn anew, and those whose profiles differ most are "
        "kept, as long as each point lies inside its group.",
        r"F = \frac{1}{|I|} \sum_{i \in I} \frac{i \cdot C}{|i|\,|C|}, \quad C = \mathrm{mean}(I \cup O)",
    ),
    "S3VAE": Term(
        "A variational autoencoder with noise on its features: a network describes a sample by a few latent units, "
        "and makes a new one from these and chance; it learns from few samples at a time, each with much chance.",
        r"\|x - \hat x\|^2 + K \cdot \mathrm{KL}\big(q(z \mid x, y) \,\|\, N(0, I)\big)",
    ),
    "latent unit": Term(
        "One of the numbers by which an autoencoder describes a sample; it is active if it differs from sample to "
        "sample.",
        r"\mathrm{Var}_x\big(\mathrm{E}[z_i \mid x]\big) > 0.01",
    ),
    "posterior collapse": Term(
        "The latent units of an autoencoder say nothing of the sample any more, so that what is made hardly differs "
        "within a group; a smaller K, other sampling, KL annealing or free bits help.",
    ),
    "leave-two-out": Term(
        "Each fold keeps one person with PD and one control out of training and tests on those two.",
    ),
    "nested validation": Term(
        "Every choice is made on the training part alone, and the score is taken on people that no choice has seen.",
    ),
    "paper protocol": Term(
        "Settings chosen by the same folds that give the score, as the paper did; the score it shows is too high.",
    ),
    "interval": Term(
        "The range in which the true value lies in 95 of 100 repetitions with other people tested; with few people it "
        "is wide (Wilson), and what training on other people would change is not in it.",
        r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
    ),
    "vote": Term(
        "Each fold's model says PD or control; its voice weighs as much as its accuracy in validation.",
        r"w = \frac{\sum_i a_i\,[\hat y_i = \mathrm{PD}]}{\sum_i a_i}",
    ),
    "kept model": Term(
        "The fold models of a cohort with all that tells what they are worth, kept so that people are screened by the "
        "same models tomorrow and elsewhere.",
    ),
    "model card": Term(
        "What a model is, whom it was trained and tested on, how good it is and where it must not be used, under "
        "headings that are the same for every model.",
    ),
    "TRIPOD+AI": Term(
        "A list of what a report on a prediction model has to say, so that others can judge it (BMJ 2024).",
    ),
    "sensitivity": Term(
        "Share of the people with PD whom the models call PD.",
        r"\frac{\mathrm{TP}}{\mathrm{TP} + \mathrm{FN}}",
    ),
    "specificity": Term(
        "Share of the controls whom the models call control.",
        r"\frac{\mathrm{TN}}{\mathrm{TN} + \mathrm{FP}}",
    ),
    "undecided": Term("What the verdict says on a tie or with fewer than three usable emotions."),
    "Hedges' g": Term(
        "How far the means of two groups lie apart, in standard deviations, corrected for small samples: 0.2 is small, "
        "0.5 medium, 0.8 large; below 0 the measure is smaller in PD.",
        r"g = J(m)\,\frac{\bar x_\mathrm{PD} - \bar x_\mathrm{control}}{s_\text{pooled}}, \quad "
        r"J(m) = \frac{\Gamma(m/2)}{\sqrt{m/2}\;\Gamma((m-1)/2)}, \quad m = n_1 + n_2 - 2",
    ),
    "FDR": Term(
        "False discovery rate: with many tests some succeed by chance; p is adjusted so that of those called found at "
        "most 5 % are expected to be false (Benjamini–Hochberg).",
        r"\tilde p_{(i)} = \min_{j \geq i}\; \frac{n}{j}\, p_{(j)}",
    ),
    "outlier": Term(
        "A row with an intensity far from the median of its emotion and group: a fault of measurement or a person who "
        "moves unlike the others; look at the clip before deciding.",
        r"z = \frac{x - \mathrm{median}}{1.4826 \cdot \mathrm{MAD}}, \quad |z| \geq 3.5",
    ),
    "group": Term(
        "Whether a person has Parkinson's disease (PD) or is a control; unknown people are never learned from."
    ),
    "DCGAN": Term(
        "Two convolutional networks trained against each other: one makes images from random numbers, the other tells "
        "them from real ones.",
        r"\min_G \max_D \; \mathbb{E}[\log D(x)] + \mathbb{E}[\log(1 - D(G(z)))]",
    ),
    "latent vector": Term(
        "The random numbers that a generator makes one image from; near vectors give similar images.",
        r"z \sim N(0, I)",
    ),
    "KID": Term(
        "How far synthetic images lie from real ones in the features of a small network fitted to the originals: 0 "
        "where nothing tells them apart, about 3 where another class would be as near.",
        r"\overline{k(a, a')} + \overline{k(b, b')} - 2\,\overline{k(a, b)}, \quad k(x, y) = (x \cdot y / d + 1)^3",
    ),
    "classic augmentation": Term(
        "Originals that are flipped, shifted and turned a little each time they are shown: what a generator must beat.",
    ),
    "class gate": Term(
        "Images that a classifier is not sure of are no gain: without it a search rewards spoilt images, which differ "
        "most.",
        r"0.1 \cdot \max(0,\; 0.9 - p_\text{class})",
    ),
    "VAE": Term(
        "A network codes an image as a Gaussian cloud in a small latent space, and another decodes any point of it "
        "to an image; a C-VAE is told the class as well.",
        r"\sum_p (x_p - \hat x_p)^2 + K \sum_i \mathrm{KL}_i",
    ),
    "sampling plan": Term(
        "What a step learns from: 64 different images, 8 images with 8 combinations of noise each, one image with 64, "
        "or a network of its own for every image."
    ),
    "genetic algorithm": Term(
        "A search that keeps the best of many sets, mixes them and changes them at random, over generations.",
    ),
    "F1.5": Term(
        "One number of precision and recall in which recall weighs 2.25 times as much; 0 where either is 0.",
        r"F^{\beta} = \frac{(1 + \beta^2)\, P R}{\beta^2 P + R}, \quad \beta = 1.5",
    ),
}
"""Every term a page may explain, under the name it carries on the pages."""
