# SPDX-License-Identifier: GPL-3.0-or-later
# Risks adjusted by strata, as R gives them, on the rows of slices.R: Mantel-Haenszel (metafor, mantelhaen.test), direct
# standardisation by its formula (risks at day 60 from survfit), indirect by poisson.test.  Writes
# tests/reference/stratified_answers.csv, in the form of slices_answers.csv.
#   Rscript scripts/references/stratified.R       from the root of the repository
suppressMessages({library(metafor); library(survival)})
d <- read.csv("tests/reference/slices_rows.csv")
answers <- "outcome,adjustment,stratum,measure,term,time,estimate,std_error,conf_low,conf_high,statistic,df,p_value"
number <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
say <- function(outcome, adjustment, measure, time = NA, estimate = NA, se = NA, low = NA, high = NA, statistic = NA, p = NA)
  answers <<- c(answers, paste(outcome, adjustment, "", measure, "", number(time), number(estimate), number(se), number(low),
                               number(high), number(statistic), "", number(p), sep = ","))
strata <- interaction(d$start, d$sex, drop = TRUE)
counts <- t(sapply(levels(strata), function(k) {
  keep <- strata == k; iop <- d$arm == 1
  c(a = sum(d$what[keep & iop]), n1 = sum(keep & iop), c = sum(d$what[keep & !iop]), n0 = sum(keep & !iop))
}))
a <- counts[, "a"]; b <- counts[, "n1"] - a; cc <- counts[, "c"]; dd <- counts[, "n0"] - cc
for (m in list(c("RD", "risk_difference"), c("RR", "risk_ratio"), c("OR", "odds_ratio"))) {
  h <- rma.mh(measure = m[1], ai = a, bi = b, ci = cc, di = dd, correct = FALSE)
  back <- if (m[1] == "RD") identity else exp
  say("yes", "mantel_haenszel", m[2], NA, back(h$b[1]), h$se, back(h$ci.lb), back(h$ci.ub), h$zval, h$pval)
  if (m[1] == "OR") {
    tables <- array(rbind(a, cc, b, dd), c(2, 2, length(a)))
    m2 <- mantelhaen.test(tables, correct = FALSE)
    stopifnot(abs(m2$estimate - exp(h$b[1])) < 1e-10, all(abs(m2$conf.int - exp(c(h$ci.lb, h$ci.ub))) < 1e-8))
  }
}
# ---- direct ---------------------------------------------------------------------------------------------------------
wald <- function(outcome, name, p1, v1, p0, v0, time) {
  z <- qnorm(.975)
  rd <- p1 - p0; se <- sqrt(v1 + v0)
  say(outcome, name, "risk_difference", time, rd, se, rd - z * se, rd + z * se, rd / se, 2 * pnorm(-abs(rd / se)))
  l <- log(p1 / p0); se <- sqrt(v1 / p1^2 + v0 / p0^2)
  say(outcome, name, "risk_ratio", time, exp(l), se, exp(l - z * se), exp(l + z * se), l / se, 2 * pnorm(-abs(l / se)))
  l <- qlogis(p1) - qlogis(p0); se <- sqrt(v1 / (p1 * (1 - p1))^2 + v0 / (p0 * (1 - p0))^2)
  say(outcome, name, "odds_ratio", time, exp(l), se, exp(l - z * se), exp(l + z * se), l / se, 2 * pnorm(-abs(l / se)))
}
shares <- list(direct = counts[, "n1"] + counts[, "n0"], of_arm = counts[, "n1"])
p1 <- a / counts[, "n1"]; p0 <- cc / counts[, "n0"]
for (name in names(shares)) {
  w <- shares[[name]] / sum(shares[[name]])
  wald("yes", name, sum(w * p1), sum(w^2 * p1 * (1 - p1) / counts[, "n1"]), sum(w * p0), sum(w^2 * p0 * (1 - p0) / counts[, "n0"]), NA)
}
# With censoring: by sex, at day 60.
risk <- function(arm, sex) {
  f <- summary(survfit(Surv(days, what) ~ 1, d[d$arm == arm & d$sex == sex, ]), times = 60)
  c(1 - f$surv, f$std.err)
}
w <- table(d$sex) / nrow(d)
x1 <- sapply(1:2, function(s) risk(1, s)); x0 <- sapply(1:2, function(s) risk(2, s))
wald("relapse", "direct", sum(w * x1[1, ]), sum(w^2 * x1[2, ]^2), sum(w * x0[1, ]), sum(w^2 * x0[2, ]^2), 60)
# ---- indirect -------------------------------------------------------------------------------------------------------
expected <- sum(counts[, "n1"] * p0); test <- poisson.test(sum(a), expected)
say("yes", "indirect", "standardised_ratio", NA, sum(a) / expected, NA, test$conf.int[1], test$conf.int[2])
writeLines(answers, "tests/reference/stratified_answers.csv")
