"""The error for a value that cannot be used."""


class SpecError(ValueError):
    """A value that cannot be used. `field` names it, `allowed` says what could be, str() is a sentence."""

    def __init__(self, field: str, value: object, allowed: str, label: str | None = None) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(f"{label or field} must be {allowed}, not {_shown(value)}.")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
