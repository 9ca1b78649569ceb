# Writes tables that ship with R's survey package, and what the package finds in them, to a folder.
# Run by test_against_r.py. Exit status 9: there is no such package.
if (!requireNamespace("survey", quietly = TRUE)) quit(status = 9)
suppressMessages(library(survey))
data(api)
data(mu284)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- list()
put <- function(name, ...) out[[name]] <<- as.numeric(c(...))

# --- tables -------------------------------------------------------------------------------------
apistrat$half <- ifelse(seq_len(nrow(apistrat)) %% 3 == 0, NA, apistrat$api00)
apistrat$wide <- ifelse(seq_len(nrow(apistrat)) %% 7 == 0, NA, apistrat$sch.wide == "Yes")
apistrat$known <- seq_len(nrow(apistrat)) %% 9 != 0
small <- data.frame(s = c(1, 1, 2, 2, 2, 3, 4, 4), c = 1:8, w = c(3, 3, 4, 4, 4, 5, 1, 1),
                    N = c(6, 6, 12, 12, 12, 5, 2, 2), y = c(2, 5, 1, 7, 4, 9, 3, 8),
                    g = c("a", "b", "a", "a", "b", "a", "b", "b"))
# Strata of hotels, hotels, rooms: in one hotel one room was drawn, in another all of them.
hotels <- data.frame(
  s = rep(c("n", "n", "n", "o", "o", "o", "o"), c(3, 2, 4, 2, 3, 1, 3)),
  h = rep(1:7, c(3, 2, 4, 2, 3, 1, 3)), p = 1:18,
  M = rep(c(8, 8, 8, 11, 11, 11, 11), c(3, 2, 4, 2, 3, 1, 3)),
  N = rep(c(9, 2, 12, 6, 7, 5, 10), c(3, 2, 4, 2, 3, 1, 3)),
  y = c(4, 9, 2, 7, 5, 1, 6, 3, 8, 2, 2, 9, 4, 7, 5, 6, 1, 3),
  x = c(2, 3, 1, 4, 2, 1, 3, 2, 4, 1, 2, 5, 3, 3, 2, 4, 1, 2),
  g = rep(c("a", "b", "a"), 6))
