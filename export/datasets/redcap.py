"""REDCap: a data dictionary of the dataset, its data, and how to set a project up for the two.

Fields, forms and codes are called as in the dictionary of the questionnaire (`surveys/formats/redcap.py`),
but a field is what was *kept*: a number kept as a band is a list of bands, a calculation is a number.
Nothing is required, hidden or calculated, or REDCap would change data on their way in. The number of the
row is the key of the record; the reason for a missing value is a missing data code.

Source: REDCap Help & FAQ, “Data Dictionary”, “Data Import Tool”, “Repeating Instruments” and “Missing
Data Codes” (Vanderbilt University).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO, StringIO

import polars as pl

from export.datasets.described import Column, Sheet, one_line, value_labels
from surveys.codebook import STATUSES, Variable, kept_form, labelled, status_meaning
from surveys.formats.redcap import COLUMNS
from surveys.formats.redcap_fields import RECORD, fields_of, first_form
from surveys.formats.redcap_names import LONGEST_FORM, RESERVED, codes_for, name_for
from surveys.instrument import Instrument
from surveys.language import _

INSTRUMENT, INSTANCE = "redcap_repeat_instrument", "redcap_repeat_instance"


@dataclass(frozen=True, slots=True)
class _Field:
    """One field, the column it is of, its choices as code and label, its codes by value."""

    name: str
    form: str
    column: Column
    type: str
    validation: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    codes: Mapping[str, str] | None = None


def files(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str = ""
) -> dict[str, bytes]:
    """Return the dictionary, the data and the words about the project, by name."""
    made = _Project(sheets, instrument, language)
    return {
        f"{prefix}redcap-dictionary.csv": made.dictionary(),
        f"{prefix}redcap-data.csv": made.data(),
        f"{prefix}redcap-setup.md": made.setup(prefix),
    }


class _Project:
    """The fields of some tables, and what is written of them."""

    def __init__(self, sheets: Sequence[Sheet], instrument: Instrument, language: str) -> None:
        self.sheets, self.instrument, self.language = sheets, instrument, language
        self.known = fields_of(instrument)
        self.first = first_form(instrument)
        self.forms = {sheet.name: self._form(sheet) for sheet in sheets}
        forms = {self.first, *self.forms.values(), *(one.form for one in self.known.values())}
        self.taken = {RECORD, *RESERVED, *(f"{form}_complete" for form in forms)}
        self.taken |= {one.name for one in self.known.values()}
        self.fields = {sheet.name: tuple(self._fields(sheet)) for sheet in sheets}

    @cached_property
    def missing(self) -> Mapping[str, str]:
        """The missing data code of each status: its own name, unless a choice has that code."""
        fields = [field for found in self.fields.values() for field in found]
        taken = {code for field in fields for code, _label in field.choices}
        return {status: _free(status, taken) for status in STATUSES}

    def _form(self, sheet: Sheet) -> str:
        """Return the form of a table; of the main one, that on which it begins."""
        if not sheet.repeat:
            return self.first
        for column in sheet.columns:
            if column.variable is not None:
                return self.known[column.variable.name].form
        forms = {one.form for one in self.known.values()}
        return name_for(sheet.repeat, forms, LONGEST_FORM)

    # --- fields -------------------------------------------------------------------------------

    def _fields(self, sheet: Sheet) -> Iterator[_Field]:
        """Yield the fields of a table; the key of the record is none of them."""
        instances = [column for column in sheet.columns if column.role == "instance"]
        has_variable = any(column.variable is not None for column in sheet.columns)
        for column in sheet.columns:
            dtype = sheet.frame[column.name].dtype
            if column.variable is not None and column.role == "value":
                yield self._question(column, column.variable, sheet.frame[column.name])
            elif (column.role == "design" and column.of != "number") or (
                column.role == "instance" and (len(instances) > 1 or not has_variable)
            ):
                name = name_for(column.name, self.taken)
                yield _Field(name, self.forms[sheet.name], column, "text", _validation(dtype))

    def _question(self, column: Column, variable: Variable, values: pl.Series) -> _Field:
        found = self.known[variable.name]
        told = {one.name: one.label for one in value_labels(column, self.instrument, self.language)}
        if variable.storage == "several":
            labels = labelled(variable, self.instrument, self.language)
            told = {one.name: one_line(one.label) or one.name for one in labels}
        elif values.dtype != pl.String or not told:
            kind = "notes" if variable.is_free_text else "text"
            return _Field(found.name, found.form, column, kind, _validation(values.dtype))
        else:
            others = set(values.drop_nulls().unique()) - set(told)
            told |= {name: name for name in sorted(others)}
        codes = found.codes if set(told) <= set(found.codes) else codes_for(told)
        choices = tuple((codes[name], label) for name, label in told.items())
        kind = "checkbox" if variable.storage == "several" else "radio"
        return _Field(found.name, found.form, column, kind, "", choices, codes)

    # --- what is written ----------------------------------------------------------------------

    def dictionary(self) -> bytes:
        """Return the data dictionary: a row a field, those of a form together."""
        forms: dict[str, list[_Field]] = {self.first: []}
        for found in self.fields.values():
            for field in found:
                forms.setdefault(field.form, []).append(field)
        target = StringIO()
        rows = csv.DictWriter(target, COLUMNS, restval="", lineterminator="\n")
        rows.writeheader()
        rows.writerow(
            {
                "Variable / Field Name": RECORD,
                "Form Name": self.first,
                "Field Type": "text",
                "Field Label": _("Record"),
            }
        )
        rows.writerows(_row(field) for found in forms.values() for field in found)
        return target.getvalue().encode("utf-8")

    def data(self) -> bytes:
        """Return the data: a row a record, and one for each time a repeating form was filled in."""
        parts = [self._part(sheet) for sheet in self.sheets]
        names = [RECORD, *((INSTRUMENT, INSTANCE) if len(self.sheets) > 1 else ())]
        names += [name for part in parts for name in part.columns if name not in names]
        target = BytesIO()
        pl.concat(parts, how="diagonal").select(names).write_csv(target)
        return target.getvalue()

    def _part(self, sheet: Sheet) -> pl.DataFrame:
        key = next(column.name for column in sheet.columns if column.of == "number")
        columns = [sheet.frame[key].cast(pl.String).alias(RECORD)]
        if sheet.repeat:
            columns.append(
                pl.Series(INSTRUMENT, [self.forms[sheet.name]] * sheet.frame.height, pl.String)
            )
            columns.append(_instances(sheet, key).alias(INSTANCE))
        for field in self.fields[sheet.name]:
            columns.extend(self._columns(field, sheet))
        return pl.DataFrame(columns)

    def _columns(self, field: _Field, sheet: Sheet) -> Iterator[pl.Series]:
        """Yield the columns of a field: one, or for boxes one each, those of missing data codes too."""
        values, why = sheet.frame[field.column.name], _statuses(sheet, field.column)
        if field.type != "checkbox":
            written = values.cast(pl.String)
            if field.codes is not None:
                written = written.replace_strict(field.codes, return_dtype=pl.String, default=None)
            if why is not None:
                reasons = why.replace_strict(self.missing, return_dtype=pl.String, default=None)
                written = pl.select(pl.coalesce(written, reasons)).to_series()
            yield written.alias(field.name)
            return
        variable, codes = field.column.variable, field.codes or {}
        for value, indicator in variable.indicators if variable else ():
            yield sheet.frame[indicator].cast(pl.String).alias(_box(field.name, codes[value]))
        for status in STATUSES if why is not None else ():
            is_it = pl.select(pl.when(values.is_null() & (why == status)).then(pl.lit("1")))
            yield is_it.to_series().alias(_box(field.name, self.missing[status]))

    def setup(self, prefix: str) -> bytes:
        """Return what a person does to have the data in a project."""
        codes = [f"{code}, {status_meaning(status)}" for status, code in self.missing.items()]
        listed = "\n".join(f"       {code}" for code in codes)
        repeating = [f"`{self.forms[sheet.name]}`" for sheet in self.sheets if sheet.repeat]
        steps = [
            _("Make a new project, with nothing in it."),
            _("Under Additional customizations, enter these Missing Data Codes:")
            + f"\n\n{listed}\n",
            _("Upload {file} as its data dictionary.").format(
                file=f"`{prefix}redcap-dictionary.csv`"
            ),
            *(
                [_("Let these instruments repeat: {names}.").format(names=", ".join(repeating))]
                if repeating
                else []
            ),
            _("Import {file}; blank values do not overwrite.").format(
                file=f"`{prefix}redcap-data.csv`"
            ),
        ]
        lines = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
        return "\n".join(["# " + _("This dataset in REDCap"), "", *lines, ""]).encode("utf-8")


def _row(field: _Field) -> dict[str, str]:
    variable = field.column.variable
    return {
        "Variable / Field Name": field.name,
        "Form Name": field.form,
        "Field Type": field.type,
        "Field Label": field.column.label,
        "Choices, Calculations, OR Slider Labels": " | ".join(
            f"{code}, {label.replace('|', '/')}" for code, label in field.choices
        ),
        "Field Note": "" if variable is None else kept_form(variable.question.keep),
        "Text Validation Type OR Show Slider Number": field.validation,
    }


def _validation(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    return "number" if dtype.is_float() else ""


def _statuses(sheet: Sheet, column: Column) -> pl.Series | None:
    for other in sheet.columns:
        if other.role == "status" and other.of == column.name:
            return sheet.frame[other.name]
    return None


def _instances(sheet: Sheet, key: str) -> pl.Series:
    """Return which time it was: the instance, or for a repeat in a repeat a count within the record."""
    inside = [column.name for column in sheet.columns if column.role == "instance"]
    if len(inside) == 1:
        return sheet.frame[inside[0]].cast(pl.String)
    counted = sheet.frame.select(pl.int_range(1, pl.len() + 1).over(key))
    return counted.to_series().cast(pl.String)


def _box(name: str, code: str) -> str:
    """Return how REDCap calls the column of one box."""
    return f"{name}___{''.join(each if each.isalnum() else '_' for each in code.lower())}"


def _free(wanted: str, taken: set[str]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted
