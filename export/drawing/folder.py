"""The files of a draw, in the study's folder `draw`."""

SAMPLE = "sample.csv"  # the cases, for the lead
CROSSWALK = "crosswalk.age"  # who they are, for the custodian
CERTIFICATE = "certificate.json"  # to publish
PAGE = "certificate.html"  # to publish
COMMITMENT = "commitment.json"  # what was fixed before the randomness was known
SALT = "salt"  # for whoever checks the draw, with the list
