# SPDX-License-Identifier: GPL-3.0-or-later
# Reference answers of R for Gray's test, jackknife errors, further log-rank weights, trend and sampling weights.
#
#   Rscript scripts/references/competing.R
#
# Reads tests/reference/survival_rows.csv, writes tests/reference/competing_answers.csv with the columns of survival.R.
# Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.
#   gray       option = none or strata, arm = cause, key = rho:   chi-square df
#   jackknife  option = cause, key = time:                         F std_err
#   weight     option = gehan, tarone or peto, key = 1 if strata:  chi-square df O1 E1 V11
#   trend      option = none, key = 0:                             chi-square, scores 0, 1, ... by arm
#   sampling   option = type of limits, key = time:                S std_err low high cumhaz std_err
#   area       key = tau:                                          restricted mean under sampling weights, std_err
# Sampling weights are 0.3 + (7 i mod 11) / 5 for row i of the set with its frequencies written out, i = 1, 2, ...
suppressMessages({library(survival); library(cmprsk)})

number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 15, format = "g", width = 1))
answers <- character()
put <- function(set, what, option, arm, key, ...) {
    values <- number(c(...))
    answers <<- c(answers, paste(c(set, what, option, arm, formatC(key, digits = 17, format = "g", width = 1), values), collapse = ","))
}
some_rows <- function(set, n) unique(round(seq(1, n, length.out = min(n, if (grepl("^r[0-9]", set)) 3 else 12))))

gray <- function(set, d, rho, stratified) {
    if (length(unique(d$arm)) < 2 || any(!is.na(d$entry))) return()
    f <- try(if (stratified) cuminc(d$time, d$cause, d$arm, d$stratum, rho = rho) else cuminc(d$time, d$cause, d$arm, rho = rho),
             silent = TRUE)
    if (inherits(f, "try-error") || is.null(f$Tests)) return()
    for (cause in rownames(f$Tests)) {
        stat <- f$Tests[cause, "stat"]
        # A statistic of a covariance that is nearly singular is rounding in both programs.
        if (is.finite(stat) && stat >= 0 && stat < 1e4)
            put(set, "gray", if (stratified) "strata" else "none", cause, rho, stat, f$Tests[cause, "df"])
    }
}

jackknife <- function(set, d) {
    if (any(!is.na(d$entry))) return()
    for (a in sort(unique(d$arm))) {
        g <- d[d$arm == a, ]
        causes <- sort(setdiff(unique(g$cause), 0))
        if (length(causes) < 1 || nrow(g) < 2) next
        f <- survfit(Surv(g$time, factor(g$cause, 0:2, c("censored", "1", "2"))) ~ 1, timefix = FALSE)
        for (cause in causes) {
            column <- match(as.character(cause), f$states)
            for (k in some_rows(set, length(f$time)))
                put(set, "jackknife", cause, a, f$time[k], f$pstate[k, column], f$std.err[k, column])
        }
    }
}

weighted <- function(set, d, kind, stratified) {
    arms <- sort(unique(d$arm))
    p <- length(arms)
    if (p < 2) return()
    O <- E <- numeric(p)
    V <- matrix(0, p, p)
    entry <- ifelse(is.na(d$entry), -1, d$entry)
    for (s in if (stratified) sort(unique(d$stratum)) else NA) {
        inside <- if (stratified) d$stratum == s else rep(TRUE, nrow(d))
        S <- 1
        for (t in sort(unique(d$time[inside & d$cause > 0]))) {
            at_risk <- inside & entry < t & d$time >= t
            dead <- at_risk & d$time == t & d$cause > 0
            n <- sum(at_risk)
            S <- S * (1 - sum(dead) / (n + 1))
            w <- switch(kind, gehan = n, tarone = sqrt(n), peto = S)
            r <- sapply(arms, function(a) sum(at_risk & d$arm == a)) / n
            O <- O + w * sapply(arms, function(a) sum(dead & d$arm == a))
            E <- E + w * sum(dead) * r
            if (n > 1) V <- V + w^2 * sum(dead) * (n - sum(dead)) / (n - 1) * (diag(r, p) - r %o% r)
        }
    }
    in_play <- which(E > 0)
    if (length(in_play) < 2) return()
    v <- V[in_play[-1], in_play[-1], drop = FALSE]
    if (rcond(v) < 1e-8) return()
    z <- (O - E)[in_play[-1]]
    put(set, "weight", kind, arms[1], as.numeric(stratified), sum(z * solve(v, z)), length(z), O[1], E[1], V[1, 1])
}

trend <- function(set, d) {
    arms <- sort(unique(d$arm))
    if (length(arms) < 3 || any(!is.na(d$entry)) || any(diff(arms) != 1) || arms[1] != 0) return()
    f <- try(survdiff(Surv(d$time, d$cause > 0) ~ d$arm), silent = TRUE)
    if (inherits(f, "try-error") || any(f$exp <= 0)) return()
    v <- sum(arms * (f$var %*% arms))
    if (v > 1e-8) put(set, "trend", "none", 0, 0, sum(arms * (f$obs - f$exp))^2 / v)
}

sampling <- function(set, d, type) for (a in sort(unique(d$arm))) {
    rows <- which(d$arm == a)
    g <- d[rows, ]
    g$w <- 0.3 + (7 * rows) %% 11 / 5
    y <- if (all(is.na(g$entry))) Surv(g$time, g$cause > 0) else Surv(g$entry, g$time, g$cause > 0)
    f <- survfit(y ~ 1, weights = g$w, robust = TRUE, id = seq_len(nrow(g)), conf.type = type, timefix = FALSE, influence = TRUE)
    s <- summary(f, times = f$time, extend = TRUE)
    for (k in some_rows(set, length(f$time)))
        put(set, "sampling", type, a, f$time[k], s$surv[k], s$std.err[k], f$lower[k], f$upper[k], f$cumhaz[k], f$std.chaz[k])
    tau <- round(tail(f$time, 1) * .6, 2)
    if (tau > 0 && !is.null(f$influence.surv)) {
        keep <- f$time < tau
        width <- diff(c(0, f$time[keep], tau))
        area <- sum(width * c(1, f$surv[keep]))
        influence <- cbind(0, f$influence.surv[, keep, drop = FALSE]) %*% width
        put(set, "area", type, a, tau, area, sqrt(sum(influence^2)))
    }
}

rows <- read.csv("tests/reference/survival_rows.csv")
types <- c("log", "log-log", "plain", "arcsin")
for (set in unique(rows$set)) {
    d <- rows[rows$set == set, ]
    d <- d[rep(seq_len(nrow(d)), d$frequency), ]
    stratified <- length(unique(d$stratum)) > 1
    random <- grepl("^r[0-9]", set)
    number_of_set <- match(set, unique(rows$set))
    for (rho in if (random) c(0, 1) else c(0, .5, 1)) {
        if (max(d$cause) > 1) gray(set, d, rho, FALSE)
        if (max(d$cause) > 1 && stratified) gray(set, d, rho, TRUE)
    }
    if (max(d$cause) > 1) jackknife(set, d)
    for (kind in c("gehan", "tarone", "peto")) weighted(set, d, kind, stratified)
    trend(set, d)
    if (max(d$time) < 1e100) for (type in if (random) types[1 + number_of_set %% 4] else types) sampling(set, d, type)
}
writeLines(c("set,what,option,arm,key,v1,v2,v3,v4,v5,v6,v7,v8,v9", answers), "tests/reference/competing_answers.csv")
