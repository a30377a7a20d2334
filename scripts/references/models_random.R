# SPDX-License-Identifier: GPL-3.0-or-later
# R's answers about random small data sets, which tests/stats/test_models_random.c makes again from the same numbers.
#   Rscript scripts/references/models_random.R FIRST N > answers        sets FIRST .. FIRST + N - 1
# One line a set: Kaplan-Meier at day t (its error, Nelson-Aalen, the median, the restricted mean and its error), log-rank,
# Aalen-Johansen of cause 1 in arm 0 at t with its variance, Gray's test, Fine-Gray, Weibull, logistic, Poisson.  Empty where R
# fails, warns or runs away.  Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.
suppressMessages({library(survival); library(cmprsk)})
a <- as.numeric(commandArgs(TRUE))
state <- 0
draw <- function(n) { # 0 .. n - 1
    state <<- (1664525 * state + 1013904223) %% 4294967296
    (state %/% 256) %% n
}
quiet <- function(n, expression) tryCatch({
    v <- as.numeric(expression)
    if (length(v) == n && all(is.finite(v))) v else rep(NA, n)
}, warning = function(w) rep(NA, n), error = function(e) rep(NA, n))
tame <- function(v, k, most) if (all(is.finite(v)) && max(abs(v[k])) < most) v else NA * v
one <- function(set) {
    state <<- set
    for (k in 1:3) draw(2)
    n <- 10 + draw(31)
    span <- 4 + draw(40)
    d <- data.frame(time = numeric(n), cause = 0, arm = 0, x = 0, y = 0, count = 0)
    for (i in seq_len(n)) {
        d$time[i] <- 1 + draw(span)
        d$cause[i] <- c(0, 1, 1, 2)[1 + draw(4)]
        d$arm[i] <- draw(2)
        d$x[i] <- (draw(1000) - 300) / 128
        d$y[i] <- draw(2)
        d$count[i] <- draw(5)
    }
    t <- 1 + span %/% 2
    event <- d$cause == 1
    km <- quiet(6, {
        f <- survfit(Surv(d$time, event) ~ 1)
        s <- summary(f, times = t)
        m <- summary(f, rmean = t)$table
        q <- quantile(f, 0.5)$quantile
        c(s$surv, s$std.err, s$cumhaz, if (is.na(q)) -1 else q, m["rmean"], m["se(rmean)"])
    })
    if (t > max(d$time)) km <- NA * km
    lr <- quiet(1, survdiff(Surv(d$time, event) ~ d$arm)$chisq)
    ci <- quiet(3, {
        f <- cuminc(d$time, d$cause, d$arm)
        p <- timepoints(f, t)
        c(p$est["0 1", ], p$var["0 1", ], f$Tests["1", "stat"])
    })
    fg <- tame(quiet(4, {
        f <- crr(d$time, d$cause, cbind(d$x, d$arm), gtol = 1e-10, maxiter = 60)
        if (f$converged) c(f$coef, sqrt(diag(f$var))) else NA
    }), 1:2, 8)
    wb <- tame(quiet(4, {
        f <- survreg(Surv(d$time, event) ~ d$x, dist = "weibull", control = survreg.control(rel.tolerance = 1e-13, maxiter = 100))
        c(coef(f), log(f$scale), f$loglik[2])
    }), 1:3, 12)
    lg <- tame(quiet(4, {
        f <- glm(y ~ x + arm, binomial, d, epsilon = 1e-15, maxit = 60)
        c(coef(f)[2:3], sqrt(diag(vcov(f)))[2:3])
    }), 1:4, 12)
    ps <- tame(quiet(2, {
        f <- glm(count ~ x, poisson, d, epsilon = 1e-15, maxit = 60)
        c(coef(f)[2], sqrt(vcov(f)[2, 2]))
    }), 1:2, 12)
    values <- c(km, lr, ci, fg, wb, lg, ps)
    cat(set, ifelse(is.na(values), "", formatC(values, digits = 11, format = "g", width = 1)), sep = ",")
    cat("\n")
}
cat("set,surv,surv_se,hazard,median,rmst,rmst_se,logrank,cif,cif_var,gray,fg1,fg2,fgs1,fgs2,wb0,wb1,wbs,wbl,lg1,lg2,lgs1,lgs2,ps1,pss1\n")
for (set in a[1] + seq_len(a[2]) - 1) one(set)
