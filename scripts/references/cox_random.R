# SPDX-License-Identifier: GPL-3.0-or-later
# R's answers about random small data sets, which tests/stats/test_cox_random.c makes again from the same numbers.
#   Rscript scripts/references/cox_random.R FIRST N > answers        sets FIRST .. FIRST + N - 1
# One line a set: number, then loglik at 0, loglik, score test, coefficients, errors; NA where R fails or a coefficient runs away.
# Made with R 4.2.2, survival 3.5-3: coxph to eps 1e-15, and once more from where it ended.
suppressMessages(library(survival))
options(warn = 1)
a <- as.numeric(commandArgs(TRUE))
state <- 0
draw <- function(n) { # 0 .. n - 1
    state <<- (1664525 * state + 1013904223) %% 4294967296
    (state %/% 256) %% n
}
control <- suppressWarnings(coxph.control(eps = 1e-15, iter.max = 60))
one <- function(set) {
    state <<- set
    for (k in 1:3) draw(2)
    n <- 8 + draw(33)
    span <- 3 + draw(40)
    delayed <- draw(4) == 0
    n_stratum <- 1 + (draw(3) == 0) * (1 + draw(2))
    ties <- c("efron", "breslow", "exact")[1 + draw(3)]
    d <- data.frame(entry = numeric(n), time = 0, event = 0, stratum = 0, x = 0, f = 0, w = 1)
    for (i in seq_len(n)) {
        d$entry[i] <- if (delayed) draw(span) else 0
        d$time[i] <- d$entry[i] + 1 + draw(span)
        d$event[i] <- draw(3) > 0
        d$stratum[i] <- draw(n_stratum)
        d$x[i] <- (draw(1000) - 300) / 128
        d$f[i] <- draw(3)
        d$w[i] <- 1 + draw(3)
    }
    weighted <- draw(4) == 0
    if (weighted) d <- d[rep(seq_len(n), d$w), ]
    if (weighted && ties == "exact") ties <- "efron" # among many copies R's exact likelihood does not end
    outcome <- if (delayed) quote(Surv(entry, time, event)) else quote(Surv(time, event))
    terms <- c("x", "factor(f, levels = 0:2)", if (n_stratum > 1) "strata(stratum)")
    warned <- sum(d$event) == 0
    fit <- NULL
    if (!warned) tryCatch(withCallingHandlers({
        fit <- coxph(reformulate(terms, outcome), d, ties = ties, control = control)
        if (!anyNA(coef(fit))) again <- coxph(reformulate(terms, outcome), d, ties = ties, control = control,
                                              init = coef(fit))
    }, warning = function(w) { # "may be infinite" is a guess: judged by the coefficients below
        warned <<- warned || !grepl("infinite", conditionMessage(w))
        invokeRestart("muffleWarning")
    }), error = function(e) warned <<- TRUE)
    values <- rep(NA, 9)
    if (!is.null(fit)) {
        values[1:3] <- c(fit$loglik, fit$score)
        if (!warned && !anyNA(coef(fit)) && max(abs(coef(fit))) < 15)
            values[4:9] <- c(coef(again), sqrt(diag(again$var)))
        else if (warned || anyNA(coef(fit)) || max(abs(coef(fit))) >= 15) values[2] <- NA
    }
    cat(set, ifelse(is.na(values), "NA", formatC(values, digits = 13, format = "g", width = 1)), sep = ",")
    cat("\n")
}
cat("set,null,loglik,score,b1,b2,b3,s1,s2,s3\n")
for (set in a[1] + seq_len(a[2]) - 1) one(set)
