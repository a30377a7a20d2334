# SPDX-License-Identifier: GPL-3.0-or-later
# Reference answers of R for the survival kernels.
#
#   Rscript scripts/references/survival.R             answers for the rows of tests/reference/survival_rows.csv
#   Rscript scripts/references/survival.R random      the rows of the random sets (r001 ... r200), to stdout
#   REFERENCE_SEED=N before either: other random sets
#
# Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.  Columns of the answers: set, what, option, arm, key, v1 .. v8.
#   km        option = type of limits, key = time:  n_risk n_event n_censor surv std_err low high cumhaz (std_err)
#   quantile  option = type of limits, key = p:     time low high
#   rmst      key = tau:                            estimate std_err
#   survdiff  option = strata or none, key = rho:   chi-square df p O1 E1 V11
#   weighted  option = rho/gamma, key = 0 or 1:     chi-square O1 E1 V11, the sums written out (strata when key = 1)
#   cuminc    option = cause, key = time:           F var (var missing under delayed entry)
suppressMessages({library(survival); library(cmprsk)})

random_set <- function(i) {
    set.seed(as.numeric(Sys.getenv("REFERENCE_SEED", "20261121")) + i)
    n <- sample(4:36, 1)
    arms <- sample(2:4, 1, prob = c(.6, .25, .15))
    scale <- sample(c(1, 7, 0.01), 1, prob = c(.5, .2, .3))
    time <- if (scale == 0.01) round(rexp(n, 1 / 300)) / 100 else scale * sample(0:sample(c(4, 15), 1), n, TRUE)
    cause <- sample(0:2, n, TRUE, prob = c(.35, .4, .25))
    entry <- rep(NA_real_, n)
    if (i %% 4 == 0) {
        time <- time + scale
        entry <- pmin(time - scale, scale * sample(0:4, n, TRUE))
    }
    data.frame(set = sprintf("r%03d", i), entry = entry, time = time, cause = cause, arm = sample(arms, n, TRUE) - 1,
               stratum = if (i %% 3 == 0) sample(0:2, n, TRUE) else 0, frequency = if (i %% 5 == 0) sample(1:3, n, TRUE) else 1)
}

number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 15, format = "g", width = 1))
answers <- character()
put <- function(set, what, option, arm, key, ...) {
    values <- number(c(...))
    answers <<- c(answers, paste(c(set, what, option, arm, formatC(key, digits = 17, format = "g", width = 1), values), collapse = ","))
}

response <- function(d, event) if (all(is.na(d$entry))) Surv(d$time, event) else Surv(d$entry, d$time, event)

# A few rows of a curve: 3 of a random set, 12 of the others.
some_rows <- function(set, n) unique(round(seq(1, n, length.out = min(n, if (grepl("^r[0-9]", set)) 3 else 12))))

km <- function(set, d, type) for (a in sort(unique(d$arm))) {
    g <- d[d$arm == a, ]
    f <- survfit(response(g, g$cause > 0) ~ 1, conf.type = type, timefix = FALSE)
    se <- f$surv * f$std.err
    for (k in some_rows(set, length(f$time)))
        put(set, "km", type, a, f$time[k], f$n.risk[k], f$n.event[k], f$n.censor[k], f$surv[k], se[k], f$lower[k], f$upper[k],
            f$cumhaz[k], f$std.chaz[k])
    q <- quantile(f, c(.25, .5, .75))
    for (j in 1:3) put(set, "quantile", type, a, c(.25, .5, .75)[j], q$quantile[j], q$lower[j], q$upper[j])
    last <- tail(f$time, 1)
    for (tau in unique(c(last, round(last * .6, 2)))) if (tau > 0) {
        m <- survival:::survmean(f, rmean = tau)$matrix
        put(set, "rmst", "", a, tau, m["rmean"], m["se(rmean)"])
    }
}

# Where R itself stops on a singular variance there is no answer to compare with.
log_rank <- function(set, d, rho, stratified) {
    if (length(unique(d$arm)) < 2 || any(!is.na(d$entry))) return()
    event <- d$cause > 0
    f <- try(if (stratified) survdiff(Surv(d$time, event) ~ d$arm + strata(d$stratum), rho = rho)
             else survdiff(Surv(d$time, event) ~ d$arm, rho = rho), silent = TRUE)
    if (inherits(f, "try-error")) return()
    total <- function(x) if (is.matrix(x)) rowSums(x) else x
    df <- sum(total(f$exp) > 0) - 1
    if (df < 1 || !is.finite(f$chisq)) return()
    put(set, "survdiff", if (stratified) "strata" else "none", min(d$arm), rho, f$chisq, df,
        pchisq(f$chisq, df, lower.tail = FALSE), total(f$obs)[1], total(f$exp)[1], f$var[1, 1])
}