for (name in c("apisrs", "apistrat", "apiclus1", "apiclus2", "mu284", "small", "hotels"))
  write.csv(get(name), file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")

# Clusters less strata, of the strata where some rows are: degf(subset()) counts less.
df_within <- function(d, inside) {
  s <- as.character(d$strata[, 1]); there <- s %in% s[inside]
  length(unique(paste(s, d$cluster[, 1])[there])) - length(unique(s[inside]))
}

# --- designs ------------------------------------------------------------------------------------
srs <- svydesign(id = ~1, fpc = ~fpc, data = apisrs)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
growth <- data.frame(comp.imp = c("No", "Yes"), Freq = c(1689, 4505))
raked <- function(d) calibrate(d, list(~stype, ~sch.wide, ~comp.imp), list(types, wide, growth),
                               calfun = "raking", epsilon = 1e-13, maxit = 200)
tight <- list(maxit = 40, epsilon = 1e-15)
rake_r <- function(d) suppressWarnings(rake(d, list(~stype, ~sch.wide, ~comp.imp),
                                            list(types, wide, growth), control = tight))
poststratified <- function(d) postStratify(d, ~sch.wide, wide)
designs <- list(apisrs = srs, apistrat = strat, apiclus1 = clus1, apiclus2 = clus2)
for (name in names(designs)) {
  designs[[paste0(name, ".post")]] <- poststratified(designs[[name]])
  designs[[paste0(name, ".raked")]] <- raked(designs[[name]])
}
designs$apistrat.both <- raked(postStratify(strat, ~awards, data.frame(awards = c("No", "Yes"),
                                                                      Freq = c(2027, 4167))))

# --- estimates by linearisation -----------------------------------------------------------------
orders <- c(0.123, 0.247, 0.503, 0.752, 0.897)  # that no sum of equal weights meets exactly
# Woodruff's interval is that of the share `order`. svyquantile() takes it of the share that does not exceed
# the quantile, which with ties is another one; so what R measures is put together by hand.
woodruff <- function(order, x, d, df, type) {
  w <- weights(d, "sampling"); here <- !is.na(x)
  q <- survey:::qrule_math(x[here], w[here], order)
  either <- lapply(list(x <= q, x < q), function(holds) {
    m <- svymean(~holds, update(d, holds = as.numeric(holds)), na.rm = TRUE)
    c(coef(m), vcov(m)[1])
  })
  away <- sapply(either, function(m) round(abs(m[1] - order), 9))
  m <- either[[which.min(away)]]
  n <- m[1] * (1 - m[1]) / m[2]
  limits <- if (type == "xlogit") {
    plogis(qlogis(order) + c(-1, 1) * qt(0.975, df) / sqrt(n * order * (1 - order)))
  } else {
    n <- n * (qt(0.975, length(x) - 1) / qt(0.975, df))^2
    qbeta(c(0.025, 0.975), n * order + c(0, 1), n * (1 - order) + c(1, 0))
  }
  limits <- sapply(limits, function(p) survey:::qrule_math(x[here], w[here], p))
  c(q, limits, diff(limits) / (2 * qt(0.975, df)))
}
of_quantiles <- function(name, variable, d, ...) {
  found <- svyquantile(as.formula(paste0("~", variable)), d, orders, qrule = "math", ci = FALSE, ...)[[1]]
  for (type in c("beta", "xlogit")) {
    by_hand <- sapply(orders, woodruff, d$variables[[variable]], d, degf(d), type)
    put(paste0(name, ".quantiles.", type), rbind(as.numeric(found), by_hand[-1, ]))
  }
}
for (name in names(designs)) {
  d <- designs[[name]]
  m <- svymean(~api00, d, deff = TRUE); t <- svytotal(~enroll, d, na.rm = TRUE, deff = TRUE)
  r <- svyratio(~api.stu, ~enroll, d, na.rm = TRUE, deff = TRUE)
  change <- svymean(~I(api00 - api99), d)
  put(paste0(name, ".weights"), range(weights(d)), sum(weights(d)))
  put(paste0(name, ".mean"), coef(m), SE(m), deff(m), degf(d), confint(m, df = degf(d)))
  put(paste0(name, ".total"), coef(t), SE(t), deff(t))
  put(paste0(name, ".ratio"), coef(r), SE(r), deff(r), confint(r, df = degf(d)))
  put(paste0(name, ".difference"), coef(change), SE(change))
  for (method in c("beta", "logit", "xlogit", "mean")) {
    p <- svyciprop(~I(api99 > 650), d, method)
    put(paste0(name, ".", if (method == "mean") "wald" else method), coef(p), attr(p, "ci"))
  }
  of_quantiles(name, "api00", d)
  for (type in c("E", "H", "M")) {
    part <- subset(d, stype == type); df <- df_within(d, d$variables$stype == type)
    m <- svymean(~api00, part, deff = TRUE); t <- svytotal(~api00, part)
    p <- svyciprop(~I(sch.wide == "Yes"), part, "xlogit", df = df); r <- svyratio(~api.stu, ~enroll, part, na.rm = TRUE)
    put(paste0(name, ".domain.mean.", type), coef(m), SE(m), deff(m), df)
    put(paste0(name, ".domain.total.", type), coef(t), SE(t))
    put(paste0(name, ".domain.ratio.", type), coef(r), SE(r))
    put(paste0(name, ".domain.xlogit.", type), coef(p), attr(p, "ci"))
    p <- svyciprop(~I(sch.wide == "Yes"), part, "beta")
    # For a subset of a calibrated design R counts the rows of the whole.
    put(paste0(name, ".domain.beta.", type), coef(p), attr(p, "ci"), nrow(part), degf(part))
    q <- woodruff(0.5, part$variables$api00, part, df, "xlogit")
    put(paste0(name, ".domain.median.", type), q)
  }
}
for (name in names(designs)[1:4]) {
  r <- rake_r(designs[[name]])
  put(paste0(name, ".rake"), coef(svymean(~api00, r)), SE(svymean(~api00, r)))
}

# --- missing answers, people who are not eligible ------------------------------------------------
# Without known populations, where missing answers add nothing: with them we add what R does not.
free <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat)
m <- svymean(~half, free, na.rm = TRUE); put("missing.mean", coef(m), SE(m))
p <- svyciprop(~wide, free, "beta", na.rm = TRUE); put("missing.beta", coef(p), attr(p, "ci"))
p <- svyciprop(~wide, poststratified(free), "xlogit", na.rm = TRUE)
put("missing.post", coef(p), attr(p, "ci"))
of_quantiles("missing", "half", free, na.rm = TRUE)
for (name in c("apistrat", "apistrat.post")) {
  part <- subset(designs[[name]], known)
  m <- svymean(~api00, part, deff = TRUE); t <- svytotal(~api00, part, deff = TRUE)
  df <- df_within(designs[[name]], designs[[name]]$variables$known)
  put(paste0(name, ".eligible"), coef(m), SE(m), deff(m), df, coef(t), SE(t), deff(t))
}

