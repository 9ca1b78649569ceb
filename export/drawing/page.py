"""The certificate as a page to publish: what was drawn, how it was fixed beforehand, how to check it.

One HTML file that asks nothing of a network and prints on A4, in the interface's language. Like the
certificate it names no unit, no stratum of the frame and no cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import chain

from export import markup
from export.drawing.certificate import columns_from
from export.drawing.drawn import Draw, Stratum
from export.layout import practice
from export.numerals import short_percent, whole
from export.study import Study
from surveys import language
from surveys.language import _, ngettext, printable
from surveys.saying import quoted

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
:root { color: #1b1b1b; background: #fff; font: 11pt/1.45 Georgia, "Times New Roman", serif; }
body { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, ol { margin: .5rem 0; } .study { margin: .2rem 0 1.2rem; color: #444; }
.simulated { border: 2px solid #8a2c1d; color: #8a2c1d; font-weight: 600; padding: .4rem .8rem; }
.drawn { border: 1px solid #777; border-left: .4rem solid #1d4f7c; padding: .7rem 1rem; font-size: 1.1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #444; padding-bottom: .3rem; }
th, td { border-bottom: 1px solid #bbb; padding: .25rem .6rem .25rem 0; text-align: left;
         vertical-align: top; }
thead th { border-bottom: 2px solid #555; vertical-align: bottom; }
th { font-weight: 600; } tbody th[scope=row] { width: 27%; }
table.counts th, table.counts td { text-align: right; }
table.counts th:first-child { text-align: left; width: 6rem; }
table.counts td:last-child, table.counts th:last-child { text-align: left; padding-left: 1.5rem; }
code { font: .8em/1.35 "DejaVu Sans Mono", Consolas, Menlo, monospace; overflow-wrap: anywhere; }
.command span { white-space: nowrap; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; }
               tr, .drawn { break-inside: avoid; } }
"""


def page(drawn: Draw, certified: Mapping[str, object], study: Study) -> bytes:
    """Return the page of a draw and of its certificate, in UTF-8."""
    spoken = language.from_environment()
    title = _("Certificate of a draw")
    body = chain(
        (f"<h1>{escape(title)}</h1>", f'<p class="study">{escape(_of_study(study))}</p>'),
        _simulated(study),
        (f'<p class="drawn">{escape(_drawn(drawn))}</p>',),
        _fixed(drawn, certified),
        _randomness(certified),
        _fingerprints(certified),
        _check(certified),
        _strata(drawn),
    )
    return markup.page(
        f"{title} – {_of_study(study)}",
        ("<main>", *body, "</main>"),
        language=spoken,
        style=_STYLE,
    )


def _of_study(study: Study) -> str:
    """Return the study's title and who answers for it."""
    spoken = language.from_environment()
    title = study.title_in(spoken)
    return printable(". ".join(text for text in (title, study.controller.name) if text))


def _simulated(study: Study) -> Iterator[str]:
    if study.is_practice:
        told = practice()
        yield f'<p class="simulated">{escape(told)}</p>'


def _drawn(drawn: Draw) -> str:
    """Return in a sentence or two how many were drawn of how many, and how."""
    strata = drawn.plan.strata
    people = sum(person.status == "released" for person in drawn.selected)
    counted = {
        "n": whole(sum(stratum.drawn for stratum in strata)),
        "population": whole(sum(stratum.population for stratum in strata)),
        "people": whole(people),
        "take": whole(drawn.design.take),
        "strata": ngettext("{n} stratum", "{n} strata", len(strata)).format(n=whole(len(strata))),
    }
    told = {
        "simple": _("{n} people were drawn at random of {population}, each with the same chance."),
        "stratified": _("{n} people were drawn of {population}, at random within {strata}."),
        "systematic": _(
            "{n} people were drawn of {population}, at equal steps along the sorted list from a "
            "random start."
        ),
        "clusters": _(
            "{n} clusters were drawn of {population}, at random within {strata}, with everybody in "
            "them: {people} people."
        ),
        "two_stages": _(
            "{n} clusters were drawn of {population}, at random within {strata}, then at most {take} "
            "people in each at random: {people} people."
        ),
    }[drawn.design.method].format(**counted)
    spare = len(drawn.selected) - people
    if spare:
        told += " " + ngettext(
            "{n} more person is in reserve.", "{n} more people are in reserve.", spare
        ).format(n=whole(spare))
    return told


def _fixed(drawn: Draw, certified: Mapping[str, object]) -> Iterator[str]:
    yield _heading(_("Fixed before the randomness was known"))
    yield _paragraph(
        _(
            "The list, the method and the numbers below were fixed first, and the commitment, which "
            "stands for all of them, published. The draw is as strong as the proof of that."
        )
    )
    proof = certified["proof"] or _("none was given")
    design, known = drawn.design, [(_("Commitment"), _code(certified["commitment"]))]
    known += _day(_("Committed to on"), certified, "committed")
    known.append((_("Proof that it was public before"), escape(printable(str(proof)))))
    if design.fraction is not None:
        size = short_percent(float(design.fraction), 2)
    else:
        size = whole(design.size or 0)
    wanted = _("Clusters to draw") if design.is_of_clusters else _("People to draw")
    known += [(wanted, escape(size)), *_within_clusters(drawn), *_shared(drawn)]
    known.append((_("Randomness announced"), escape(printable(design.announced))))
    yield from _facts(known)


def _within_clusters(drawn: Draw) -> Iterator[tuple[str, str]]:
    if drawn.design.method == "two_stages":
        yield _("People to draw in each"), escape(whole(drawn.design.take))
    if drawn.design.reserve:
        in_each = drawn.design.method == "two_stages"
        name = _("In reserve in each") if in_each else _("In reserve")
        yield name, escape(whole(drawn.design.reserve))


def _shared(drawn: Draw) -> Iterator[tuple[str, str]]:
    """Yield how the sample is shared among strata, as far as the method has any."""
    design = drawn.design
    if design.method in {"simple", "systematic"}:
        return
    named = {
        "proportional": _("in proportion to their size"),
        "equal": _("in equal parts"),
        "neyman": _("by size and spread (Neyman)"),
    }
    yield _("Shared among strata"), escape(named[design.allocation])
    if design.least:
        yield _("At least, in each stratum"), escape(whole(design.least))
    if design.most:
        yield _("At most, in each stratum"), escape(whole(design.most))
    yield _("Strata merged below"), escape(whole(design.minimum))


def _randomness(certified: Mapping[str, object]) -> Iterator[str]:
    yield _heading(_("The randomness"))
    read = _("as text in UTF-8") if certified["beacon_kind"] == "text" else _("as raw bytes")
    yield from _facts(
        (
            (_("As published, read {how}").format(how=read), _code(certified["beacon"])),
            *_day(_("Drawn on"), certified, "drawn"),
            (_("Seed that it gives with the list"), _code(certified["seed"])),
        )
    )


def _fingerprints(certified: Mapping[str, object]) -> Iterator[str]:
    yield _heading(_("Fingerprints (SHA-256)"))
    named = (
        (_("The list, with its salt"), "frame_hash"),
        (_("The design"), "design_hash"),
        (_("Who was drawn, with the salt"), "selection_hash"),
        (_("The file of cases, sample.csv"), "sample_hash"),
    )
    yield from _facts([(told, _code(certified[key])) for told, key in named])


def _day(name: str, certified: Mapping[str, object], what: str) -> Iterator[tuple[str, str]]:
    """Yield the day of a time of the certificate, by the clock of who drew; none where it has none."""
    if what in certified:
        told = _("{day} (UTC, by the clock of the machine)")
        yield name, escape(told.format(day=str(certified[what])[:10]))


