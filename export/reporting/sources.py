"""Where a report comes from: which questionnaires, in which version, and the certificate of the draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from export.markup import paragraph, text
from export.reporting.report import Part
from surveys import language
from surveys.language import _


def questionnaires(parts: Sequence[Part]) -> Iterator[str]:
    """Yield which questionnaires were answered: title, id, version, fingerprint."""
    spoken = language.from_environment()
    for one in parts:
        instrument = one.given.found.instrument
        facts = [(_("Questionnaire"), instrument.id)]
        for version in one.given.versions:
            facts += [
                (_("Version"), version.version),
                (_("Fingerprint (SHA-256)"), version.digest),
            ]
        yield from _facts(instrument.text(instrument.title, spoken), facts)


def certificate(found: Mapping[str, object]) -> Iterator[str]:
    """Yield what of the certificate of a draw is needed to check that this is it, and how to do so."""
    named = (
        (_("Commitment"), "commitment"),
        (_("Proof that it was public before"), "proof"),
        (_("Randomness"), "beacon"),
        (_("The list, with its salt"), "frame_hash"),
        (_("Who was drawn, with the salt"), "selection_hash"),
        (_("The file of cases, sample.csv"), "sample_hash"),
    )
    yield from _facts(
        _("Certificate of the draw"),
        [(told, str(found[key]) or _("none was given")) for told, key in named if key in found],
    )
    yield paragraph(
        _(
            "certificate.html and certificate.json, published with the draw, say all of it. Compare the "
            "commitment with what was published before the randomness was known; whoever is shown the "
            "list and its salt can do the draw again."
        )
    )


def _facts(caption: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of facts, what each is and its value."""
    yield f'<table class="facts"><caption>{text(caption)}</caption><tbody>'
    yield from (
        f'<tr><th scope="row">{text(name)}</th><td><code>{text(value)}</code></td></tr>'
        for name, value in rows
    )
    yield "</tbody></table>"
