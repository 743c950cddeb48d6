"""Every choice a person has: its bounds, its default, its link key and its words. To add a setting, add a field here.

The order of the fields is the order in links, in JSON and on the page.
"""

from dataclasses import dataclass
from typing import Any

from tinkernet.engine.data.features import COLUMN, FEATURES
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.initialisers import BIASES, INITIALISERS
from tinkernet.engine.formulas.losses import LOSSES, OUTPUTS
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.formulas.penalties import PENALTIES
from tinkernet.engine.formulas.schedules import SCHEDULES
from tinkernet.engine.spec import settings

LEARNING_RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
PENALTY_RATES = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
MAX_LAYERS = 8
MAX_WIDTH = 64
_BELOW_64 = "([0-9]|[1-5][0-9]|6[0-3])"

OPTIMISER, SCHEDULE, LOSS, FIRST = "Optimiser", "Schedule", "Loss and output", "First weights"
PENALTY, ORDER, STOP = "Regularization", "Order and batches", "Stop"
GROUPS = (OPTIMISER, SCHEDULE, LOSS, FIRST, PENALTY, ORDER, STOP)
"""Headings under which the page keeps what a beginner does not need, in their order."""

# What "auto" stands for: an output for each problem, "several" being more than two classes; a loss for each output.
AUTOMATIC_OUTPUT = {"classification": "tanh", "several": "softmax", "regression": "linear"}
AUTOMATIC_LOSS = {output.key: "crossEntropy" if output.coupled else "squared" for output in OUTPUTS}


def _slider(minimum: float, maximum: float, step: float) -> dict[str, float]:
    return {"minimum": minimum, "maximum": maximum, "step": step}


def _automatic(note: str, stands_for: dict[str, str]) -> dict[str, Any]:
    return {"key": "auto", "label": "Automatic", "note": note, "basic": True, "stands_for": stands_for}


def _setting(group: str, key: str, default: float, low: float, high: float, label: str, help: str, **rest: Any) -> Any:
    return settings.number(key, default, low, high, label, help, live=True, basic=False, group=group, **rest)


def _count(group: str, key: str, default: int, label: str, help: str, low: int = 0, **rest: Any) -> Any:
    return settings.integer(key, default, low, 1_000_000, label, help, live=True, basic=False, group=group, **rest)


