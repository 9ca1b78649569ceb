# --- figures -----------------------------------------------------------------------------------
#
# `rows` is the table of the design, `answers` the answers of the same rows (NA for those not
# eligible), `design` and `replicated` the sample as the survey package knows it, `is_simple` whether
# it is a simple random sample, `is_census` whether everybody was interviewed.

figures <- list()
keep <- function(about, found) {
  found <- found[!is.na(found)]
  figures[[length(figures) + 1]] <<- data.frame(
    expression = about[1], by = about[2], domain = about[3], part = about[4],
    figure = names(found), value = as.numeric(found))
}

# The value of an expression in each row; only people who are eligible have one.
values_of <- function(expression) {
  value <- as.numeric(rep_len(eval(expression, answers, globalenv()), nrow(rows)))
  ifelse(rows$eligible == 1, value, NA)
}
rows_of <- function(expression) {
  value <- rep_len(eval(expression, answers, globalenv()), nrow(rows))
  rows$eligible == 1 & !is.na(value) & value != 0
}

# Clusters less strata of the first stage, of the strata in which some rows are. R's degf(subset())
# counts the clusters in which there are any of the rows alone, as if the others told nothing.
# What is found in one cluster alone has none.
df_of <- function(inside) {
  strata <- as.character(design$strata[, 1])
  clusters <- paste(strata, design$cluster[, 1])
  if (length(unique(clusters[inside])) < 2) return(0)
  length(unique(clusters[strata %in% strata[inside]])) - length(unique(strata[inside]))
}

# `total`, `mean`, `prop`, `ratio` (above over below) and `quantile` among the rows `within`.
# `is_known`: what reads no answer is known by the design, and has no interval. `limits`: FALSE where those of
# a quantile would tell of few people.
estimate <- function(about, kind, above, below = 1, within = TRUE, order = 0.5, level = 0.95,
                     method = "", variance = "taylor", is_known = FALSE, limits = TRUE) {
  above <- values_of(substitute(above))
  below <- if (kind == "ratio") values_of(substitute(below)) else rep(1, nrow(rows))
  inside <- rows_of(substitute(within))
  valid <- inside & !is.na(above) & !is.na(below)
  is_share <- kind %in% c("prop", "mean", "total") && all(above[rows$eligible == 1 & !is.na(above)] %in% 0:1)
  above[!valid] <- 0
  below[!valid] <- 0
  asked <- list(level = level, method = method, variance = variance)
  counts <- c(respondents = sum(valid), missing = sum(inside) - sum(valid))
  df <- df_of(inside)
  if (kind == "quantile") {
    found <- quantile_figures(above, valid, inside, order, df, is_known, asked)
    if (!limits) found <- found[c("estimate", "df")]
    return(keep(about, c(counts, found)))
  }
  is_total <- kind == "total"
  value <- sum(weight * above) / if (is_total) 1 else sum(weight * below)
  scores <- if (is_total) above else (above - value * below) / sum(weight * below)
  one <- error_of(function(w) sum(w * above) / if (is_total) 1 else sum(w * below), scores, valid, inside, asked)
  is_one_value <- length(unique(above[valid])) < 2 && length(unique(below[valid])) < 2
  is_met <- !is_known && tells_of_totals(one, scores, is_one_value)
  if (is_met) one <- 0
  found <- c(counts, estimate = value, standard_error = sqrt(one), df = df)
  if (!is_known) {
    if (is_met) interval <- c(value, value)
    else if (is_share && is_total) interval <- interval_of_people(value, one, above, valid, inside, df, asked)
    else if (is_share) interval <- interval_of_share(value, one, above, valid, inside, df, asked)
    else if (is_census && all(valid[inside])) interval <- c(value, value)
    else interval <- value + c(-1, 1) * t_quantile(df, level) * sqrt(one)
    found <- c(found, low = interval[1], high = interval[2],
               design_effect = if (is_met || is_one_value) NA else design_effect(kind, above, below, valid, one))
    if (is_share && !is_total) {
      # The people of the domain who have the trait, those who gave no answer taken to be like the others.
      size <- sum(weight[inside])
      raised <- (above - value * below) / sum(weight * below) * size + value * inside
      v <- error_of(function(w) sum(w * above) / sum(w * below) * sum(w[inside]), raised, valid, inside, asked)
      people <- if (tells_of_totals(v, raised, is_one_value)) c(1, 1) * value * size
                else interval_of_people(value * size, v, above, valid, inside, df, asked)
      found <- c(found, people = value * size, people_low = people[1], people_high = people[2])
    }
  }
  keep(about, found)
}

