"""The choices that TensorFlow Playground has too, and what becomes of a short last batch: a link always names them."""

from dataclasses import dataclass

from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.penalties import PENALTIES
from tinkernet.engine.spec import settings

LEARNING_RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
PENALTY_RATES = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
MAX_LAYERS = 64
MAX_NEURONS = 4096
"""Of all hidden layers together."""

FIRST, ORDER = "Initial weights", "Order and batches"
"""Headings under which the page keeps some of these fields (see `fields.GROUPS`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicFields:
    """The first fields of `Spec`, with their metadata (see `settings`)."""

    problem: str = settings.choice(
        "problem",
        "classification",
        [
            {"key": "classification", "label": "Classification", "note": "Tell classes apart."},
            {"key": "regression", "label": "Regression", "note": "Predict a number."},
        ],
        "Problem",
        "Whether the network tells classes apart or predicts a number.",
    )
    dataset: str = settings.choice(
        "dataset", "circle", settings.choices(GENERATORS, "classification"), "Data", "The points to learn from."
    )
    reg_dataset: str = settings.choice(
        "regDataset", "reg-plane", settings.choices(GENERATORS, "regression"), "Data", "The values to learn."
    )
    noise: float = settings.number(
        "noise",
        0.0,
        0,
        80,
        "Noise",
        "Random noise added to the points (in regression, to the labels; in reconstruction, to the inputs alone).",
        unit="%",
        slider=settings.slider(0, 50, 5),
        # The original's slider ends at 50, but follows a link up to 80; beyond that it falls back.
        link_beyond={"above": 50.0, "below": 0.0},
    )
    train_percent: float = settings.number(
        "percTrainData",
        50.0,
        0,
        100,
        "Training share",
        "The share of the points used for training; the others only test the network.",
        unit="%",
        slider=settings.slider(10, 90, 10),
    )
    batch_size: int = settings.integer(
        "batchSize",
        10,
        1,
        settings.LARGEST_WHOLE,
        "Batch size",
        "The number of points used for each update of the weights; 1 is online learning.",
        slider=settings.slider(1, 30, 1),
        link_beyond={"above": settings.LARGEST_WHOLE, "below": None},
        live=True,
        group=ORDER,
    )
    seed: str = settings.seed(
        "seed", "Seed", "Any text. The same text gives the same points and the same initial weights."
    )
    features: tuple[str, ...] = settings.features(
        ("x", "y"), settings.choices(FEATURES), "Features", "What the network gets to know about each point."
    )
    hidden: tuple[int, ...] = settings.sizes(
        "networkShape",
        (4, 2),
        MAX_NEURONS,
        MAX_LAYERS,
        "Hidden layers",
        "The number of neurons in each hidden layer.",
        buttons={"layers": 8, "neurons": 64},
    )
    activation: str = settings.choice(
        "activation",
        "tanh",
        settings.choices(ACTIVATIONS),
        "Activation",
        "How a hidden neuron turns its weighted sum z into its output.",
        live=True,
    )
    init_zero: bool = settings.flag("initZero", "Start at zero", "All weights and biases start at zero.", group=FIRST)
    learning_rate: float = settings.number(
        "learningRate",
        0.03,
        -settings.LARGEST,
        settings.LARGEST,
        "Learning rate",
        "The size η of each step along the gradient.",
        offered=LEARNING_RATES,
        live=True,
    )
    regularization: str = settings.choice(
        "regularization",
        "none",
        settings.choices(PENALTIES),
        "Regularization",
        "A pull on the weights towards zero, so that the network does not learn the noise by heart.",
        live=True,
    )
    regularization_rate: float = settings.number(
        "regularizationRate",
        0.0,
        -settings.LARGEST,
        settings.LARGEST,
        "Regularization rate",
        "The strength of that pull.",
        offered=PENALTY_RATES,
        live=True,
    )
    short_batch: str = settings.choice(
        "shortBatch",
        "update",
        [
            {"key": "update", "label": "Update", "note": "The last, smaller batch also updates the weights."},
            {
                "key": "carry",
                "label": "Carry over",
                "note": "As in TensorFlow Playground: the last, smaller batch waits for the next epoch.",
            },
        ],
        "Last batch",
        "What happens when the last batch of an epoch is smaller than the others.",
        original="carry",
        group=ORDER,
    )
