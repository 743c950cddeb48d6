"""Records of the views of the inside of a network, and of the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from tinkernet.app.wire.part import Array, Part, Scalar, Text, Values


@dataclass(slots=True, eq=False)
class Bending(Part):
    """How each layer moves the plane. A stop is the plane of the map, a layer, or the output; see `analysis.bending`.

    A place is of a grid of `grid` x `grid`, row by row from the lower left corner, and then of training points.
    """

    topic: ClassVar[str] = "bending"

    plane: Annotated[str, Text("as subscribed to")]
    grid: Annotated[int, Scalar("B", "places along each side of the grid")]
    stops: Annotated[Array, Values("f8", "(stops, 7): kind, units, share shown, points told apart or -1, and a line")]
    places: Annotated[Array, Values("f4", "(stops, places, 2)")]


@dataclass(slots=True, eq=False)
class Health(Part):
    """What makes the network learn, and which neurons do not; empty without training points."""

    topic: ClassVar[str] = "health"

    gradient: Annotated[Array, Values("f4", "(parameters,): of the mean training loss, in the order of params")]
    ailments: Annotated[Array, Values("u1", "(hidden neurons,): 1 dead, 2 saturated, 3 exploding")]


@dataclass(slots=True, eq=False)
class Importance(Part):
    """The training loss without each part of the network, without the penalty and dropout."""

    topic: ClassVar[str] = "importance"

    whole: Annotated[float, Scalar("d", "the loss of the network as it is; NaN without training points")]
    without_units: Annotated[Array | None, Values("f8", "(units,): inputs and hidden neurons")] = None
    without_links: Annotated[Array | None, Values("f8", "(links,): in the order of weights; none of a large net")] = (
        None
    )


@dataclass(slots=True, eq=False)
class Landscape(Part):
    """The training loss over a plane in the space of all parameters, and the way of the run to where it is."""

    topic: ClassVar[str] = "landscape"

    mode: Annotated[str, Text("as subscribed to")]
    problem: Annotated[str, Text('"young": no path yet; "large": it would take too long; "": none')]
    share: Annotated[float, Scalar("d", "of the path that the plane holds, in its squared distances; NaN: not asked")]
    heights: Annotated[Array | None, Values("f4", "(side, side): losses, from the lower left corner, by row")] = None
    window: Annotated[Array | None, Values("f8", "(2, 2): the lower left and the upper right corner")] = None
    way: Annotated[Array | None, Values("f8", "(epochs, 4): epoch, place on the plane, true loss; the last is now")] = (
        None
    )
    others: Annotated[Array | None, Values("f8", "(places, 4): code of the letter of a kept run; place; loss")] = None


@dataclass(slots=True, eq=False)
class Diagnosis(Part):
    """What goes wrong, and what helps; all texts are empty where nothing does. Changes are JSON, fields of the spec."""

    topic: ClassVar[str] = "diagnosis"

    key: Annotated[str, Text("of the diagnosis")]
    place: Annotated[str, Text('where: a unit, "layer 2", "class 1", or "" for the whole')]
    sentence: Annotated[str, Text("for people")]
    first_label: Annotated[str, Text("of a remedy")]
    first_changes: Annotated[str, Text("of the spec")]
    second_label: Annotated[str, Text("of another one")]
    second_changes: Annotated[str, Text("of the spec")]
