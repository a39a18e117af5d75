"""The templates of a source with the edits so far, by the facts that they tell."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from narrowgate.api.patches.circles import refuse_circle_of_resources
from narrowgate.api.patches.files import Files
from narrowgate.api.patches.node import TextEdit, Uncertain, apply_edits
from narrowgate.api.patches.references import place_of
from narrowgate.api.patches.template_text import TemplateText
from narrowgate.model.estate_facts import Place
from narrowgate.model.snapshot import Snapshot


class Templates:
    """Opened anew for every edit, so that a place in a text is never one of an earlier text."""

    def __init__(self, files: Files, snapshot: Snapshot) -> None:
        """Nothing is read before it is asked for."""
        self._files = files
        self.snapshot = snapshot
        self.made: dict[str, tuple[str, str, str]] = {}
        """What the patch adds: file, logical id, type, by the key that parts name it with."""
        self.remarks: list[str] = []
        """What people have to know about the edits of one change."""

    def open(self, own: str) -> tuple[TemplateText, str]:
        """The template of a fact, and its logical id there.

        Raises:
            Uncertain: it is written in none, or that is not understood.
        """
        if own in self.made:
            file, name, _ = self.made[own]
            return self.at(file), name
        place = place_of(self.snapshot, own)
        if not place.address:
            raise Uncertain(f"{own} is written in no file of the source")
        return self.at(place.source), place.address.rpartition("/")[2]

    def at(self, file: str) -> TemplateText:
        """A template by its file.

        Raises:
            Uncertain: it is not understood.
        """
        return TemplateText(Path(file), self._files.read(Path(file)))

    def save(self, template: TemplateText, edits: Sequence[TextEdit]) -> None:
        """Make edits of a template.

        Raises:
            Uncertain: its resources would refer to each other in a circle.
        """
        text = apply_edits(template.text, edits)
        self._files.write(template.path, text)
        refuse_circle_of_resources(text, TemplateText(template.path, text).resources)

    def all(self) -> Iterator[TemplateText]:
        """Every template that tells a fact."""
        for file in dict.fromkeys(each.source for each in self.snapshot.places.values() if each.address):
            yield self.at(file)

    def stack_of(self, template: TemplateText) -> Place | None:
        """Account and Region of a template's stack, by any fact of it that has a Region."""
        path = str(template.path)
        return next(
            (
                each
                for each in self.snapshot.places.values()
                if each.source == path and each.region not in (None, "global")
            ),
            None,
        )
