# --- design ------------------------------------------------------------------------------------

# A table as it was written: what is empty is missing, columns of texts stay texts.
read_table <- function(name, texts = character(0)) {
  table <- read.csv(name, colClasses = "character", check.names = FALSE, encoding = "UTF-8")
  for (column in names(table)) {
    value <- table[[column]]
    value[!is.na(value) & !nzchar(value)] <- NA
    table[[column]] <- if (column %in% texts) value else as.numeric(value)
  }
  table
}

# A step that makes weights meet totals of the population: post-stratification with one margin, raking
# with several. A row that is in no cell (-1) is left alone.
adjusted <- function(design, margins, after) {
  cells <- do.call(cbind, lapply(margins, function(m) outer(m, sort(unique(m[m >= 0])), "==") + 0))
  apart <- qr(cells)  # margins share their total: a cell that follows from the others is left out
  cells <- cells[, sort(apart$pivot[seq_len(apart$rank)]), drop = FALSE]
  made <- calibrate(update(design, cells = cells), ~0 + cells, unname(colSums(cells * after)),
                    calfun = "raking", epsilon = 1e-11, maxit = 500)
  if (max(abs(weights(made, "sampling") / after - 1)) > 1e-6) stop("these are not the weights of the file")
  reweighted(made, after)
}

# The same design under other weights (trimmed ones, for example).
reweighted <- function(design, weights) {
  if (inherits(design, "svyrep.design")) {
    factor <- weights / design$pweights
    design$pweights <- weights
    if (design$combined.weights) design$repweights <- as.matrix(design$repweights) * factor
  } else {
    design$prob <- 1 / weights
  }
  design
}

