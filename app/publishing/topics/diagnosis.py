"""What goes wrong in the run."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import DiagnosisTopic
from tinkernet.app.wire.inside import Diagnosis
from tinkernet.engine.analysis.diagnosis import diagnose

SECONDS = 1.0  # a page shows one only after it has held for some of these


def make(moment: Moment, topics: Sequence[DiagnosisTopic]) -> Sequence[Diagnosis]:
    """One record: this topic has no parameters."""
    found = diagnose(moment.trainer)
    if found is None:
        texts = [""] * 7
    else:
        place, sentence, remedies = found.finding
        texts = [found.key, place, sentence]
        for remedy in remedies:
            texts += [remedy.label, json.dumps(remedy.changes, separators=(",", ":"))]
    return [Diagnosis(*moment.stamp.values(), *texts)] * len(topics)
