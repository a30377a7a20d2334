# SPDX-License-Identifier: GPL-3.0-or-later
# fit.R - what R says to the same commands that tests/pipeline/fit/test_fit.sh gives to `stepdown fit`.
#
#     Rscript scripts/references/fit.R      writes tests/reference/fit_people.csv and tests/reference/fit_answers.csv
#
# fit_answers.csv: run|measure|stratum|term|arm|time|column|value; an empty value is a number that does not exist.
# Made with R 4.2.2, survival 3.5-3 and metafor 3.8-1.  Newcombe's limits follow the 1998 paper.

suppressMessages({library(survival); library(metafor)})

# ---- made-up people: three arms, delayed entry, decimals, ties, missing cells, frequencies ------------------------

set.seed(20261121)
n <- 240
people <- data.frame(
  arm = sample(c("iop", "inpatient", "residential, long"), n, TRUE),
  site = sample(1:4, n, TRUE),
  entry = sample(0:40, n, TRUE),
  times = sample(c(2, 3, 1), n, TRUE))
people$days <- people$entry + 1 + rgeom(n, ifelse(people$arm == "iop", 0.010, 0.014))
people$years <- people$days / 365.25
people$event <- rbinom(n, 1, 0.7)
people$relapse <- rbinom(n, 1, ifelse(people$arm == "iop", 0.35, 0.5))
cells <- lapply(people, function(x) if (is.numeric(x)) sprintf("%.15g", x) else as.character(x))
cells$days[c(5, 77)] <- "NA"
cells$arm[13] <- ""
cells$relapse[200] <- "."
quoted <- lapply(cells, function(x) ifelse(grepl(",", x), paste0('"', x, '"'), x))
writeLines(c(paste(names(people), collapse = ","), do.call(paste, c(quoted, sep = ","))),
           "tests/reference/fit_people.csv")
people <- read.csv("tests/reference/fit_people.csv", na.strings = c("", "NA", "."))

uis <- read.csv("datasets/uis/uis.csv")
pharmaco <- read.csv("datasets/pharmaco/pharmaco.csv")

# ---- rows of answers ------------------------------------------------------------------------------------------------

answers <- character()
add <- function(run, measure, value, column = "estimate", stratum = "", term = "", arm = "", time = "") {
  number <- ifelse(is.na(value), "", sprintf("%.17g", value))
  time <- ifelse(time == "", "", sprintf("%.15g", suppressWarnings(as.numeric(time))))
  answers <<- c(answers, paste(run, measure, stratum, term, arm, time, column, number, sep = "|"))
}

label <- function(fit, k) if (is.null(fit$strata)) "" else trimws(sub("^[^=]*=", "", names(fit$strata)[k]))

add_km <- function(run, formula, data, type, probs = 0.5, tau = NA, ...) {
  fit <- survfit(formula, data, conf.type = type, ...)
  groups <- if (is.null(fit$strata)) 1 else length(fit$strata)
  at <- if (groups == 1) rep(1, length(fit$time)) else rep(seq_len(groups), fit$strata)
  error <- fit$std.err * fit$surv
  for (k in seq_len(groups)) {
    rows <- which(at == k & (fit$n.event > 0 | fit$n.censor > 0))
    rows <- rows[unique(c(seq(1, length(rows), 11), length(rows)))] # enough to see every part of the curve
    arm <- label(fit, k)
    time <- fit$time[rows]
    add(run, "survival", fit$surv[rows], "estimate", arm = arm, time = time)
    add(run, "survival", ifelse(fit$surv[rows] == 0, NA, error[rows]), "std_error", arm = arm, time = time)
    add(run, "survival", fit$lower[rows], "conf_low", arm = arm, time = time)
    add(run, "survival", fit$upper[rows], "conf_high", arm = arm, time = time)
    add(run, "survival", fit$n.risk[rows], "n", arm = arm, time = time)
    add(run, "survival", cumsum(fit$n.event[at == k])[rows - min(which(at == k)) + 1], "n_event", arm = arm, time = time)
  }
  q <- quantile(fit, probs)
  for (k in seq_len(groups)) for (j in seq_along(probs)) {
    pick <- function(x) if (is.matrix(x)) x[k, j] else x[j]
    for (column in c("quantile", "lower", "upper"))
      add(run, "quantile_time", pick(q[[column]]), c(quantile = "estimate", lower = "conf_low", upper = "conf_high")[[column]],
          term = probs[j], arm = label(fit, k))
  }
  if (!is.na(tau)) add_rmst(run, fit, tau)
}

rmst_of <- function(fit, tau) {
  m <- survival:::survmean(fit, rmean = tau)$matrix
  if (is.null(dim(m))) m <- t(m)
  list(mean = m[, "rmean"], error = m[, "se(rmean)"])
}

