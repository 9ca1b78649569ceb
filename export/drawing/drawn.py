"""What a draw is, as values: the units of a frame, the design, the plan, the people selected.

No data library is imported here: the verbs of fieldwork read these types on machines that have none.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from export.drawing.fraction import people_in
from export.drawing.strata import MINIMUM, Merge
from surveys.language import _
from surveys.problems import Refusal

Status = Literal["released", "reserve"]

METHODS = ("simple", "stratified", "systematic", "clusters", "two_stages")
ALLOCATIONS = ("proportional", "equal", "neyman")
OF_CLUSTERS = ("clusters", "two_stages")  # sizes of strata and samples then count clusters
BY_STRATUM = ("stratified", *OF_CLUSTERS)


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the frame. A column that the frame does not have is blank in every unit."""

    id: str
    stratum: str = ""
    cluster: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is decided before the beacon is known.

    Either `size` or `fraction` of the frame (rounded half up) is given. They count people, and where
    clusters are drawn, clusters. `announced` says which public randomness will be used. `minimum` is
    the count under which a stratum is merged; `similarity` numbers the frame's strata with those alike
    side by side, () for the order of code. No stratum is given fewer than `least` (all it has, if
    that is fewer) or more than `most`, 0 for no limit. `spread` has a standard deviation for each
    stratum of the frame in order of code, for Neyman's allocation. `take` people are drawn in each
    cluster in two stages, and `reserve` is then of each cluster.
    """

    method: str
    announced: str
    size: int | None = None
    fraction: Fraction | None = None
    allocation: str = "proportional"
    minimum: int = MINIMUM
    reserve: int = 0
    similarity: tuple[int, ...] = ()
    least: int = 0
    most: int = 0
    spread: tuple[Fraction, ...] = ()
    take: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise Refusal(_("the method must be one of {known}").format(known=", ".join(METHODS)))
        if self.allocation not in ALLOCATIONS:
            raise Refusal(
                _("the allocation must be one of {known}").format(known=", ".join(ALLOCATIONS))
            )
        self._check_sizes()
        self._check_strata()
        if not self.announced.strip() or not is_unicode(self.announced):
            raise Refusal(
                _("say with --announced which public randomness will be used, before it is known")
            )

    def _check_sizes(self) -> None:
        if (self.size is None) == (self.fraction is None):
            raise Refusal(_("a draw needs a size or a fraction; give one of the two"))
        if self.fraction is not None and not 0 < self.fraction <= 1:
            raise Refusal(_("the fraction must be above 0 and at most 1; write it as 20% or 1/5"))
        if self.minimum < MINIMUM or self.reserve < 0:
            raise Refusal(_("give a minimum of 2 or more per stratum and a reserve of 0 or more"))
        if self.method == "two_stages" and self.take < MINIMUM:
            raise Refusal(_("two stages draw at least 2 people in each cluster; give how many"))
        if self.method != "two_stages" and self.take:
            raise Refusal(_("people per cluster are for a draw in two stages; leave them out"))

    def _check_strata(self) -> None:
        shares_out = self.allocation != "proportional" or self.least or self.most
        if shares_out and self.method not in BY_STRATUM:
            raise Refusal(
                _("this method has one stratum; leave allocation, least and most per stratum out")
            )
        if self.least < 0 or self.most < 0 or 0 < self.most < max(self.least, self.minimum):
            raise Refusal(
                _(
                    "the most per stratum must be at least {least}, or be left out; the least 0 or more"
                ).format(least=max(self.least, self.minimum))
            )
        if (self.allocation == "neyman") != bool(self.spread):
            raise Refusal(
                _("Neyman's allocation, and no other, needs the spread of each stratum; give both")
            )
        if any(spread < 0 for spread in self.spread) or (self.spread and not any(self.spread)):
            raise Refusal(_("a spread is 0 or more, and not 0 everywhere; correct the column"))

    @property
    def is_of_clusters(self) -> bool:
        """Whether sizes of strata and of the sample count clusters, not people."""
        return self.method in OF_CLUSTERS

    @property
    def version(self) -> int:
        """The version of the format this design needs: 1 where nothing of the second is used."""
        is_first = self.method in {"simple", "stratified"} and self.allocation == "proportional"
        return 1 if is_first and not (self.least or self.most) else 2

    def sample_size(self, population: int) -> int:
        """Return the number to draw from a frame of `population` units, or clusters."""
        if self.fraction is None:
            return self.size or 0
        return people_in(self.fraction, population)

    def as_json(self) -> dict[str, object]:
        """Return the design as a JSON object.

        It has the one of size and fraction that was given, and the keys of version 2 where they are
        not 0 or empty: a design that was hashed before them keeps its hash.
        """
        wanted: dict[str, object] = (
            {"size": self.size} if self.fraction is None else {"fraction": str(self.fraction)}
        )
        more: dict[str, object] = {"least": self.least, "most": self.most, "take": self.take}
        more |= {"spread": [str(spread) for spread in self.spread]}
        return wanted | {
            "format": f"souspli/design/v{self.version}",
            "method": self.method,
            "announced": self.announced,
            "allocation": self.allocation,
            "minimum": self.minimum,
            "reserve": self.reserve,
            "similarity": list(self.similarity),
            **{key: value for key, value in more.items() if value},
        }

    def digest(self) -> bytes:
        """Return the design hash: SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8)."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum as drawn: N_h, n_h drawn, a reserve; `members` are strata of the frame.

    The counts are of people, and of clusters where clusters are drawn. In two stages the reserve is
    the clusters' own, and 0 here.
    """

    number: int
    population: int
    drawn: int
    reserve: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that was drawn: N_i people, n_i drawn, a reserve.

    The number is random, made for the draw as case codes are: it tells nobody which hotel this is.
    """

    number: int
    population: int
    drawn: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How many are drawn from where: all that follows from the frame and the design alone."""

    strata: tuple[Stratum, ...]
    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """A unit that was drawn.

    `order` counts from 1 within the stratum, reserve included, and in two stages within the cluster;
    where whole clusters are drawn it is the cluster's, the same for all its people.
    """

    unit: Unit
    stratum: Stratum
    cluster: Cluster | None
    order: int
    status: Status


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw, done. `selected` is in order of stratum, cluster and ticket."""

    frame_hash: bytes
    design: Design
    beacon: str
    seed: bytes
    plan: Plan
    selected: tuple[Selected, ...]


def is_unicode(text: str) -> bool:
    """Return whether the text has bytes in UTF-8: half a surrogate pair has none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
