"""Ways in to what the study lead, the custodian, a verifier or an analyst reads."""

from __future__ import annotations

import io
import json
import zlib
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from random import Random

from rich.console import Console

from export import custody, ledger
from export.collecting import collect as collecting
from export.collecting import index, quarantine, whereabouts, withdrawal_file
from export.datasets import archive
from export.drawing.sample import read_sample
from export.holders import keyring, proof, study_file
from export.laptops import accounts, assign, assignable, devices, kits
from export.linking import links as linked
from export.linking import persons, requests
from export.papers import html as paper
from export.papers.papers import Source, papers
from export.papers.typeset import data
from export.respondents.diagnostics import spreads
from export.respondents.weight import respondents
from export.response.as_json import progress_json
from export.response.html import About, html
from export.response.progress import DIMENSIONS, progress
from export.study import read_study
from export.unsealing import agreement, amendments, recovery, unseal
from export.unsealing.unseal import Unsealed
from interviewer import age, draft, padded, record
from interviewer.kit import Case
from interviewer.outbox import LINK, RECORD
from surveys import codes
from surveys.problems import Refusal
from tests.fuzz import corpus, desk, draws, forge
from tests.fuzz.forge import as_json
from tests.fuzz.mutations import fields, lines, pieces
from tests.fuzz.ways import SECRET, Way, forged, require_untold, value_of

SOURCE = Source("2022-05-01", "0", "a" * 64)
ABOUT = About("Trial", "whole", "2022-05-01", "en", is_simulated=False, threshold=2)


def records(folder: Path) -> dict[str, Way]:
    """Sealed to the study, as anybody can: up to the table, and as a laptop's test."""
    import polars.selectors as cs

    from export.auditing.as_json import audit_json  # scipy takes a second, and others do without
    from export.auditing.audit import Desk, audit
    from export.auditing.page import print_audit
    from export.respondents.table import tables

    study = corpus.study(folder, corpus.WHOLE, corpus.KINDS)
    known = agreement.known(study)
    draws.put_sample(study, draws.sample_value("stratified"))
    sample = read_sample(study)
    others = [
        corpus.made(1, form, id=f"{at:032x}", case=case, answers=answers)
        for form, answers in ((corpus.WHOLE, {}), (corpus.KINDS, desk.answers(1)))
        for at, case in enumerate(draws.cases(8), start=9 if form == corpus.WHOLE else 99)
    ]
    kinds = corpus.made(1, corpus.KINDS, answers=desk.answers(2))

    def sealed(content: bytes) -> bytes:
        return age.seal(content.ljust(study.bucket, b"\0"), [corpus.STUDY.recipient])

    def opened(content: bytes) -> None:
        found = record.unseal(sealed(content), study.bucket, [corpus.STUDY])
        if not agreement.is_well_formed(found):
            raise Refusal
        wrong = agreement.disagreement(found, found.id, known, "0" * 64)
        if wrong:
            raise Refusal(agreement.why(wrong))
        counting, amended = amendments.applied([*others, corpus.made(1), found])
        about = study.named(found.instrument)
        assert about is not None
        people = respondents(about, counting, sample)
        json.dumps([asdict(one) for one in spreads(people)], allow_nan=False)
        made_of = tables(about.instrument, people.people, people.ineligible, with_texts=True)
        for table in (made_of.main, *made_of.repeats.values()):
            assert all(column.is_finite().all() for column in table.select(cs.float()))
        unsealed = Unsealed(counting, (), (), (), (), amended)
        at_desk = Desk(accounts.all_of(study), set(corpus.IDS), set(), 0)
        made = audit(about.instrument, unsealed, people.unused, at_desk, Fraction(1))
        out = io.StringIO()
        print_audit(Console(file=out, markup=False, highlight=False), made)
        out.write(json.dumps(audit_json(made), allow_nan=False))
        so_far = progress(about, counting, sample, 3)
        out.write(html(so_far, ABOUT, DIMENSIONS).decode())
        out.write(json.dumps(progress_json(so_far), allow_nan=False))
        if SECRET not in found.interviewer + found.id:  # which may be told
            require_untold(out.getvalue())

    def tested(content: bytes) -> None:
        (study.devices / "L01.json").write_bytes(as_json(corpus.laptop_file()))
        corpus.as_it_was(study.folder, "ledger", ".ledger.lock")
        corpus.found(study)
        devices.open_test(study, sealed(content), [corpus.STUDY], corpus.NOW)

    return {
        "sealed": Way(fields, [*corpus.records(), corpus.inside(kinds)], opened),
        "test": Way(fields, [corpus.test_record()], tested),
    }