# The variance of an estimate: by linearisation that of a total of `scores`, or over replicates.
error_of <- function(estimator, scores, valid, inside, asked) {
  of_missing <- variance_of_answering(scores, valid, inside)
  if (asked$variance == "jackknife") {
    v <- as.numeric(vcov(withReplicates(replicated(), function(w, data) estimator(w))))
    if (is.finite(v)) return(v + of_missing)
  }
  as.numeric(vcov(svytotal(~scores, update(design, scores = scores)))) + of_missing
}

# What missing answers add: those who gave one are taken for a sample of the domain, a stage more, within each
# stratum of the last stage. Otherwise the correction for a finite population would count everyone interviewed.
variance_of_answering <- function(scores, valid, inside) {
  if (all(valid[inside])) return(0)
  drawn_share <- 1
  last <- sum(grepl("^stratum_", names(rows)))
  for (k in seq_len(last)) {
    place <- rows[[paste0("stratum_", k)]]
    drawn <- ave(rows[[paste0("cluster_", k)]], place, FUN = function(c) length(unique(c)))
    there <- rows[[paste0("population_", k)]]
    drawn_share <- drawn_share * ifelse(is.na(there), 0, drawn / there)
  }
  asked <- ave(inside + 0, place, FUN = sum)
  told <- ave(valid + 0, place, FUN = sum)
  z <- ifelse(valid, scores * weight, 0)
  off <- z - ifelse(told > 1, ave(z, place, FUN = sum) / told, 0)
  sum((drawn_share * (1 - told / asked) * ifelse(told > 1, told / (told - 1), 1) * off^2)[valid])
}

# Whether totals that the weights meet make an estimate known: its variance is rounding error, and was not
# before. What everybody has, or nobody, shows no variance in any case.
tells_of_totals <- function(v, scores, is_one_value) {
  if (!has_totals || is_one_value) return(FALSE)
  plain <- update(reweighted(drawn, weight), scores = scores)
  v <= 1e-12 * as.numeric(vcov(svytotal(~scores, plain)))
}

# The variance over that of a simple random sample of as many people, as survey gives it.
design_effect <- function(kind, above, below, valid, v) {
  n <- sum(valid)
  if (n < 2 || sum(weight[valid]) <= n * (1 + 1e-9)) return(NA)
  part <- update(design, above = above, below = below)[valid, ]
  linear <- switch(kind,
    total = svytotal(~above, part, deff = TRUE),
    ratio = svyratio(~above, ~below, part, deff = TRUE),
    svymean(~above, part, deff = TRUE))
  simple <- as.numeric(vcov(linear)) / as.numeric(attr(linear, "deff"))
  if (is.finite(simple) && simple > 0) v / simple else NA
}

