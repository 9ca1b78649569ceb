"""A workbook → the tree the loader reads, and what the conversion does not carry."""

from __future__ import annotations

from surveys.expressions import ExpressionError, compile
from surveys.language import _
from surveys.problems import Place, Problem, in_order, loss
from surveys.xlsform.cells import Sheet, Unreadable, read_cells
from surveys.xlsform.choices_sheet import hidden_columns, read_choices
from surveys.xlsform.columns import choices_column, columns_of, survey_column
from surveys.xlsform.nodes import mapping, put
from surveys.xlsform.settings_sheet import Settings
from surveys.xlsform.survey_sheet import names_in, read_survey
from surveys.yamltree import Mapping, Scalar, Sequence, Tree

_SHEETS = ("survey", "choices", "settings")


def read(content: bytes, name: str) -> tuple[Tree, tuple[Problem, ...]]:
    """Return the questionnaire in the bytes of an .xlsx or .xls, and the problems of the workbook.

    `name` is the file its places carry. Those of check "loss" are the loss list: everything the sheets
    hold that the tree does not. A file that cannot be read gives a tree without root. Raises Refusal
    where the reader of workbooks is not installed.
    """
    try:
        book = read_cells(content, name)
    except Unreadable as error:
        return Tree(None, (error.problem,), is_whole=False), (error.problem,)
    problems = list(book.problems)
    sheets = dict(book.sheets)
    if len(sheets) == 1:
        sheets = {"survey": next(iter(sheets.values()))}
    if "survey" not in sheets:
        fact, remedy = _("there is no sheet “survey”"), _("name the sheet of the questions so")
        problem = Problem(Place(name, 1, 1), "", fact, remedy, "shape")
        return Tree(None, (problem,), is_whole=False), (problem,)
    root = _root(sheets, name, problems)
    return Tree(root, (), is_whole=True), in_order(problems)


def _root(sheets: dict[str, Sheet], name: str, problems: list[Problem]) -> Mapping:
    settings = Settings(sheets.get("settings"), name, problems)
    languages = settings.languages()
    for key, column_of in (("choices", choices_column), ("survey", survey_column)):
        if key in sheets:  # choices first: so a tool puts the languages of a form in order
            languages.meet(columns_of(sheets[key].header, column_of, []).values())
    survey = read_survey(sheets["survey"], languages, names_in(sheets), problems)
    lists = read_choices(sheets.get("choices"), languages, survey.with_other, problems)
    _refuse_hidden(hidden_columns(lists), survey.items, problems)
    _name_other_sheets(sheets, problems)
    root = mapping(Place(name, 1, 1))
    put(root, "souspli", Scalar("1", root.place))
    put(root, "form", settings.form(languages, survey.tables))
    put(root, "nonresponse", settings.nonresponse())
    put(root, "choices", lists if lists and lists.nodes else None)
    put(root, "survey", survey.items)
    return root


def _name_other_sheets(sheets: dict[str, Sheet], problems: list[Problem]) -> None:
    for key, sheet in sheets.items():
        if key not in _SHEETS and (sheet.rows or sheet.header.cells):
            fact = _("the sheet “{name}” is not carried").format(name=sheet.name)
            problems.append(loss(sheet.header.place, "", fact))


def _refuse_hidden(hidden: set[str], items: Sequence, problems: list[Problem]) -> None:
    """Refuse a choice_filter that reads a column which our language takes for another."""
    for item in items.nodes if hidden else ():
        if not isinstance(item, Mapping):
            continue
        below, found = item.nodes.get("questions"), item.nodes.get("choice_filter")
        if isinstance(below, Sequence):
            _refuse_hidden(hidden, below, problems)
        if isinstance(found, Scalar):
            for column in sorted(hidden & _bare(found.text)):
                fact = _("the column “{column}” of choices has another meaning here")
                remedy = _("rename it in both sheets, for example to {column}_1")
                problems.append(
                    Problem(
                        found.place,
                        "",
                        fact.format(column=column),
                        remedy.format(column=column),
                        "column",
                    )
                )


def _bare(text: str) -> set[str]:
    """Return the columns an expression reads; none where the loader will say what is wrong."""
    try:
        return {name for name, _offset in compile(text).bare}
    except ExpressionError:
        return set()