def _check(certified: Mapping[str, object]) -> Iterator[str]:
    yield _heading(_("How to check it"))
    steps = (
        _(
            "Anybody: compare the commitment with what was published, and the day of that publication "
            "with the day the randomness was known."
        ),
        _("Anybody: compare the randomness with what its publisher gives."),
        _(
            "Whoever is shown the list and its salt: redo the draw from certificate.json, by one command "
            "of Souspli, with the columns it was drawn by, or with a short program that needs none of "
            "it (docs/verify_draw.py)."
        ),
    )
    yield "<ol>" + "".join(f"<li>{escape(step)}</li>" for step in steps) + "</ol>"
    words = "</span> <span>".join(escape(printable(word)) for word in _command(certified))
    yield f'<p class="command"><code><span>{words}</span></code></p>'
    yield _paragraph(
        _(
            "The list itself is not published, nor its salt, without which nobody can guess who is on "
            "it. certificate.json, beside this page, says the same for programs."
        )
    )


def _command(certified: Mapping[str, object]) -> list[str]:
    """Return the command that redoes the draw, with the columns it was drawn by, option by option."""
    columns = columns_from(certified)
    words = ["souspli draw", _("LIST"), "--verify certificate.json", "--salt salt"]
    if columns is None:
        return [*words, "…"]
    words += [f"--{what} {quoted(name)}" for what, name in columns.mapped().items()]
    words += [f"--drop {quoted(name)}" for name in columns.drop]
    return [*words, *([f"--sheet {quoted(columns.sheet)}"] if columns.sheet else [])]


def _strata(drawn: Draw) -> Iterator[str]:
    if drawn.design.method in {"simple", "systematic"}:
        return
    yield _heading(_("Strata"))
    merges = len(drawn.plan.merges)
    if merges:
        told = ngettext(
            "{n} stratum of the list was merged into another, so that {least} or more are drawn in each.",
            "{n} strata of the list were merged into others, so that {least} or more are drawn in each.",
            merges,
        )
        yield _paragraph(told.format(n=whole(merges), least=whole(drawn.design.minimum)))
    has_reserve = any(stratum.reserve for stratum in drawn.plan.strata)
    spare = (_("in reserve"),) if has_reserve else ()
    heads = (_("stratum"), "N_h", "n_h", *spare, _("drawn of it"), _("made of"))
    told = _("Clusters, by stratum") if drawn.design.is_of_clusters else _("People, by stratum")
    yield f'<table class="counts"><caption>{escape(told)}</caption>'
    yield "<thead><tr>" + "".join(f'<th scope="col">{_symbols(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    yield from (_stratum(one, has_reserve=has_reserve) for one in drawn.plan.strata)
    yield "</tbody></table>"
    legend = _(
        "N_h is how many there are in the list, n_h how many were drawn. “Made of” gives the strata of "
        "the list by their number in order; their names are not published."
    )
    yield f"<p>{_symbols(legend)}</p>"


def _symbols(text: str) -> str:
    """Return a text as HTML, N_h and n_h as they are written by hand."""
    return re.sub(r"\b([Nn])_h\b", r"<var>\1</var><sub>h</sub>", escape(text))


def _stratum(found: Stratum, *, has_reserve: bool) -> str:
    cells = (
        whole(found.population),
        whole(found.drawn),
        *([whole(found.reserve)] if has_reserve else []),
        short_percent(found.drawn / found.population),
        ", ".join(map(whole, found.members)),
    )
    row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{whole(found.number)}</th>{row}</tr>'


# --- HTML -------------------------------------------------------------------------------------


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _code(value: object) -> str:
    return f"<code>{escape(printable(str(value)))}</code>"


def _facts(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of facts: what each is, and its value as HTML."""
    yield "<table><tbody>"
    yield from (
        f'<tr><th scope="row">{escape(name)}</th><td>{value}</td></tr>' for name, value in rows
    )
    yield "</tbody></table>"