quantile_figures <- function(x, valid, inside, order, df, is_known, asked) {
  at <- function(p) quantile_at(x[valid], weight[valid], p)
  value <- at(order)
  if (is_known) return(c(estimate = value, standard_error = 0, df = df))
  if (is_census && all(valid[inside]))
    return(c(estimate = value, standard_error = 0, df = df, low = value, high = value))
  # How much the sample tells of the share `order`: what it tells of that at or below the value, or of
  # that below it, whichever is nearer (with ties they differ).
  either <- lapply(list(valid & x <= value, valid & x < value), function(holds) {
    share <- sum(weight * holds) / sum(weight[valid])
    v <- error_of(function(w) sum(w * holds) / sum(w[valid]), (holds - share * valid) / sum(weight[valid]), valid, inside, asked)
    c(min(share, 1), v)
  })
  near <- either[[which.min(sapply(either, function(one) round(abs(one[1] - order), 9)))]]
  size <- effective_size(near[1], near[2], effective_number(valid))
  ends <- limits_of_share(order, order * (1 - order) / size, sum(inside), df, asked, size)
  if (anyNA(ends)) return(c(estimate = value, df = df))
  low <- at(ends[1])
  high <- at(ends[2])
  c(estimate = value, standard_error = (high - low) / (2 * t_quantile(df, asked$level)), df = df, low = low, high = high)
}

# The least of the values that a share of the weight does not exceed (qrule = "math" of survey).
quantile_at <- function(x, w, p) {
  in_order <- order(x)
  reached <- cumsum(w[in_order])
  at <- which(reached >= (p - 1e-10) * reached[length(reached)])
  x[in_order][if (length(at)) at[1] else length(x)]
}

# --- intervals ---------------------------------------------------------------------------------

t_quantile <- function(df, level) if (df < 1) NA else qt((1 + level) / 2, df)

interval_of_share <- function(p, v, above, valid, inside, df, asked) {
  if (is_simple && all(valid) && asked$method %in% c("", "hypergeometric"))
    return(interval_counted(sum(above), asked) / population)
  if (is_census && all(valid[inside])) return(c(p, p))
  limits_of_share(p, v, sum(inside), df, asked, effective_number(valid))
}

# A number of people is a share of the whole population. Where nobody of the domain has the trait, or
# everybody, it is that of the share too, times the people of the domain; these may be an estimate.
interval_of_people <- function(number, v, above, valid, inside, df, asked) {
  if (is_simple && all(valid[inside]) && asked$method %in% c("", "hypergeometric"))
    return(interval_counted(sum(above), asked))
  own <- interval_of_whole(number, v, valid, inside, asked)
  if (length(unique(above[valid])) > 1) return(own)
  size <- if (number > 0) number else sum(weight[inside])
  share <- size * limits_of_share(as.numeric(number > 0), 0, sum(inside), df, asked, effective_number(valid))
  if (number > 0 && v > 1e-12 * size^2) c(min(share[1], own[1]), max(share[2], own[2])) else share
}

interval_of_whole <- function(number, v, valid, inside, asked) {
  if (is_census && all(valid[inside])) return(c(number, number))
  whole <- sum(weight)
  alone <- effective_number(!inside | valid)
  # Where the whole is an estimate itself they may be more than it: then of twice as many.
  if (number > 0 && !is_sum_known) whole <- 2 * whole
  whole * limits_of_share(min(number / whole, 1), v / whole^2, nrow(rows), df_of(rep(TRUE, nrow(rows))), asked, alone)
}

# n / (1 + CV^2): what some rows tell where the sample shows no variance at all.
effective_number <- function(among) sum(weight[among])^2 / sum(weight[among]^2)
effective_size <- function(p, v, alone) {
  spread <- p * (1 - p)
  if (spread <= 0 || v <= 1e-12 * spread) alone else spread / v
}

# Beta: Korn and Graubard (1998), as svyciprop(method = "beta"). Logit: as svyciprop(method = "logit").
# Wilson: the score interval with the t quantile. At 0 and 1 the beta limits serve all three.
limits_of_share <- function(p, v, n, df, asked, alone) {
  if (df < 1) return(c(NA, NA))
  tail <- (1 - asked$level) / 2
  spread <- p * (1 - p)
  size <- effective_size(p, v, alone)
  t <- t_quantile(df, asked$level)
  if (asked$method == "logit" && spread > 0)
    return(plogis(qlogis(p) + c(-1, 1) * t / sqrt(size * spread)))
  if (asked$method == "wilson" && spread > 0) {
    middle <- (p + t^2 / (2 * size)) / (1 + t^2 / size)
    reach <- sqrt(t^2 * (spread / size + t^2 / (4 * size^2))) / (1 + t^2 / size)
    return(middle + c(-1, 1) * reach)
  }
  size <- size * (t_quantile(n - 1, asked$level) / t)^2
  c(if (p > 0) qbeta(tail, size * p, size * (1 - p) + 1) else 0,
    if (p < 1) qbeta(1 - tail, size * p + 1, size * (1 - p)) else 1)
}