def links(folder: Path) -> dict[str, Way]:
    """Sealed to the custodian, as anybody can: joined into persons, and asked for a card."""
    study = corpus.study(folder)
    path = study.collected / f"{corpus.IDS[0]}{LINK}"
    items = persons.joining_items(study)

    def opened(content: bytes) -> None:
        filled = content.ljust(record.LINK_BYTES, b"\0")
        path.write_bytes(age.seal(filled, [corpus.CUSTODIAN.recipient]))
        found = list(linked.opened(study.collected, [corpus.CUSTODIAN]))
        persons.table(persons.persons(found, items).groups, Random(1))
        if not requests.named(found, [corpus.CARD]).ids:
            raise Refusal

    (study.collected / f"{corpus.IDS[0]}{RECORD}").write_bytes(corpus.sealed_record(1)[0])
    return {"sealed": Way(fields, [as_json(corpus.links_value())], opened)}


def recovered_drafts(folder: Path) -> dict[str, Way]:
    """As the file on a stick, and sealed to the study, begun by a laptop's ledger."""
    study = corpus.study(folder)
    path = folder / f"{corpus.IDS[0]}{draft.SUFFIX}"
    value = corpus.draft_value(corpus.KIT_HASH)

    def recovered(content: bytes) -> None:
        corpus.as_it_was(study.folder, "collected", "ledger", ".ledger.lock")
        corpus.found(study)
        path.write_bytes(content)
        events = [("start", corpus.IDS[0], _head_digest(path))]
        accounts.remember(
            study, "L01", forge.chained(events), forge.head_file(forge.chained(events))
        )
        came = recovery.recover(study, [path], [corpus.STUDY], corpus.NOW)
        if came.refused:
            raise Refusal(recovery.why(came.refused[0].reason))
        assert came.made == (corpus.IDS[0],)
        opened = unseal.unseal_all(study, [corpus.STUDY], "fuzz", corpus.NOW)
        assert len(opened.records) == 1

    return {
        "file": Way(pieces, [corpus.draft_file(path, value)], recovered),
        "framed": Way(
            fields,
            [as_json(value)],
            lambda content: recovered(forged(corpus.draft_file, path, value_of(content))),
        ),
    }


def _head_digest(path: Path) -> str:
    try:
        return draft.head_digest(path)
    except Refusal:
        return "0" * 64


def bundles(folder: Path) -> dict[str, Way]:
    """A folder of files, some of them signed and counted after they were spoiled."""
    study, stick = corpus.study(folder / "study"), folder / "stick"
    fresh = ("collected", "ledger", ".ledger.lock", "devices")

    def collected(content: bytes) -> None:
        corpus.as_it_was(study.folder, *fresh)
        corpus.found(study)
        corpus.put_files(study.devices, {"L01.json": forge.encoded(as_json(corpus.laptop_file()))})
        forged(corpus.put_bundle, stick, value_of(content))
        came = collecting.collect(study, [stick], forge.LEAD)
        whereabouts.of_study(study)
        quarantine.copies(study.collected)
        unseal.unseal_all(study, [corpus.STUDY], "fuzz", corpus.NOW)
        if not came.is_clean:
            raise Refusal

    return {"files": Way(fields, [as_json(one) for one in corpus.bundle_values()], collected)}


