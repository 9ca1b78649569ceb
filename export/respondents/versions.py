"""Several versions of a questionnaire as one: what each of its columns is, whichever version was answered.

Items are joined by name where they mean the same (`meaning.py`). Of a name that came to mean something
else, what it means now has the name itself, so that plans and scripts written for the questionnaire of
today hold; each meaning it had before has a column of its own, `name__2` for the first, `name__3` for
the next it had. Such a column keeps its number when yet another version comes, unless that means by the
name what it meant before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from export.respondents.grafted import GroupKey, grafted, groups_of
from export.respondents.joined import Lists, joined, joined_group
from export.respondents.meaning import Version, apart
from export.study import StudyInstrument
from interviewer.record import Record
from surveys.codebook import free_name
from surveys.instrument import Group, Instrument, Question

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Versions of a questionnaire, merged.

    `instrument` has the items of all of them under the names of their columns: it is the version itself
    where there is but one. It describes a dataset; no interview is held with it. `columns` gives by the
    hash of a version, then by the name of an item with a variable there, its name in `instrument`;
    `asked_in`, by that name, the versions that have it, the oldest first.
    """

    instrument: Instrument
    columns: Mapping[str, Names] = field(repr=False)
    asked_in: Mapping[str, tuple[str, ...]] = field(repr=False)

    def record(self, found: Record) -> Record:
        """Return a record as if it had been made with `instrument`; it still names the hash of its own."""
        return under_columns(found, self.columns)


def under_columns(found: Record, columns: Mapping[str, Names]) -> Record:
    """Return a record that says everything under the names of the columns, by version (`Merged.columns`)."""
    own = columns.get(found.instrument_hash, {})
    moved = {name: column for name, column in own.items() if column != name}
    if not moved:
        return found
    return replace(
        found,
        answers=_under(found.answers, moved),
        statuses=_under(found.statuses, moved),
        comments=_under(found.comments, moved),
        reasons=_under(found.reasons, moved),
        paradata=_under(found.paradata, moved),
    )


def _under(said: Mapping[str, str], moved: Names) -> dict[str, str]:
    """Return what a record says by item and instances (`name[2,1]`), under other names."""
    found = {}
    for key, value in said.items():
        name, bracket, at = key.partition("[")
        found[moved.get(name, name) + bracket + at] = value
    return found


def merged(versions: Sequence[Instrument]) -> Merged:
    """Return the versions of a questionnaire as one; the oldest comes first, and there is at least one."""
    newest_first = [Version.of(one) for one in reversed(versions)]
    named = _named(newest_first)
    columns = [
        {name: named[name, at] for name in one.variables} for at, one in enumerate(newest_first)
    ]
    asked_in: dict[str, tuple[str, ...]] = {}
    for one, own in zip(reversed(newest_first), reversed(columns), strict=True):
        for column in own.values():
            asked_in[column] = (*asked_in.get(column, ()), one.instrument.version)
    instrument = versions[-1] if len(versions) == 1 else _instrument(newest_first, columns)
    by_digest = {one.instrument.digest: own for one, own in zip(newest_first, columns, strict=True)}
    return Merged(instrument, by_digest, asked_in)


def whole(found: StudyInstrument) -> Instrument:
    """Return the questionnaire that datasets and figures are of: all versions of one, as `merged`."""
    return merged(found.versions).instrument


# --- names --------------------------------------------------------------------------------------


def _named(newest_first: Sequence[Version]) -> dict[tuple[str, int], str]:
    """Return the column of each variable, by its name and the version, 0 for the newest."""
    newest = newest_first[0]
    reserved = {name.lower() for one in newest_first for name in one.items}
    used = {name.lower() for name in newest.items}
    found: dict[tuple[str, int], str] = {}
    for name, meanings in _meanings(newest_first).items():
        is_free = name in newest.variables or name.lower() not in used
        numbered = meanings[1:] if is_free else meanings
        if is_free:
            used.add(name.lower())
            found.update(((name, at), name) for at in meanings[0])
        for number, members in enumerate(sorted(numbered, reverse=True), start=2):
            column = free_name(f"{name}__{number}", reserved)
            found.update(((name, at), column) for at in members)
    return found


