"""The labs: exhibits of a lecture, each a record with its text, data, settings and what the page shows.

The page draws a lab by the same panels as all else: nothing there knows a single one of them. To add a lab, add a
record. Figures in the texts were measured with the settings below by `python -m tests.bench.labs`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.made import CODES, EXTRA, bent_sheet, circle_beside_noise, one_hot
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.spec.link import link_from_spec
from tinkernet.engine.spec.spec import Spec

SEED = "0.5"
IRIS = "iris"

MADE: dict[str, Callable[[], Dataset]] = {
    **{f"one-hot-{count}": partial(one_hot, count) for count in CODES},
    **{f"sheet-{seed}": partial(bent_sheet, str(seed)) for seed in range(1, 21)},
    **{f"noise-{extra}": partial(circle_beside_noise, extra) for extra in EXTRA},
}
"""The data sets of the labs by name: every server makes the same ones."""


@dataclass(frozen=True)
class Lab:
    """One lab.

    key: in links. title, line: a name and a few words. text: paragraphs. settings: of a spec, by field, beside its data
    and inputs. view: the key of the view that is open. sets: the names of data sets that it offers, those of MADE or
    IRIS; it begins with the `first` of them. Without any, the spec draws its points. own: whether a table of one's own
    can take their place. counted: what the number that their titles begin with counts, if the test loss is to be drawn
    against it. speed: epochs per second. hidden: parts of the page that it does without.
    """

    key: str
    title: str
    line: str
    text: tuple[str, ...]
    settings: Mapping[str, Any]
    view: str
    sets: tuple[str, ...] = ()
    first: str = ""
    own: bool = False
    counted: str = ""
    speed: int = 60
    hidden: tuple[str, ...] = ()

    def spec(self, dataset: Dataset | None, seed: str = SEED, **others: Any) -> Spec:
        """The spec that it begins with, for a data set of its own."""
        if dataset is not None:
            inputs = ("x", "y") if dataset.shape.on_plane else column_keys(dataset.shape.columns)
            others = {"data": reference_of(dataset), "features": inputs, **others}
        return Spec(seed=seed, **{**self.settings, **others})

    def link(self, dataset: Dataset | None) -> str:
        """The fragment of the link that opens it, with a data set of its own."""
        shown = [f"view={self.view}", f"speed={self.speed}", f"lab={self.key}"]
        return "&".join([link_from_spec(self.spec(dataset)), *shown, *(f"{part}_hide=true" for part in self.hidden)])


@cache
def made(name: str) -> Dataset:
    """The data set of this name."""
    return MADE[name]()


_AUTOENCODER: dict[str, Any] = {
    "problem": "regression",
    "hidden": (6, 4, 2, 4, 6),
    "activation": "tanh",
    "initialiser": "glorotUniform",
    "biases": "zeros",
    "optimiser": "adam",
    "learning_rate": 0.01,
    "batch_size": 25,
    "train_percent": 50.0,
}

LABS = (
    Lab(
        "neuron",
        "One neuron by hand",
        "Two weights and a bias, by hand and by rule",
        (
            "A neuron adds up its inputs, each times a weight, and a bias b. Where the sum z = w1 x1 + w2 x2 + b is "
            "0, there is a straight line: on one side the answer is 1, on the other 0. Move the sliders, or drag the "
            "line and turn it by its handles; watch the loss. Then press Play: the neuron does the same by itself.",
            "It learns from one example at a time, in random order, by w ← w − η δ x. Three kinds differ in δ only. "
            "The perceptron answers 0 or 1 and learns from mistakes alone. The sigmoid with the squared error learns "
            "from all examples, but hardly from those of which it is wrongly sure, where y (1 − y) is almost 0. "
            "Logistic regression, with cross-entropy, has no such factor. Set the batch size higher to learn from "
            "several examples at once.",
            "The shaded picture is the loss over w1 and w2, with b as it is: exact, for there are no other weights. "
            "The ball is the present place.",
            "Choose the data Exclusive or: no line tells these two classes apart, whichever rule finds it.",
        ),
        {
            "dataset": "gauss",
            "noise": 20.0,
            "hidden": (),
            "output": "sigmoid",
            "loss": "squared",
            "batch_size": 1,
            "order": "shuffled",
            "learning_rate": 0.03,
            "points": 100,
        },
        "neuron",
        speed=5,
    ),
    Lab(
        "wide",
        "Wide and shallow",
        "One layer of Gaussian units",
        (
            "Each hidden neuron answers exp(−z²): 1 where its sum z is 0, and less to both sides. Over one input "
            "that is a bump, as the small pictures show; its weight says how narrow it is, its bias where it stands. "
            "The output is the sum of the bumps, each times its weight: What each neuron adds, below the curve, "
            "shows what each one adds.",
            "On the plane the same neuron is no bump but a ridge: it answers 1 along a whole line. Choose the "
            "problem Classification to see it. To answer at one place only, a unit would have to measure the "
            "distance from a point.",
            "Try fewer and more neurons, and the other curves.",
        ),
        {
            "problem": "regression",
            "reg_dataset": "curve-sine",
            "features": ("x",),
            "hidden": (8,),
            "activation": "gaussian",
            "learning_rate": 0.03,
        },
        "map",
        speed=30,
    ),
    Lab(
        "noise",
        "Columns of noise",
        "What inputs that say nothing do",
        (
            "Two columns say whether a point is inside the circle. Beside them stand columns of pure noise, none at "
            "first. A network cannot know which columns matter: with 100 points to learn from, it finds reasons in "
            "the noise too. The training loss falls all the same; the test loss tells.",
            "Measured with these settings, 20 seeds, 500 epochs, the median test loss: 0.016 without noise, 0.020 "
            "with 1 column, 0.046 with 2, 0.11 with 4, 0.25 with 8, 0.63 with 16, 0.74 with 32; the training loss "
            "was at most 0.013 in all of them. A network that always answers 0 has a loss of 0.5.",
            "Each choice of data begins another run, which leaves a point in the picture of the test losses.",
        ),
        {"hidden": (8,), "activation": "gaussian", "learning_rate": 0.03, "train_percent": 50.0},
        "map",
        sets=tuple(name for name in MADE if name.startswith("noise")),
        first="noise-0",
        counted="columns of noise",
        speed=60,
        hidden=("dataset", "problem"),
    ),
    Lab(
        "codes",
        "8-3-8",
        "Eight codes through three neurons",
        (
            "Of eight inputs one is 1. The network has to give all eight back, but only three neurons lie between: "
            "it has to find a code. Watch the three numbers of each row settle near 0 and 1: they become the binary "
            "numbers, in an order of their own. Tom Mitchell shows this network in Machine Learning (1997).",
            "Measured with these settings, one example at a time: of 40 seeds, all 40 had all eight right within "
            "5,000 epochs, the first after 782, half of them by 1,981, the last after 3,770. Right means that each "
            "of the eight outputs is on its side of 0.5.",
            "Set the batch size to 8, so that all eight examples make one update: then none of 40 seeds got there "
            "within 5,000 epochs.",
            "Try other numbers of codes, more or fewer neurons, and another activation.",
        ),
        {
            "problem": "regression",
            "hidden": (3,),
            "activation": "sigmoid",
            "output": "sigmoid",
            "loss": "squared",
            "batch_size": 1,
            "learning_rate": 0.3,
            "train_percent": 100.0,
        },
        "codes",
        sets=tuple(name for name in MADE if name.startswith("one-hot")),
        first="one-hot-8",
        speed=100,
        hidden=("dataset", "problem"),
    ),
    Lab(
        "pca",
        "Autoencoder beside PCA",
        "Two numbers for each row, found in two ways",
        (
            "Four numbers go in, pass two neurons in the middle, and are built again. Principal component analysis "
            "(PCA) does the same with straight lines only: no plane loses less of the training rows. A network with "
            "bends may lose less still, if there is enough to learn from.",
            "Measured with these settings, 20 seeds, 1,000 epochs. An error is the part of the variance of the test "
            "rows that is lost. Bent sheet, a surface rolled up in four dimensions: 0.003 to 0.15 (median 0.008), "
            "PCA 0.38 to 0.50; the network was better in 20 of 20. Banknotes: 0.031 to 0.063 (median 0.045), PCA "
            "0.13 to 0.14; better in 20 of 20. Iris: 0.038 to 0.067 (median 0.048), PCA 0.036 to 0.054 (median "
            "0.044); better in 7 of 20: its 150 rows are nearly flat, and 75 of them are little to learn from. A "
            "network that can bend is no gain then.",
            "Make it linear: set Activation to Linear. The angle to the plane of PCA goes to 0: after 1,000 epochs "
            "it was 0.08 to 0.47 degrees in 20 seeds, and the errors differed by less than 0.0005. Change the middle "
            "layer to 1 or 3 neurons: PCA then has as many components. With Noise, the inputs are shaken and the "
            "network has to take that away.",
            "Banknotes are not part of this program: bring their file with Your table. Banknote Authentication, V. "
            "Lohweg (2012), UCI Machine Learning Repository, doi 10.24432/C55P57, CC BY 4.0.",
        ),
        _AUTOENCODER,
        "plane",
        sets=(IRIS, *(name for name in MADE if name.startswith("sheet"))),
        first="sheet-1",
        own=True,
        speed=60,
        hidden=("dataset", "problem"),
    ),
)
lab_from_key = {lab.key: lab for lab in LABS}
