"""Every choice a person has: its bounds, its default, its link key and its words. To add a setting, add a field here.

The order of the fields is the order in links, in JSON and on the page. Those of `basic_fields` come first.
"""

from dataclasses import dataclass
from typing import Any

from tinkernet.engine.data.dataset import MAX_CLASSES, MAX_POINTS
from tinkernet.engine.data.features import COLUMN, FEATURES, WRITTEN
from tinkernet.engine.data.reference import LONGEST
from tinkernet.engine.data.written import MOST_REGIONS, REGIONS, SURFACE
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.initialisers import BIASES, INITIALISERS
from tinkernet.engine.formulas.losses import LOSSES, OUTPUTS
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.formulas.schedules import SCHEDULES
from tinkernet.engine.spec import settings
from tinkernet.engine.spec.basic_fields import FIRST, MAX_LAYERS, ORDER, BasicFields

# Numbers of layers, 0 to 64, and of neurons, 0 to 4,095.
_LAYER, _NEURON = "([0-9]|[1-5][0-9]|6[0-4])", "([0-9]|[1-9][0-9]{1,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-5])"

OPTIMISER, SCHEDULE, LOSS = "Optimizer", "Learning-rate schedule", "Loss and output"
PENALTY, STOP = "Regularization", "Stop rules"
GROUPS = (OPTIMISER, SCHEDULE, LOSS, FIRST, PENALTY, ORDER, STOP)
"""Headings under which the page keeps what a beginner does not need, in their order."""

# What "auto" stands for: an output for each problem, "several" being more than two classes; a loss for each output.
AUTOMATIC_OUTPUT = {"classification": "tanh", "several": "softmax", "regression": "linear"}
AUTOMATIC_LOSS = {output.key: next(loss.key for loss in LOSSES if output.key in loss.codes) for output in OUTPUTS}