add_rmst <- function(run, fit, tau, stratum = "") {
  m <- rmst_of(fit, tau)
  for (k in seq_along(m$mean)) {
    add(run, "rmst", m$mean[k], "estimate", stratum, arm = label(fit, k), time = tau)
    add(run, "rmst", m$error[k], "std_error", stratum, arm = label(fit, k), time = tau)
    add(run, "rmst", m$mean[k] + qnorm(0.975) * m$error[k], "conf_high", stratum, arm = label(fit, k), time = tau)
  }
  invisible(m)
}

add_rmst_contrasts <- function(run, fit, tau, level = 0.95, stratum = "") {
  m <- add_rmst(run, fit, tau, stratum)
  z <- qnorm((1 + level) / 2)
  for (k in seq_along(m$mean)[-1]) {
    arm <- label(fit, k)
    d <- m$mean[k] - m$mean[1]
    se <- sqrt(m$error[k]^2 + m$error[1]^2)
    add(run, "rmst_difference", d, "estimate", stratum, arm = arm, time = tau)
    add(run, "rmst_difference", se, "std_error", stratum, arm = arm, time = tau)
    add(run, "rmst_difference", d - z * se, "conf_low", stratum, arm = arm, time = tau)
    add(run, "rmst_difference", 2 * pnorm(-abs(d / se)), "p_value", stratum, arm = arm, time = tau)
    r <- m$mean[k] / m$mean[1]
    se <- sqrt((m$error[k] / m$mean[k])^2 + (m$error[1] / m$mean[1])^2)
    add(run, "rmst_ratio", r, "estimate", stratum, arm = arm, time = tau)
    add(run, "rmst_ratio", r * exp(z * se), "conf_high", stratum, arm = arm, time = tau)
  }
}

add_logrank <- function(run, formula, data, rho = 0) {
  test <- survdiff(formula, data, rho = rho)
  df <- length(test$n) - 1
  if (is.matrix(test$exp)) df <- sum(rowSums(test$exp) > 0) - 1
  add(run, "logrank_test", test$chisq, "statistic")
  add(run, "logrank_test", df, "df")
  add(run, "logrank_test", pchisq(test$chisq, df, lower.tail = FALSE), "p_value")
}

# ---- survival ---------------------------------------------------------------------------------------------------------

add_km("uis_log", Surv(time, censor) ~ treat, uis, "log", c(0.25, 0.5, 0.75), 365)
add_km("uis_loglog", Surv(time, censor) ~ treat, uis, "log-log")
add_km("uis_plain", Surv(time, censor) ~ 1, uis, "plain")
add_km("uis_arcsin", Surv(time, censor) ~ 1, uis, "arcsin")
add_km("uis_level", Surv(time, censor) ~ 1, uis, "log", conf.int = 0.9)
add_km("pharmaco", Surv(ttr, relapse) ~ grp, pharmaco, "log-log", tau = 182)
add_km("entry", Surv(entry, days, event) ~ arm, people, "log", c(0.1, 0.5))
add_km("frequency", Surv(days, event) ~ arm, people[rep(seq_len(n), people$times), ], "log")
add_km("timefix", Surv(years, event) ~ 1, people, "log")

add_logrank("logrank_uis", Surv(time, censor) ~ treat, uis)
add_logrank("logrank_peto", Surv(time, censor) ~ treat, uis, 1)
add_logrank("logrank_strata", Surv(time, censor) ~ treat + strata(site), uis)
add_logrank("logrank_pharmaco", Surv(ttr, relapse) ~ grp, pharmaco)
add_logrank("logrank_arms", Surv(days, event) ~ arm + strata(site), people)
add_logrank("logrank_two", Surv(days, event) ~ arm + site, people)

add_rmst_contrasts("rmst_uis", survfit(Surv(time, censor) ~ treat, uis), 365)
pharmaco$reversed <- factor(pharmaco$grp, levels = c("patchOnly", "combination"))
for (sex in c("Female", "Male"))
  add_rmst_contrasts("rmst_strata", survfit(Surv(ttr, relapse) ~ reversed, pharmaco[pharmaco$gender == sex, ]), 182,
                     stratum = sex)

# ---- proportions --------------------------------------------------------------------------------------------------------

wilson <- function(x, n, level = 0.95) prop.test(x, n, correct = FALSE, conf.level = level)$conf.int

