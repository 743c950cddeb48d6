"""What a network has to answer: problem, output and loss, resolved against the data."""

from dataclasses import dataclass

from tinkernet.engine.errors import SpecError
from tinkernet.engine.formulas.losses import LOSSES, OUTPUTS, loss_from_key, output_from_key
from tinkernet.engine.spec.fields import AUTOMATIC_LOSS, AUTOMATIC_OUTPUT


@dataclass(frozen=True, slots=True)
class Task:
    """What the outputs of a network are, and what is to be made small. See `Spec.task`.

    classes: number of classes; 0 where the targets are numbers.
    targets: number of target columns of the data.
    output: key of the output, never "auto".
    loss: key of the loss, never "auto".
    """

    classes: int
    targets: int
    output: str
    loss: str

    @property
    def outputs(self) -> int:
        """The number of output neurons: one for each number; one for each class; one for two without softmax."""
        if not self.classes:
            return self.targets
        return self.classes if self.classes > 2 or output_from_key[self.output].coupled else 1

    @property
    def low(self) -> float:
        """The target of an output whose class is not the point's; of the point's own class it is 1."""
        return output_from_key[self.output].low

    @property
    def loss_code(self) -> int:
        """The code of the loss and the output together (see `losses`)."""
        return loss_from_key[self.loss].codes[self.output]


def resolve(problem: str, output: str, loss: str, classes: int, targets: int) -> Task:
    """The task of these choices, for data with so many classes (0 for numbers) and target columns.

    Raises SpecError where an output or a loss does not go with the rest.
    """
    outputs = [each.key for each in OUTPUTS if problem in each.problems]
    chosen_output = AUTOMATIC_OUTPUT["several" if classes > 2 else problem] if output == "auto" else output
    if chosen_output not in outputs:
        raise SpecError("output", output, f"auto or one of {', '.join(outputs)} for {problem}", "Output")
    losses = [each.key for each in LOSSES if problem in each.problems and chosen_output in each.codes]
    chosen_loss = AUTOMATIC_LOSS[chosen_output] if loss == "auto" else loss
    if chosen_loss not in losses:
        allowed = f"auto or one of {', '.join(losses)} for {problem} with the output {chosen_output}"
        raise SpecError("loss", loss, allowed, "Loss")
    return Task(classes, targets, chosen_output, chosen_loss)