CLASS_NAME = r"[^,\x00-\x1f\x7f]{1,24}"


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
    pattern = rf"{features}|{WRITTEN}|{COLUMN}|{_LAYER}\.{_NEURON}(\.{_NEURON})?"
    return settings.listing(key, 256, label, help, unit=words, pattern=pattern, live=True, basic=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields(BasicFields):
    """The fields of `Spec`, with their metadata (see `settings`); `Spec` checks the values and derives the rest."""

    activations: tuple[str, ...] = settings.listing(
        "activations",
        MAX_LAYERS,
        "Activation of each layer",
        "From the first hidden layer on. A layer that is not listed uses the activation of all.",
        choices=settings.choices(ACTIVATIONS),
        per_layer_of="activation",
        live=True,
        basic=False,
    )
    initialiser: str = settings.choice(
        "initialiser",
        "uniform",
        settings.choices(INITIALISERS),
        "Initial weights",
        "How the weights are drawn before training.",
        basic=False,
        group=FIRST,
    )
    initialisers: tuple[str, ...] = settings.listing(
        "initialisers",
        MAX_LAYERS + 1,
        "Initial weights of each layer",
        "From the first hidden layer to the output. A layer that is not listed starts like all.",
        choices=settings.choices(INITIALISERS),
        per_layer_of="initialiser",
        basic=False,
        group=FIRST,
    )
    biases: str = settings.choice(
        "biases",
        "tenth",
        settings.choices(BIASES),
        "Initial biases",
        "The biases before training.",
        basic=False,
        group=FIRST,
    )
    weight_seed: str = settings.seed(
        "weightSeed",
        "Seed of the weights",
        "Other initial weights, order and dropout for the same points. Empty: they follow from Seed too. The text of "
        "Seed here is not the same as empty: weights are then the first numbers drawn, not those after the points.",
        default="",
        basic=False,
        group=FIRST,
    )

    points: int = settings.integer(
        "points",
        0,
        10,
        MAX_POINTS,
        "Points",
        "The number of points, for training and testing together.",
        automatic=0,
        offered=[10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
        basic=False,
    )
    classes: int = settings.integer(
        "classes",
        3,
        2,
        6,
        "Classes",
        "The number of classes, for data sets that can have more than two.",
        slider=settings.slider(2, 6, 1),
        basic=False,
    )
    class_balance: float = settings.number(
        "classBalance",
        50.0,
        10,
        90,
        "Share of class 2",
        "Of two classes, the share of class 2, the blue one, before noise.",
        unit="%",
        slider=settings.slider(10, 90, 10),
        basic=False,
    )
    regions: tuple[str, ...] = settings.formulas(
        "regions",
        REGIONS,
        MOST_REGIONS,
        "Regions",
        "For the data Formula: where class 2 is, class 3 and so on. The first that holds counts; the rest is class 1.",
    )
    surface: str = settings.formula(
        "surface", SURFACE, "Value", "For the data Formula: the value at each point. Above 1 in size, it is scaled."
    )
    class_names: tuple[str, ...] = settings.listing(
        "classNames",
        MAX_CLASSES,
        "Names of the classes",
        "What the page calls them, from class 1 on.",
        unit="names of 1 to 24 characters without a comma",
        pattern=CLASS_NAME,
        live=True,
        basic=False,
    )
    drawn_classes: int = settings.integer(
        "drawnClasses",
        0,
        3,
        MAX_CLASSES,
        "Classes to draw",
        "The number of classes of points that are drawn by hand, where the data set has fewer.",
        automatic=0,
        basic=False,
    )
    data: str = settings.text(
        "data",
        LONGEST,
        "Own data",
        "The stored data set to learn from, in place of the points that the other settings name.",
        basic=False,
    )
    output: str = settings.choice(
        "output",
        "auto",
        [
            _automatic("Tanh for two classes, softmax for more, linear for regression.", AUTOMATIC_OUTPUT),
            *settings.choices(OUTPUTS),
        ],
        "Output",
        "How the output neuron turns its weighted sum z into its output.",
        basic=False,
        group=LOSS,
    )
    loss: str = settings.choice(
        "loss",
        "auto",
        [
            _automatic(
                "Cross-entropy with softmax, the perceptron's rule with step, otherwise squared.", AUTOMATIC_LOSS
            ),
            *settings.choices(LOSSES),
        ],
        "Loss",
        "What training minimizes.",
        basic=False,
        group=LOSS,
    )

    optimiser: str = settings.choice(
        "optimiser",
        "sgd",
        settings.choices(OPTIMISERS),
        "Optimizer",
        "How an update follows from the gradients.",
        live=True,
        basic=False,
        group=OPTIMISER,
    )
    momentum: float = _setting(
        OPTIMISER, "momentum", 0.9, 0, 1, "Momentum μ", "The share of the last step that is kept for the next."
    )
    beta1: float = _setting(
        OPTIMISER,
        "beta1",
        0.9,
        0,
        0.9999,
        "β₁",
        "The share of the running mean of the gradients that is kept at each step.",
    )
    beta2: float = _setting(
        OPTIMISER,
        "beta2",
        0.999,
        0,
        0.999999,
        "β₂",
        "The share of the running mean of their squares that is kept at each step.",
    )
    smoothing: float = _setting(
        OPTIMISER,
        "smoothing",
        0.99,
        0,
        1,
        "Smoothing α",
        "The share of the running mean of the squared gradients that is kept at each step.",
    )
    epsilon: float = _setting(
        OPTIMISER,
        "epsilon",
        1e-8,
        1e-12,
        1,
        "ε",
        "A small number that keeps the step finite when all gradients were 0.",
    )
    weight_decay: float = _setting(
        PENALTY,
        "weightDecay",
        0.01,
        0,
        100,
        "Weight decay λ",
        "Each step shrinks each weight by this share times the learning rate.",
    )
    schedule: str = settings.choice(
        "schedule",
        "constant",
        settings.choices(SCHEDULES),
        "Schedule",
        "How the learning rate changes from epoch to epoch.",
        live=True,
        basic=False,
        group=SCHEDULE,
    )
    schedule_epochs: int = _count(
        SCHEDULE, "scheduleEpochs", 100, "Schedule length T", "The length of the schedule, in epochs.", low=1
    )
    schedule_factor: float = _setting(
        SCHEDULE,
        "scheduleFactor",
        0.5,
        0,
        1,
        "Schedule factor γ",
        "The learning rate is multiplied by this every T epochs.",
    )
    warmup_epochs: int = _count(
        SCHEDULE, "warmUp", 0, "Warm-up epochs", "The number of epochs in which the learning rate first rises from 0."
    )
    clip_norm: float = _setting(
        PENALTY,
        "clipNorm",
        0.0,
        0,
        1e6,
        "Gradient clipping",
        "A longer gradient is shortened to this length; 0 = off.",
    )
    order: str = settings.choice(
        "order",
        "fixed",
        [
            {
                "key": "fixed",
                "label": "Fixed",
                "note": "The same in every epoch, as in TensorFlow Playground.",
                "basic": True,
            },
            {"key": "shuffled", "label": "Shuffled", "note": "A new order each epoch, from the seed.", "basic": False},
        ],
        "Order of points",
        "The order in which an epoch goes through the training points.",
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
        "The share of hidden neurons that are switched off at random for each point during training.",
    )
    stop_epoch: int = _count(
        STOP, "stopEpoch", 0, "Stop at epoch", "Training stops at this epoch; 0 = off.", stopped="epoch {} is reached"
    )
    stop_loss: float = _setting(
        STOP,
        "stopLoss",
        0.0,
        0,
        1e6,
        "Stop at test loss",
        "Training stops once the test loss is this low or lower; 0 = off.",
        stopped="the test loss is {} or lower",
        tested=True,
    )
    patience: int = _count(
        STOP,
        "patience",
        0,
        "Patience",
        "Training stops when the test loss has not improved for this many epochs; 0 = off.",
        stopped="the test loss has not improved for {} epochs",
        tested=True,
    )
    frozen: tuple[str, ...] = _parts("frozen", "Frozen", "Parts that keep their weights while the others learn.")
    cut: tuple[str, ...] = _parts("cut", "Cut", "Links that are switched off until they are restored.")