def _meanings(newest_first: Sequence[Version]) -> dict[str, list[list[int]]]:
    """Return by name the versions in which it means the same, the newest of them first."""
    found: dict[str, list[list[int]]] = {}
    for at, one in enumerate(newest_first):
        for name in one.variables:
            meanings = found.setdefault(name, [])
            for members in meanings:
                # Alike is not alike all along a chain: each of them is asked.
                if all(apart(one, newest_first[other], name) is None for other in members):
                    members.append(at)
                    break
            else:
                meanings.append([at])
    return found


# --- the questionnaire --------------------------------------------------------------------------


def _instrument(newest_first: Sequence[Version], columns: Sequence[Names]) -> Instrument:
    newest = newest_first[0].instrument
    names = _group_names(newest_first, columns)
    moved = [_moved(one, own, names) for one, own in zip(newest_first, columns, strict=True)]
    lists = Lists(dict(newest.lists))
    questions = _questions(newest_first, columns, moved, lists)
    languages = dict(newest.languages)
    for one in newest_first[1:]:
        languages = {**one.instrument.languages, **languages}
    return replace(
        newest,
        languages={**newest.languages, **languages},
        lists=lists.by_name,
        survey=grafted(
            [one.instrument for one in newest_first],
            [{name: questions[column] for name, column in own.items()} for own in columns],
            _groups(newest_first, names, moved),
        ),
    )


def _questions(
    newest_first: Sequence[Version],
    columns: Sequence[Names],
    moved: Sequence[Names],
    lists: Lists,
) -> dict[str, Question]:
    """Return by column the question that its versions make."""
    members: dict[str, list[Question]] = {}
    reads: dict[str, Names] = {}
    for one, own, renamed in zip(newest_first, columns, moved, strict=True):
        for name, column in own.items():
            members.setdefault(column, []).append(one.variables[name].question)
            reads.setdefault(column, renamed)
    return {
        column: joined(found, column, lists, reads[column]) for column, found in members.items()
    }


def _groups(
    newest_first: Sequence[Version], names: Mapping[GroupKey, str], moved: Sequence[Names]
) -> dict[GroupKey, Group]:
    """Return by key the group that its versions make, empty."""
    members: dict[GroupKey, list[Group]] = {}
    reads: dict[GroupKey, Names] = {}
    for one, renamed in zip(newest_first, moved, strict=True):
        for key, group in groups_of(one.instrument):
            members.setdefault(key, []).append(group)
            reads.setdefault(key, renamed)
    return {key: joined_group(found, names[key], reads[key]) for key, found in members.items()}


def _group_names(newest_first: Sequence[Version], columns: Sequence[Names]) -> dict[GroupKey, str]:
    """Return the name of each group: its own, where nothing has it by now."""
    newest = newest_first[0]
    used = {name.lower() for name in newest.items}
    used |= {column.lower() for own in columns for column in own.values()}
    reserved = used | {name.lower() for one in newest_first for name in one.items}
    found = {key: group.name for key, group in groups_of(newest.instrument)}
    for one in newest_first[1:]:
        for key, group in groups_of(one.instrument):
            if key not in found:
                is_free = group.name.lower() not in used
                found[key] = group.name if is_free else free_name(f"{group.name}__2", reserved)
                used.add(found[key].lower())
    return found


def _moved(one: Version, own: Names, names: Mapping[GroupKey, str]) -> dict[str, str]:
    """Return the items of a version that have another name in the merged questionnaire."""
    groups = {group.name: names[key] for key, group in groups_of(one.instrument)}
    return {name: made for name, made in (*own.items(), *groups.items()) if made != name}
