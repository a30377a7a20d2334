# SPDX-License-Identifier: GPL-3.0-or-later
# Data sets of R packages that the statistical tests fit, one CSV each.
#
#   Rscript scripts/references/datasets.R             writes tests/reference/datasets/*.csv
#
# From survival 3.5-3 (LGPL >= 2): lung, mgus2, heart, cgd, bladder, tobin, colon, veteran.  toy10 is made up.
suppressMessages(library(survival))
out <- "tests/reference/datasets"
dir.create(out, showWarnings = FALSE)
put <- function(d, name) {
    for (j in names(d)) if (is.numeric(d[[j]])) d[[j]] <- ifelse(is.na(d[[j]]), NA, format(d[[j]], digits = 15, trim = TRUE, drop0trailing = TRUE))
    d[] <- lapply(d, function(x) trimws(as.character(x)))
    write.csv(d, file.path(out, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}
one <- function(x) { for (i in seq_along(x)) x[[i]] <- as.vector(x[[i]]); x }
l <- lung
l$st <- l$status - 1
put(one(l[c("inst", "time", "st", "age", "sex", "ph.ecog", "ph.karno", "wt.loss")]), "lung")
m <- mgus2
m$time <- with(m, ifelse(pstat == 0, futime, ptime))
m$status <- with(m, ifelse(pstat == 0, 2 * death, 1))
put(one(m[c("id", "time", "status", "age", "sex", "hgb", "creat", "mspike")]), "mgus2")
put(one(transform(heart, transplant = as.numeric(as.character(transplant)))[c("id", "start", "stop", "event", "age", "year", "surgery", "transplant")]), "heart")
g <- cgd
g$gstart <- 0
g$gstop <- g$tstop - g$tstart
put(one(transform(g, treat = as.character(treat), sex = as.character(sex))[c("id", "treat", "sex", "age", "tstart", "tstop", "status", "enum", "gstart", "gstop")]), "cgd")
put(one(bladder2), "bladder2")
put(one(transform(tobin, left = ifelse(durable == 0, NA, durable), right = ifelse(durable == 0, 0.5, durable))), "tobin")
co <- subset(colon, etype == 1)
put(one(transform(co, rx = as.character(rx))[c("id", "rx", "sex", "age", "nodes", "time", "status", "differ")]), "colon")
put(one(transform(veteran, celltype = as.character(celltype))), "veteran")
# From MASS 7.3-58.2 (GPL): quine, days absent from school; Aitkin 1978.
put(MASS::quine, "quine")