# Exact, for k of n people drawn at random: the numbers of the population that neither tail rules out.
interval_counted <- function(k, asked) {
  tail <- (1 - asked$level) / 2
  n <- nrow(rows)
  having <- k:(population - (n - k))
  as_many <- phyper(k - 1, having, population - having, n, lower.tail = FALSE)
  as_few <- phyper(k, having, population - having, n)
  range(having[as_many > tail & as_few > tail])
}

# --- tests -------------------------------------------------------------------------------------

# Whether two answers go together: Rao and Scott, second order, as svychisq(statistic = "F").
test_of_independence <- function(about, one, other, within = TRUE, variance = "taylor") {
  one <- eval(substitute(one), answers, globalenv())
  other <- eval(substitute(other), answers, globalenv())
  inside <- rows_of(substitute(within))
  valid <- inside & !is.na(one) & !is.na(other)
  one[!valid] <- one[valid][1]
  other[!valid] <- other[valid][1]
  sampled <- if (variance == "jackknife") replicated() else design
  part <- update(sampled, one = factor(one), other = factor(other))[valid, ]
  found <- suppressWarnings(svychisq(~one + other, part, statistic = "F"))
  d <- as.numeric(found$parameter[1])
  ddf <- d * df_of(inside)
  f <- as.numeric(found$statistic)
  keep(about, c(statistic = f, df1 = d, df2 = ddf, p = pf(f, d, ddf, lower.tail = FALSE)))
}

# Whether a mean difference is 0: Student's t under the design.
test_of_difference <- function(about, difference, within = TRUE, variance = "taylor") {
  z <- values_of(substitute(difference))
  inside <- rows_of(substitute(within))
  valid <- inside & !is.na(z)
  z[!valid] <- 0
  value <- sum(weight * z) / sum(weight[valid])
  v <- error_of(function(w) sum(w * z) / sum(w[valid]), (z - value * valid) / sum(weight[valid]),
                valid, inside, list(variance = variance))
  t <- value / sqrt(v)
  df <- df_of(inside)
  keep(about, c(statistic = t, df1 = df, p = 2 * pt(-abs(t), df)))
}

# Whether as many changed one way as the other: McNemar's test, exact.
test_of_changes <- function(about, difference, within = TRUE, variance = "none") {
  z <- values_of(substitute(difference))[rows_of(substitute(within))]
  ways <- c(sum(z < 0, na.rm = TRUE), sum(z > 0, na.rm = TRUE))
  keep(about, c(statistic = min(ways), p = binom.test(min(ways), sum(ways))$p.value))
}

# --- printing ----------------------------------------------------------------------------------

show_figures <- function() {
  every <- do.call(rbind, figures)
  row <- interaction(every$expression, every$by, every$domain, every$part, drop = TRUE, lex.order = FALSE)
  row <- factor(row, unique(row))
  for (one in split(every, row)) {
    first <- one[1, ]
    title <- c(first$expression, if (nzchar(first$by)) paste(first$by, first$domain, sep = " = "),
               if (nzchar(first$part)) first$part)
    cat("\n", paste(title, collapse = " | "), "\n", sep = "")
    shown <- vapply(one$value, function(value) format(value, digits = 6), "")
    cat(paste0("  ", format(one$figure), "  ", shown, "\n"), sep = "")
  }
  cat("\n--- the same figures in full: expression, by, domain, part, figure, value ---\n")
  cat(paste(every$expression, every$by, every$domain, every$part, every$figure,
            sprintf("%.17g", every$value), sep = "\t", collapse = "\n"), "\n", sep = "")
}