def collected_stores(folder: Path) -> dict[str, Way]:
    """The index of what was taken in, and the notes of what was set aside, as files."""
    with index.opened(folder / "seed") as noted:
        noted.add(corpus.IDS[0], index.Hashes("a" * 64, ""))
    seed = (folder / "seed" / index.NAME).read_bytes()
    store = folder / "collected"

    def indexed(content: bytes) -> None:
        corpus.as_it_was(folder, "collected")
        store.mkdir()
        (store / index.NAME).write_bytes(content)
        with index.opened(store) as noted:
            noted.add(corpus.IDS[1], index.Hashes("b" * 64, ""))
        index.noted(store)

    def set_aside(content: bytes) -> None:
        path = store / quarantine.NAME / f"{'a' * 64}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        quarantine.copies(store)

    note = as_json({"id": corpus.IDS[0], "reason": "size"})
    return {"index": Way(pieces, [seed], indexed), "note": Way(fields, [note], set_aside)}


def study_files(folder: Path) -> dict[str, Way]:
    """study.yaml as the file."""
    study = corpus.study(folder)

    def read(content: bytes) -> None:
        (study.folder / "study.yaml").write_bytes(content)
        found = read_study(study.folder)
        keyring.of_study(found)
        for document in (*papers(found, "fr", SOURCE), *papers(found, "en", SOURCE)):
            paper.html(document)
            data(document)
        study_file.with_recipients(found, {"study": "keys/study-2.pub"})

    def public(content: bytes) -> None:
        (study.folder / "study.yaml").write_text(corpus.study_yaml(), "utf-8")
        (study.folder / "keys" / "study.pub").write_bytes(content)
        keyring.of_study(read_study(study.folder))

    return {
        "file": Way(lines, [corpus.study_yaml().encode()], read),
        "public key": Way(lines, [custody.Public.of(corpus.STUDY).encode()], public),
    }


def study_ledgers(folder: Path) -> dict[str, Way]:
    """The study's own ledger, as the file."""
    study = corpus.study(folder)
    corpus.found(study)
    whole = study.ledger.read_bytes()

    def verified(content: bytes) -> None:
        study.ledger.write_bytes(content)
        found = ledger.verified(study.ledger, study.signer)
        for fault in found.faults:
            ledger.why(fault.reason)
        for line in found.lines.values():
            ledger.event_in_words(line.event)
        ledger.append(study.ledger, "export", "x", 1, key=forge.LEAD, now=corpus.NOW)

    first = whole.split(b"\n")[0]
    return {
        "file": Way(lines, [whole], verified),
        "a line": Way(fields, [first], lambda content: verified(content + b"\n")),
    }


def laptop_files(folder: Path) -> dict[str, Way]:
    """What the study folder holds of its laptops: what each is, which questionnaires kits carry."""
    study = corpus.study(folder)

    def known(content: bytes) -> None:
        (study.devices / "L01.json").write_bytes(content)
        devices.all_of(study)

    def carried(content: bytes) -> None:
        (study.devices / "L01.json").write_bytes(as_json(corpus.laptop_file()))
        (study.devices / "kits.instruments.json").write_bytes(content)
        kits.make(study, "L01", forge.LEAD)

    def seen(content: bytes) -> None:
        (study.devices / "L01.ledger").write_bytes(content)
        accounts.of_lines(accounts.seen(study, "L01"))

    events = [("start", corpus.IDS[0], "a" * 64), ("end", corpus.IDS[0], "b" * 64)]
    digests = {corpus.instrument().id: corpus.instrument().digest}
    return {
        "laptop": Way(fields, [as_json(corpus.laptop_file())], known),
        "instruments": Way(fields, [as_json(digests)], carried),
        "ledger seen": Way(lines, [forge.ledger_file(forge.chained(events))], seen),
    }


