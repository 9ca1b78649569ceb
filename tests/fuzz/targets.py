"""Every reader of bytes that somebody else may have written, by name, and the ways in to it."""

from __future__ import annotations

from tests.fuzz import (
    desk_ways,
    drawing_ways,
    fieldwork_ways,
    form_ways,
    laptop_ways,
    model_ways,
)
from tests.fuzz.ways import Ways

TARGETS: dict[str, Ways] = {
    "age files": laptop_ways.age_files,
    "key files": laptop_ways.key_files,
    "records": desk_ways.records,
    "fieldwork": fieldwork_ways.fieldwork,
    "links": desk_ways.links,
    "ledgers": laptop_ways.ledgers,
    "kits": laptop_ways.kits,
    "enrolment files": laptop_ways.enrolments,
    "receipts": laptop_ways.receipts,
    "vaults": laptop_ways.vaults,
    "journals": laptop_ways.journals,
    "drafts": laptop_ways.drafts,
    "drafts recovered": desk_ways.recovered_drafts,
    "sticks": laptop_ways.sticks,
    "bundles": desk_ways.bundles,
    "collected stores": desk_ways.collected_stores,
    "study files": desk_ways.study_files,
    "study ledgers": desk_ways.study_ledgers,
    "laptop files": desk_ways.laptop_files,
    "cases given": desk_ways.cases_given,
    "frames": drawing_ways.frames,
    "frames in Parquet": drawing_ways.parquet_frames,
    "certificates": drawing_ways.certificates,
    "samples": drawing_ways.samples,
    "datasets": desk_ways.datasets,
    "publications": desk_ways.publications,
    "challenges": desk_ways.challenges,
    "withdrawals": desk_ways.withdrawals,
    "codes": desk_ways.typed_codes,
    "models": model_ways.models,
    "questionnaires": form_ways.questionnaires,
    "workbooks": form_ways.workbooks,
}
