"""The words of the column `type`, in every spelling that XLSForm tools take.

A cell says one of: an item of ours; a select with its list; the begin or end of a group or repeat; what
a terminal cannot hold, which becomes a placeholder; what identifies the device or the person holding it,
which is dropped; a declaration of a table; or what is refused, with what to do instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from surveys.language import _

Role = Literal["item", "begin", "end", "placeholder", "dropped", "table", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a cell of `type` says. `kind`: of item, or group or repeat; `choices`: the list of a select.

    What is dropped has a kind too: `hidden` where it identifies, `paradata` where it does not.
    `constraint` and `hint` are those the word brings along where the row has none of its own;
    `written` is the word to give back where `kind` alone would not say it; a `remedy` is for what is
    refused.
    """

    role: Role
    kind: str = ""
    choices: str = ""
    has_other: bool = False
    constraint: str = ""
    hint: str = ""
    written: str = ""
    remedy: str = ""


def _spellings(kinds: dict[str, str]) -> dict[str, str]:
    """Return kind by spelling, from kind → spellings separated by commas."""
    return {
        spelling.strip(): kind for kind, spelled in kinds.items() for spelling in spelled.split(",")
    }


# Spellings in lower case with spaces for _.
_ITEMS = _spellings(
    {
        "text": "text, string, q string, add text prompt",
        "integer": "integer, int, q int, add integer prompt",
        "decimal": "decimal, q decimal, add decimal prompt",
        "range": "range",
        "date": "date, q date, add date prompt",
        "time": "time",
        "dateTime": "datetime, date time, q date time, q datetime, add date time prompt, "
        "add datetime prompt",
        "note": "note, q note, add note prompt",
        "acknowledge": "acknowledge, q acknowledge, add acknowledge prompt",
        "calculate": "calculate, q calculate, add calculate prompt",
        "hidden": "hidden",
        "start": "start, get start time, start time",
        "end": "end, get end time, end time",
        "today": "today, get today",
    }
)
_PLACEHOLDERS = frozenset(
    _spellings(
        {
            "geopoint": "geopoint, gps, location, q geopoint, q location, add location prompt",
            "other": "geotrace, q geotrace, geoshape, q geoshape, osm, file, add file prompt",
            "image": "image, photo, q picture, q image, add image prompt, add photo prompt",
            "audio": "audio, q audio, add audio prompt",
            "video": "video, q video, add video prompt",
            "barcode": "barcode, q barcode, add barcode prompt",
        }
    )
)
_DROPPED = frozenset(
    _spellings(
        {
            "device": "deviceid, imei, device id, get device id, simserial, sim id, get sim id, "
            "subscriberid, subscriber id, get subscriber id",
            "person": "phonenumber, get phone number, username, email",
            "uri": "uri:deviceid, uri:simserial, uri:subscriberid, uri:phonenumber, uri:username, "
            "uri:email",
            "background": "audit, start-geopoint, background-geopoint, background-audio",
        }
    )
)
# What SurveyCTO has besides; the record holds who asked what case, and how long it took.
_PARADATA = frozenset(
    _spellings(
        {
            "time": "text audit, audio audit, speed violations count, speed violations list, "
            "speed violations audit, sensor statistic, sensor stream",
            "record": "caseid, enumerator, comments",
        }
    )
)
_TABLES = ("csv-external", "xml-external")
_COUNTED = {  # days in a span: an integer with bounds and a hint
    "number of days in last month": 31,
    "number of days in last six months": 183,
    "number of days in last year": 365,
}

_BEGIN = re.compile(r"begin[ _]+(group|lgroup|repeat|looped group|loop)(?: (?:over )?\S+)?", re.I)
_END = re.compile(r"end[ _]+(group|lgroup|repeat|looped group|loop)", re.I)
_SECTIONS = {"group": "group", "repeat": "repeat", "lgroup": "repeat", "looped group": "repeat"}
_SELECT = re.compile(
    r"(?P<word>add select one prompt using|add select multiple prompt using"
    r"|select all that apply from|select all that apply|select[ _]one[ _]external"
    r"|select[ _]one[ _]from[ _]file|select[ _]multiple[ _]from[ _]file|select one from|select1"
    r"|select[ _]one|select[ _]multiple|rank)"
    r" (?P<list>\S+)(?P<other> (?:or specify other|or[ _]other))?",
    re.I,
)


def read_words(text: str) -> Words:
    """Return what a cell of the column `type` says."""
    text = " ".join(text.split())
    spelling = text.replace("_", " ").lower()
    if spelling in _ITEMS:
        return Words("item", _ITEMS[spelling])
    if section := _BEGIN.fullmatch(text) or _END.fullmatch(text):
        return _section(text, section[1].lower())
    if select := _SELECT.fullmatch(text):
        return _select(select)
    if spelling in _PLACEHOLDERS or spelling.startswith("osm "):
        return Words(
            "placeholder", "note", written=text.partition(" ")[0] if "osm" in spelling else text
        )
    if spelling in _DROPPED:
        return Words("dropped", "hidden", written=text)
    if spelling in _PARADATA:
        return Words("dropped", "paradata", written=text)
    if spelling in _TABLES:
        return Words("table", written=spelling)
    return _special(text, spelling)


def _section(text: str, word: str) -> Words:
    role: Role = "begin" if text[:1].lower() == "b" else "end"
    if word not in _SECTIONS:
        remedy = _("write a group for each choice, or a repeat")
        return Words(role, "group", written=text, remedy=remedy)
    return Words(role, _SECTIONS[word])


def _select(found: re.Match[str]) -> Words:
    word = found["word"].replace("_", " ").lower()
    listed = found["list"]
    remedy = ""
    if word == "rank":
        remedy = _("ask for the first choice, then for the second, each with select_one")
    elif "file" in word or "external" in word or "${" in listed:
        remedy = _(
            "put its choices into the sheet “choices” and write select_one or select_multiple"
        )
    if remedy:
        return Words("refused", "text", written=f"{found['word']} {listed}", remedy=remedy)
    is_one = "one" in word or word == "select1"
    kind = "select_one" if is_one else "select_multiple"
    return Words("item", kind, choices=listed, has_other=found["other"] is not None)


def _special(text: str, spelling: str) -> Words:
    if spelling in _COUNTED:
        days = _COUNTED[spelling]
        bounds, hint = f"0 <= . and . <= {days}", f"Enter a number 0-{days}."
        return Words("item", "integer", constraint=bounds, hint=hint)
    if spelling == "percentage":
        return Words("item", "integer", constraint="0 <= . and . <= 100")
    if spelling == "phone number":
        digits = r"regex(., '^\d*$')"
        return Words("item", "text", constraint=digits, hint="Enter numbers only.")
    if spelling == "calculate here":
        return Words("item", "calculate", written=text)
    if spelling == "trigger":
        return Words("item", "acknowledge", written="trigger")
    if spelling in {"rank", "cascading select"}:
        return Words("refused", "text", written=text, remedy=_("use select_one"))
    return Words("unknown", "text", written=text)