# --- two stages ---------------------------------------------------------------------------------
d <- svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284)
m <- svymean(~y1, d, deff = TRUE); put("mu284.mean", coef(m), SE(m), deff(m), degf(d))
t <- svytotal(~y1, d); put("mu284.total", coef(t), SE(t))
for (policy in c("remove", "adjust", "certainty")) {
  options(survey.lonely.psu = policy)
  d <- svydesign(id = ~h + p, strata = ~s + h, fpc = ~M + N, data = hotels)
  m <- svymean(~y, d); t <- svytotal(~y, d); r <- svyratio(~y, ~x, d)
  part <- svyby(~y, ~g, d, svymean)
  put(paste0("hotels.", policy), coef(m), SE(m), coef(t), SE(t), coef(r), SE(r), coef(part), SE(part))
}

# --- lone clusters ------------------------------------------------------------------------------
for (policy in c("remove", "adjust", "average", "certainty")) {
  options(survey.lonely.psu = policy)
  d <- svydesign(id = ~c, strata = ~s, weights = ~w, fpc = ~N, data = small)
  part <- svyby(~y, ~g, d, svytotal)
  put(paste0("lonely.", policy), SE(svytotal(~y, d)), SE(svymean(~y, d)), coef(part), SE(part))
  d <- svydesign(id = ~c, strata = ~s, weights = ~w, data = subset(small, s != 4))
  j <- as.svrepdesign(d, type = "JKn")
  put(paste0("lonely.jackknife.", policy), SE(svytotal(~y, j)), SE(svymean(~y, j)))
}
options(survey.lonely.psu = "fail")

# --- the jackknife ------------------------------------------------------------------------------
for (name in names(designs)[1:4]) {
  d <- designs[[name]]
  type <- if (name == "apistrat") "JKn" else "JK1"
  # Where schools were drawn in districts, the districts count as drawn with replacement.
  first <- if (name == "apiclus2") svydesign(id = ~dnum, weights = weights(d), data = apiclus2) else d
  plain <- suppressWarnings(as.svrepdesign(first, type = type))
  for (kind in c("plain", "post", "rake")) {
    j <- switch(kind, plain = plain, post = poststratified(plain), rake = rake_r(plain))
    put(paste0(name, ".jackknife.", kind),
        SE(svymean(~api00, j)), SE(svytotal(~enroll, j, na.rm = TRUE)),
        SE(svyratio(~api.stu, ~enroll, j, na.rm = TRUE)), SE(svymean(~I(api99 > 650), j))[2],
        sapply(c("E", "H", "M"), function(type) SE(svymean(~api00, subset(j, stype == type)))),
        sapply(c("E", "H", "M"), function(type) SE(svytotal(~api00, subset(j, stype == type)))))
    put(paste0(name, ".jackknife.quantiles.", kind), 
        sapply(orders, woodruff, j$variables$api00, j, degf(d), "xlogit"))
  }
}

# --- exact intervals, from the tails of R's hypergeometric distribution --------------------------
population <- 536; n <- 107
for (k in 0:n) {
  all <- k:(population - n + k)
  kept <- all[phyper(k - 1, all, population - all, n, lower.tail = FALSE) > 0.025 &
                phyper(k, all, population - all, n) > 0.025]
  put(paste0("exact.", k), range(kept))
}

lines <- sapply(names(out), function(n) sprintf('"%s": [%s]', n, paste(sprintf("%.17g", out[[n]]), collapse = ", ")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "numbers.json"))
