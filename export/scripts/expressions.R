# --- expressions -------------------------------------------------------------------------------
#
# A missing answer is NA, and what is computed from it is NA, unless the rest decides: R's own
# FALSE & NA is FALSE, TRUE | NA is TRUE. Conditions are TRUE and FALSE, which count as 1 and 0.

# Texts as numbers. A text that writes no number is NA if `lenient`, else it is a mistake.
number <- function(x, lenient = FALSE) {
  if (!is.character(x)) return(as.numeric(x))
  pattern <- "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *$"
  good <- grepl(pattern, x)
  value <- suppressWarnings(ifelse(good, as.numeric(ifelse(good, x, NA)), NA_real_))
  value[!is.finite(value)] <- NA
  if (!lenient && any(is.na(value) & !is.na(x))) stop("a column of texts is used as numbers")
  value
}

# Whether two values are equal: as texts if both are texts, else as numbers. A text that writes no
# number is not missing: it differs from every number.
same <- function(a, b) {
  missing <- is.na(a) | is.na(b)
  equal <- if (is.character(a) && is.character(b)) a == b
           else number(a, lenient = TRUE) == number(b, lenient = TRUE)
  ifelse(missing, NA, !is.na(equal) & equal)
}
differs <- function(a, b) !same(a, b)

# A division by zero has no value.
divided <- function(a, b) {
  value <- a / b
  ifelse(is.finite(value), value, NA)
}

# The rest of a division, with the sign of what is divided.
remainder <- function(a, b) {
  value <- sign(a) * (abs(a) %% abs(b))
  ifelse(is.finite(value), value, NA)
}

# One of two values by a condition.
when <- function(condition, yes, no) {
  rows <- max(length(condition), length(yes), length(no))
  ifelse(rep_len(as.logical(condition), rows), rep_len(yes, rows), rep_len(no, rows))
}

# Whether an answer made of several codes with spaces between holds a code.
chosen <- function(answers, code) {
  as_texts <- function(x) if (is.character(x)) x else ifelse(is.na(x), NA, sprintf("%.15g", x + 0))
  answers <- as_texts(answers); code <- as_texts(code)
  rows <- max(length(answers), length(code))
  found <- mapply(function(several, one) one %in% several,
                  strsplit(rep_len(answers, rows), " ", fixed = TRUE), rep_len(code, rows))
  ifelse(is.na(answers) | is.na(code), NA, as.logical(found))
}
