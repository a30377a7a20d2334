# SPDX-License-Identifier: GPL-3.0-or-later
# Interval-censored times of small made-up sets, and what R says of them.
#
#   Rscript scripts/references/intervals.R    writes tests/reference/intervals_rows.csv and intervals_answers.csv
#
# Made with R 4.2.2, survival 3.5-3.  Rows: set, lower, upper (empty: open), x, f.
# Answers: set, what, key, value: what = 0 Turnbull's S at time key (EM run to 1e-13); 5 its log-likelihood;
#   6 the error of S by the Hessian of the log-likelihood in the masses, found numerically (numDeriv);
#   1 .. 4 survreg (weibull, exponential, lognormal, loglogistic) on x and f: key 0 .. 3 coefficients, 4 .. 7 their errors, 8 log(scale),
#   9 its error, 10 loglik null, 11 loglik.
suppressMessages(library(survival))
set.seed(as.numeric(Sys.getenv("REFERENCE_SEED", "17")))
rows <- answers <- character()
number <- function(x) formatC(x, digits = 16, format = "g", width = 1)
for (set in 1:40) {
    n <- sample(c(10, 30, 80), 1)
    x <- round(rnorm(n), 2)
    f <- sample(0:2, n, TRUE)
    t <- 0.01 + rweibull(n, 1.3, 10 * exp(0.4 * x - 0.3 * (f == 1)))
    visits <- lapply(1:n, function(i) sort(unique(round(cumsum(rexp(sample(1:6, 1), 1 / 4)) + .05, 1))))
    lower <- sapply(1:n, function(i) max(c(0, visits[[i]][visits[[i]] < t[i]])))
    upper <- sapply(1:n, function(i) min(c(Inf, visits[[i]][visits[[i]] >= t[i]])))
    exact <- runif(n) < if (set %% 3 == 0) .4 else 0
    lower[exact] <- upper[exact] <- round(t[exact] + .01, 2)
    bad <- lower == 0 & is.infinite(upper)
    upper[bad] <- 20
    rows <- c(rows, paste(set, lower, ifelse(is.infinite(upper), "", upper), x, f, sep = ","))
    l <- ifelse(lower == 0, NA, lower)
    u <- ifelse(is.infinite(upper), NA, upper)
    # Turnbull: self-consistency on the intervals between all distinct ends, from uniform mass.
    ends <- sort(unique(c(lower, upper)))
    left <- head(ends, -1)
    right <- tail(ends, -1)
    cells <- rbind(cbind(left, right), cbind(lower[exact], lower[exact]))
    inside <- sapply(seq_len(nrow(cells)), function(j) {
        point <- cells[j, 1] == cells[j, 2]
        ifelse(lower == upper, point & cells[j, 1] == lower, cells[j, 1] >= lower & cells[j, 2] <= upper & !(point & cells[j, 1] == lower))
    })
    p <- rep(1 / nrow(cells), nrow(cells))
    for (k in 1:200000) {
        q <- p * colSums(inside / as.vector(inside %*% p)) / n
        if (max(abs(q - p)) < 1e-13) break
        p <- q
    }
    g <- colSums(inside / as.vector(inside %*% p)) / n
    answers <- c(answers, paste(set, 5, 0, number(sum(log(inside %*% p))), sep = ","))
    # Where the mass is not unique, nothing is to be compared; nor where EM would go on for ever.
    tight <- unique(inside[, g > 1 - 1e-6, drop = FALSE], MARGIN = 2)
    if (qr(tight)$rank < ncol(tight) || max(g) - 1 > 1e-10) next_at <- numeric() else next_at <- ends[is.finite(ends)]
    kept <- which(p > 1e-9)
    clear <- !any(p > 1e-12 & p < 1e-4) # EM takes mass away slowly: it must be plain which intervals have some
    if (clear && length(next_at) > 0 && length(kept) > 1) {
        loglik <- function(q) sum(log(inside[, kept] %*% c(1 - sum(q), q)))
        V <- try(solve(-numDeriv::hessian(loglik, p[kept][-1])), silent = TRUE)
        if (!inherits(V, "try-error")) for (at in next_at) {
            split <- cells[, 1] < at & cells[, 2] > at & p > 1e-9
            over <- as.numeric(cells[kept, 2] > at)
            c <- over[-1] - over[1]
            if (!any(split) && any(c != 0))
                answers <- c(answers, paste(set, 6, at, number(sqrt(drop(c %*% V %*% c))), sep = ","))
        }
    }
    for (at in next_at) {
        split <- cells[, 1] < at & cells[, 2] > at & p > 1e-9
        if (!any(split)) answers <- c(answers, paste(set, 0, at, number(sum(p[cells[, 2] > at])), sep = ","))
    }
    kinds <- c("weibull", "exponential", "lognormal", "loglogistic")
    for (k in seq_along(kinds)) {
        # A warning says that R did not get to the maximum; a scale near 0, that there is none.
        options(warn = 2)
        fit <- try(survreg(Surv(l, u, type = "interval2") ~ x + (f == 1) + (f == 2), dist = kinds[k],
                           control = survreg.control(rel.tolerance = 1e-14, maxiter = 200)), silent = TRUE)
        options(warn = 0)
        if (inherits(fit, "try-error") || !all(is.finite(coef(fit))) || !all(is.finite(vcov(fit))) || max(abs(coef(fit))) > 20 || fit$scale < .05) next
        se <- sqrt(diag(vcov(fit)))
        if (any(!is.finite(se)) || max(se) > 10) next
        values <- c(coef(fit), se[1:4], log(fit$scale), if (length(se) > 4) se[5] else 0, fit$loglik)
        answers <- c(answers, paste(set, k, 0:11, number(values), sep = ","))
    }
}
writeLines(c("set,lower,upper,x,f", rows), "tests/reference/intervals_rows.csv")
writeLines(c("set,what,key,value", answers), "tests/reference/intervals_answers.csv")