add_proportions <- function(run, event, arm, levels, exact = FALSE) {
  keep <- !is.na(event) & !is.na(arm)
  event <- event[keep]; arm <- factor(arm[keep], levels)
  x <- tapply(event, arm, sum); m <- table(arm)
  for (k in seq_along(levels)) {
    ci <- if (exact) binom.test(x[k], m[k])$conf.int else wilson(x[k], m[k])
    add(run, "risk", x[k] / m[k], arm = levels[k])
    add(run, "risk", ci[1], "conf_low", arm = levels[k])
    add(run, "risk", ci[2], "conf_high", arm = levels[k])
    add(run, "risk", m[k], "n", arm = levels[k])
  }
  for (k in seq_along(levels)[-1]) {
    p1 <- x[k] / m[k]; p0 <- x[1] / m[1]; d <- p1 - p0
    a <- wilson(x[k], m[k]); b <- wilson(x[1], m[1])
    se <- sqrt(p1 * (1 - p1) / m[k] + p0 * (1 - p0) / m[1])
    add(run, "risk_difference", d, arm = levels[k])
    add(run, "risk_difference", se, "std_error", arm = levels[k])
    if (exact) {
      add(run, "risk_difference", d - qnorm(0.975) * se, "conf_low", arm = levels[k])
    } else {
      add(run, "risk_difference", d - sqrt((p1 - a[1])^2 + (b[2] - p0)^2), "conf_low", arm = levels[k])
      add(run, "risk_difference", d + sqrt((a[2] - p1)^2 + (p0 - b[1])^2), "conf_high", arm = levels[k])
    }
    rr <- summary(escalc("RR", ai = x[k], n1i = m[k], ci = x[1], n2i = m[1]), transf = exp)
    or <- summary(escalc("OR", ai = x[k], n1i = m[k], ci = x[1], n2i = m[1]), transf = exp)
    add(run, "risk_ratio", rr$yi, arm = levels[k]); add(run, "risk_ratio", rr$ci.lb, "conf_low", arm = levels[k])
    add(run, "odds_ratio", or$yi, arm = levels[k]); add(run, "odds_ratio", or$ci.ub, "conf_high", arm = levels[k])
    two <- matrix(c(x[k], m[k] - x[k], x[1], m[1] - x[1]), 2)
    add(run, "fisher_test", fisher.test(two)$p.value, "p_value", arm = levels[k])
    add(run, "noninferiority_test", (0.1 - d) / se, "statistic", arm = levels[k])
    add(run, "noninferiority_test", pnorm((0.1 - d) / se, lower.tail = FALSE), "p_value", arm = levels[k])
  }
  test <- suppressWarnings(chisq.test(rbind(x, m - x), correct = FALSE))
  add(run, "chi_square_test", test$statistic, "statistic")
  add(run, "chi_square_test", test$parameter, "df")
  add(run, "chi_square_test", test$p.value, "p_value")
}

add_proportions("proportion_uis", uis$censor, uis$treat, c("0", "1"))
add_proportions("proportion_exact", uis$censor, uis$treat, c("0", "1"), TRUE)
add_proportions("proportion_arms", people$relapse, people$arm, c("inpatient", "iop", "residential, long"))

add_stratified <- function(run, event, arm, stratum, levels) {
  keep <- !is.na(event) & !is.na(arm)
  t3 <- table(factor(arm[keep], levels), factor(event[keep], 1:0), stratum[keep])
  a <- t3[2, 1, ]; b <- t3[2, 2, ]; c <- t3[1, 1, ]; d <- t3[1, 2, ]
  or <- rma.mh(measure = "OR", ai = a, bi = b, ci = c, di = d, correct = FALSE)
  rr <- rma.mh(measure = "RR", ai = a, bi = b, ci = c, di = d)
  rd <- rma.mh(measure = "RD", ai = a, bi = b, ci = c, di = d)
  add(run, "odds_ratio", exp(or$beta), arm = levels[2]); add(run, "odds_ratio", or$se, "std_error", arm = levels[2])
  add(run, "risk_ratio", exp(rr$beta), arm = levels[2]); add(run, "risk_ratio", exp(rr$ci.ub), "conf_high", arm = levels[2])
  add(run, "risk_difference", rd$beta, arm = levels[2]); add(run, "risk_difference", rd$ci.lb, "conf_low", arm = levels[2])
  cmh <- mantelhaen.test(t3, correct = FALSE)
  add(run, "cmh_test", cmh$statistic, "statistic", arm = levels[2])
  add(run, "cmh_test", cmh$p.value, "p_value", arm = levels[2])
  add(run, "homogeneity_test", or$TA, "statistic", arm = levels[2])
}
add_stratified("mantel_haenszel", uis$censor, uis$treat, uis$site, c("0", "1"))

writeLines(answers, "tests/reference/fit_answers.csv")
cat(length(answers), "answers\n")