# The definition written out over rows, for what survdiff does not do: gamma > 0, delayed entry.
weighted <- function(set, d, rho, gamma, stratified) {
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
            w <- S^rho * (1 - S)^gamma
            r <- sapply(arms, function(a) sum(at_risk & d$arm == a)) / sum(at_risk)
            O <- O + w * sapply(arms, function(a) sum(dead & d$arm == a))
            E <- E + w * sum(dead) * r
            if (sum(at_risk) > 1)
                V <- V + w^2 * sum(dead) * (sum(at_risk) - sum(dead)) / (sum(at_risk) - 1) * (diag(r, p) - r %o% r)
            S <- S * (1 - sum(dead) / sum(at_risk))
        }
    }
    in_play <- which(E > 0)
    if (length(in_play) < 2) return()
    v <- V[in_play[-1], in_play[-1], drop = FALSE]
    if (rcond(v) < 1e-8) return()
    z <- (O - E)[in_play[-1]]
    put(set, "weighted", sprintf("%g/%g", rho, gamma), arms[1], as.numeric(stratified), sum(z * solve(v, z)), O[1], E[1], V[1, 1])
}

incidence <- function(set, d) {
    delayed <- any(!is.na(d$entry))
    for (a in sort(unique(d$arm))) for (cause in sort(setdiff(unique(d$cause[d$arm == a]), 0))) {
        g <- d[d$arm == a, ]
        times <- sort(unique(g$time))
        times <- times[some_rows(set, length(times))]
        if (delayed) {
            state <- factor(g$cause, 0:2, c("censored", "1", "2"))
            f <- survfit(Surv(g$entry, g$time, state) ~ 1, id = seq_len(nrow(g)), se.fit = FALSE, timefix = FALSE)
            s <- summary(f, times = times, extend = TRUE)
            est <- s$pstate[, match(as.character(cause), f$states)]
            var <- rep(NA, length(times))
        } else {
            f <- timepoints(cuminc(g$time, g$cause), times)
            row <- match(paste("1", cause), rownames(f$est))
            est <- f$est[row, ]
            var <- f$var[row, ]
        }
        for (k in seq_along(times)) put(set, "cuminc", cause, a, times[k], est[k], var[k])
    }
}

if (identical(commandArgs(TRUE), "random")) {
    rows <- do.call(rbind, lapply(1:200, random_set))
    rows <- aggregate(frequency ~ ., transform(rows, entry = ifelse(is.na(entry), -1, entry)), sum)
    rows <- rows[order(rows$set, rows$arm, rows$stratum, rows$time, rows$cause, rows$entry), names(random_set(1))]
    rows$entry[rows$entry < 0] <- NA
    write.table(rows, "", sep = ",", na = "", quote = FALSE, row.names = FALSE, col.names = FALSE)
    quit()
}

rows <- read.csv("tests/reference/survival_rows.csv")
types <- c("log", "log-log", "plain", "arcsin")
for (set in unique(rows$set)) {
    d <- rows[rows$set == set, ]
    d <- d[rep(seq_len(nrow(d)), d$frequency), ]
    random <- grepl("^r[0-9]", set)
    number_of_set <- match(set, unique(rows$set))
    for (type in if (random) types[1 + number_of_set %% 4] else types) km(set, d, type)
    stratified <- length(unique(d$stratum)) > 1
    for (rho in if (random) c(0, 1) else c(0, .5, 1)) {
        log_rank(set, d, rho, FALSE)
        if (stratified) log_rank(set, d, rho, TRUE)
    }
    weighted(set, d, 0, 0, stratified)
    weighted(set, d, 1, 1, stratified)
    if (!random) weighted(set, d, 0, .5, FALSE)
    if (max(d$cause) > 1) incidence(set, d)
}
writeLines(c("set,what,option,arm,key,v1,v2,v3,v4,v5,v6,v7,v8,v9", answers), "tests/reference/survival_answers.csv")