def _parts(key: str, label: str, help: str) -> Any:
    """An input by its key, a neuron as layer.neuron, a link as layer.neuron.input, all counted from 0.

    A part that the network has not is passed over, so that a layer can come and go. Of a neuron its own weights and
    bias are frozen, and its outgoing links are cut.
    """
    words = 'inputs ("x"), neurons ("0.3": layer.neuron) or links ("0.3.1": layer.neuron.input)'
    # What no network can have is refused: the list is kept with every edit.
    features = "|".join(feature.key for feature in FEATURES)
    pattern = rf"{features}|{COLUMN}|[0-{MAX_LAYERS}]\.{_BELOW_64}(\.{_BELOW_64})?"
    return settings.listing(key, 256, label, help, unit=words, pattern=pattern, live=True, basic=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of `Spec`, with their metadata (see `settings`); `Spec` checks the values and derives the rest."""

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
        "How far points or labels are shaken at random.",
        unit="%",
        slider=_slider(0, 50, 5),
        # The original's slider ends at 50, but follows a link up to 80; beyond that it falls back.
        link_beyond={"above": 50.0, "below": 0.0},
    )
    train_percent: float = settings.number(
        "percTrainData",
        50.0,
        1,
        99,
        "Training share",
        "The share of the points used for training; the rest only tests.",
        unit="%",
        slider=_slider(10, 90, 10),
    )
    batch_size: int = settings.integer(
        "batchSize",
        10,
        1,
        10000,
        "Batch size",
        "How many points are looked at before each change of the weights.",
        slider=_slider(1, 30, 1),
        live=True,
        group=ORDER,
    )
    seed: str = settings.seed(
        "seed", "Seed", "Any text; the same text gives the same points and the same first weights."
    )
    features: tuple[str, ...] = settings.features(
        ("x", "y"), settings.choices(FEATURES), "Features", "What the network is told about each point."
    )
    hidden: tuple[int, ...] = settings.sizes(
        "networkShape",
        (4, 2),
        MAX_WIDTH,
        MAX_LAYERS,
        "Hidden layers",
        "The number of neurons in each hidden layer.",
    )
    activation: str = settings.choice(
        "activation",
        "tanh",
        settings.choices(ACTIVATIONS),
        "Activation",
        "How a hidden neuron answers to its total input.",
        live=True,
    )
    init_zero: bool = settings.flag("initZero", "Start at zero", "Every weight and bias is zero at first.", group=FIRST)
    learning_rate: float = settings.number(
        "learningRate",
        0.03,
        0,
        1000,
        "Learning rate",
        "How far each step follows the gradient; it may be changed while training.",
        offered=LEARNING_RATES,
        live=True,
    )
    regularization: str = settings.choice(
        "regularization",
        "none",
        settings.choices(PENALTIES),
        "Regularization",
        "A pull on the weights towards zero, against learning the noise by heart.",
        live=True,
    )
    regularization_rate: float = settings.number(
        "regularizationRate",
        0.0,
        0,
        1000,
        "Regularization rate",
        "How strong that pull is.",
        offered=PENALTY_RATES,
        live=True,
    )
    short_batch: str = settings.choice(
        "shortBatch",
        "update",
        [
            {"key": "update", "label": "Update", "note": "A last, short batch changes the weights like any other."},
            {
                "key": "carry",
                "label": "Carry over",
                "note": "As TensorFlow Playground: a last, short batch waits for the next epoch's first update.",
            },
        ],
        "Short batch",
        "What happens to the points left over at the end of an epoch.",
        original="carry",
        group=ORDER,
    )
    activations: tuple[str, ...] = settings.listing(
        "activations",
        MAX_LAYERS,
        "Activation of each layer",
        "From the first hidden layer on; a layer that is not named here has the activation of all.",
        choices=settings.choices(ACTIVATIONS),
        per_layer_of="activation",
        live=True,
        basic=False,
    )
    initialiser: str = settings.choice(
        "initialiser",
        "uniform",
        settings.choices(INITIALISERS),
        "First weights",
        "How the weights are drawn before training.",
        basic=False,
        group=FIRST,
    )
    initialisers: tuple[str, ...] = settings.listing(
        "initialisers",
        MAX_LAYERS + 1,
        "First weights of each layer",
        "From the first hidden layer to the output; a layer that is not named here starts like all.",
        choices=settings.choices(INITIALISERS),
        per_layer_of="initialiser",
        basic=False,
        group=FIRST,
    )
    biases: str = settings.choice(
        "biases",
        "tenth",
        settings.choices(BIASES),
        "First biases",
        "What the biases are before training.",
        basic=False,
        group=FIRST,
    )

    classes: int = settings.integer(
        "classes",
        3,
        2,
        6,
        "Classes",
        "How many classes the data have, where they may have more or fewer.",
        slider=_slider(2, 6, 1),
        basic=False,
    )
    output: str = settings.choice(
        "output",
        "auto",
        [
            _automatic("Tanh for two classes, softmax for more, linear for numbers.", AUTOMATIC_OUTPUT),
            *settings.choices(OUTPUTS),
        ],
        "Output",
        "How the output answers to its total input.",
        basic=False,
        group=LOSS,
    )
    loss: str = settings.choice(
        "loss",
        "auto",
        [_automatic("Cross-entropy with softmax, else the squared error.", AUTOMATIC_LOSS), *settings.choices(LOSSES)],
        "Loss",
        "What training makes small.",
        basic=False,
        group=LOSS,
    )

    optimiser: str = settings.choice(
        "optimiser",
        "sgd",
        settings.choices(OPTIMISERS),
        "Optimiser",
        "How the weights follow the gradient.",
        live=True,
        basic=False,
        group=OPTIMISER,
    )
    momentum: float = _setting(
        OPTIMISER, "momentum", 0.9, 0, 1, "Momentum μ", "How much of the last step is kept for the next."
    )
    beta1: float = _setting(OPTIMISER, "beta1", 0.9, 0, 0.9999, "β₁", "How slowly the mean of the gradients changes.")
    beta2: float = _setting(
        OPTIMISER, "beta2", 0.999, 0, 0.999999, "β₂", "How slowly the mean of their squares changes."
    )
    smoothing: float = _setting(
        OPTIMISER, "smoothing", 0.99, 0, 1, "Smoothing α", "How slowly the mean of the squares changes."
    )
    epsilon: float = _setting(
        OPTIMISER, "epsilon", 1e-8, 1e-12, 1, "ε", "Keeps a step finite where the gradients were all 0."
    )
    weight_decay: float = _setting(
        PENALTY, "weightDecay", 0.01, 0, 100, "Weight decay λ", "What the optimiser itself takes off each weight."
    )
    schedule: str = settings.choice(
        "schedule",
        "constant",
        settings.choices(SCHEDULES),
        "Schedule",
        "How the learning rate changes over the epochs.",
        live=True,
        basic=False,
        group=SCHEDULE,
    )
    schedule_epochs: int = _count(
        SCHEDULE, "scheduleEpochs", 100, "Schedule's epochs T", "How long the schedule takes.", low=1
    )
    schedule_factor: float = _setting(
        SCHEDULE, "scheduleFactor", 0.5, 0, 1, "Schedule's factor γ", "What each step leaves."
    )
    warmup_epochs: int = _count(SCHEDULE, "warmUp", 0, "Warm-up epochs", "How long the rate rises from 0 at first.")
    clip_norm: float = _setting(
        PENALTY,
        "clipNorm",
        0.0,
        0,
        1e6,
        "Longest gradient",
        "A longer one is shortened to this; 0 leaves all as they are.",
    )
    order: str = settings.choice(
        "order",
        "fixed",
        [
            {"key": "fixed", "label": "Fixed", "note": "The same in every epoch, as the original's.", "basic": True},
            {"key": "shuffled", "label": "Shuffled", "note": "Another in every epoch, by the seed.", "basic": False},
        ],
        "Order of points",
        "In what order an epoch goes through the training points.",
        live=True,
        basic=False,
        group=ORDER,
    )
    dropout: float = _setting(
        PENALTY,
        "dropout",
        0.0,
        0,
        0.95,
        "Dropout",
        "The share of hidden neurons that is silent for each point while training.",
    )
    stop_epoch: int = _count(
        STOP, "stopEpoch", 0, "Stop at epoch", "Training stops there; 0 is never.", stopped="epoch {} is reached"
    )
    stop_loss: float = _setting(
        STOP,
        "stopLoss",
        0.0,
        0,
        1e6,
        "Stop at test loss",
        "Training stops once the test loss is as low; 0 is never.",
        stopped="the test loss is {} or lower",
    )
    patience: int = _count(
        STOP,
        "patience",
        0,
        "Patience",
        "It stops when the test loss was not lower for so many epochs; 0 is never.",
        stopped="the test loss has not been lower for {} epochs",
    )
    frozen: tuple[str, ...] = _parts("frozen", "Frozen", "What keeps its weights while the rest learns.")
    cut: tuple[str, ...] = _parts("cut", "Cut", "Links that carry nothing, until they are restored.")