def cases_given(folder: Path) -> dict[str, Way]:
    """The table of cases, and the list that is sealed to the custodian."""
    study = corpus.study(folder)
    (study.devices / "L01.json").write_bytes(as_json(corpus.laptop_file()))

    def listed(content: bytes) -> None:
        filled = forge.padded(content, padded.GRAIN)
        sealed = age.seal(filled, [corpus.CUSTODIAN.recipient])
        (study.devices / "assignments.age").write_bytes(sealed)
        corpus.as_it_was(study.devices, "L01.cases.age")
        assign.assign(study, "L01", [Case("B4D2-F6H4", "H02")], [corpus.CUSTODIAN])

    value = {"study": "trial", "cases": [["K7Q2-M4T9", "H01", "L01"]], "pending": []}
    return {
        "table": Way(
            lines,
            [b"case;place\nK7Q2-M4T9;H01\n" + f"{codes.normal('b4d2f6h4')};H02\n".encode()],
            lambda content: assignable.from_table(study, _text(content), "cases.csv"),
        ),
        "list": Way(fields, [as_json(value)], listed),
    }


def datasets(_folder: Path) -> dict[str, Way]:
    """The zip inside an encrypted dataset."""
    files = {"people.csv": b"id,age\n1,30\n" * 20, "README.txt": b"read me\n"}
    return {
        "zip": Way(
            pieces,
            [archive.zipped([archive.member(*one) for one in files.items()])],
            archive.unpacked,
        )
    }


def publications(folder: Path) -> dict[str, Way]:
    """What the log of a study holds of what it published."""
    import numpy as np

    from export.disclosure import differencing, log, published

    study = corpus.study(folder, corpus.WHOLE)
    corpus.found(study)
    ids = [f"{at:032x}" for at in range(20)]
    new = published.release("new", "2022-05-01", "whole", ids, np.arange(20) % 2)
    earlier = published.release("old", "2022-05-01", "whole", ids[:12], np.arange(12) % 3)
    path = study.folder / log.FOLDER / "0001.age"
    path.parent.mkdir(exist_ok=True)

    def compared(content: bytes) -> None:
        path.write_bytes(age.seal(zlib.compress(content), [corpus.STUDY.recipient]))
        found = log.read(study, [corpus.STUDY])
        if found.unread:
            raise Refusal
        require_untold(
            "\n".join(differencing.told_in_words(differencing.findings(new, found, 11, 5)))
        )

    return {"log": Way(fields, [zlib.decompress(log.encoded(earlier))], compared)}


def withdrawals(folder: Path) -> dict[str, Way]:
    """The list of records that the custodian gives to the lead."""
    path = folder / "ids"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        withdrawal_file.read(path, "trial")

    return {"file": Way(lines, [withdrawal_file.written("trial", corpus.IDS)], read)}


def challenges(folder: Path) -> dict[str, Way]:
    """What a holder is asked to open, and what the lead's folder expects to hear."""
    study = corpus.study(folder)
    holder = custody.Public.of(corpus.CUSTODIAN)
    value = {
        "souspli_challenge": 1,
        "study": "trial",
        "role": "custodian",
        "secret": "ab" * proof.SECRET,
        "keys": {holder.digest: forge.encoded(holder.ledger)},
    }
    sealed = proof.challenge(study, "custodian", bytes(proof.SECRET))
    _told, words = proof.answer(sealed, [corpus.CUSTODIAN])
    expected = study.folder / "keys" / "custodian.expected"

    def answered(content: bytes) -> None:
        filled = forge.padded(content, padded.GRAIN)
        proof.answer(age.seal(filled, [corpus.CUSTODIAN.recipient]), [corpus.CUSTODIAN])

    def heard(content: bytes) -> None:
        expected.write_bytes(content)
        proof.heard(study, "custodian", words)

    return {
        "sealed": Way(fields, [as_json(value)], answered),
        "expected": Way(fields, [expected.read_bytes()], heard),
    }


def typed_codes(_folder: Path) -> dict[str, Way]:
    """Case codes and card codes, as people type them."""

    def read(content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")
        codes.is_case(codes.normal(text))
        codes.is_card(codes.normal_card(text))

    return {"typed": Way(lines, [b"K7Q2-M4T9", b"7k3m q9tx 2b4h rc"], read)}


def _text(content: bytes) -> str:
    """Return a text as the verbs read it: what is no UTF-8 is refused before."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal from error
