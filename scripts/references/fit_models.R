# SPDX-License-Identifier: GPL-3.0-or-later
# Reference answers of R for the models of `stepdown fit` that tests/pipeline/fit/test_fit_models.sh runs.
#
#   Rscript scripts/references/fit_models.R           writes tests/reference/fit_model_answers.csv
#
# Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.
# Lines: run|measure|stratum|term|cause|arm|reference|time|column|value.
suppressMessages({library(survival); library(cmprsk)})
read <- function(name) read.csv(file.path("tests/reference/datasets", paste0(name, ".csv")))
answers <- character()
put <- function(run, measure, column, value, term = "", cause = "", arm = "", reference = "", time = "", stratum = "") {
    text <- function(x) if (is.numeric(x)) formatC(x, digits = 17, format = "g", width = 1) else as.character(x)
    value <- ifelse(is.finite(value), formatC(value, digits = 17, format = "g", width = 1), "")
    answers <<- c(answers, paste(run, measure, stratum, term, text(cause), text(arm), reference, text(time), column, value, sep = "|"))
}

# ---- competing risks ---------------------------------------------------------------------------------------------
m <- read("mgus2")
at <- c(60, 120, 300)
for (strata in c(FALSE, TRUE)) {
    f <- if (strata) cuminc(m$time, m$status, m$sex, m$age > 70) else cuminc(m$time, m$status, m$sex)
    run <- if (strata) "mgus2_cuminc_strata" else "mgus2_cuminc"
    p <- timepoints(f, at)
    for (row in rownames(p$est)) {
        key <- strsplit(row, " ")[[1]]
        if (!strata) {
            put(run, "cumulative_incidence", "estimate", p$est[row, ], cause = key[2], arm = key[1], time = at)
            put(run, "cumulative_incidence", "std_error", sqrt(p$var[row, ]), cause = key[2], arm = key[1], time = at)
        }
    }
    for (cause in rownames(f$Tests)) {
        put(run, "gray_test", "statistic", f$Tests[cause, "stat"], cause = cause)
        put(run, "gray_test", "p_value", pchisq(f$Tests[cause, "stat"], f$Tests[cause, "df"], lower.tail = FALSE), cause = cause)
        put(run, "gray_test", "df", f$Tests[cause, "df"], cause = cause)
    }
}
f <- cuminc(m$time, m$status, m$sex, rho = 1)
for (cause in rownames(f$Tests)) put("mgus2_cuminc_rho", "gray_test", "statistic", f$Tests[cause, "stat"], cause = cause)
for (type in c("log-log", "log", "plain")) for (a in c("F", "M")) {
    g <- m[m$sex == a, ]
    f <- survfit(Surv(g$time, factor(g$status)) ~ 1, timefix = FALSE)
    s <- summary(f, times = at)
    run <- paste0("mgus2_ij_", type)
    for (cause in 1:2) {
        p <- s$pstate[, cause + 1]
        se <- s$std.err[, cause + 1]
        z <- qnorm(.975)
        low <- switch(type, plain = pmax(p - z * se, 0), log = exp(log(p) - z * se / p),
                      `log-log` = 1 - (1 - p)^exp(z * se / ((1 - p) * log(1 - p))))
        high <- switch(type, plain = pmin(p + z * se, 1), log = exp(log(p) + z * se / p),
                       `log-log` = 1 - (1 - p)^exp(-z * se / ((1 - p) * log(1 - p))))
        put(run, "cumulative_incidence", "std_error", se, cause = cause, arm = a, time = at)
        put(run, "cumulative_incidence", "conf_low", low, cause = cause, arm = a, time = at)
        put(run, "cumulative_incidence", "conf_high", high, cause = cause, arm = a, time = at)
    }
}

# ---- log-rank family ---------------------------------------------------------------------------------------------
co <- read("colon")
f <- survdiff(Surv(time, status) ~ rx, co)
arms <- 1:3
put("colon_logrank", "logrank_test", "statistic", f$chisq)
put("colon_logrank", "trend_test", "statistic", sum(arms * (f$obs - f$exp))^2 / sum(arms * (f$var %*% arms)))
levels <- sort(unique(co$rx))
p <- c(); pairs <- list()
for (i in 1:2) for (j in (i + 1):3) {
    pair <- co[co$rx %in% levels[c(i, j)], ]
    p <- c(p, survdiff(Surv(time, status) ~ rx, pair)$chisq)
    pairs <- c(pairs, list(levels[c(j, i)]))
}
adjusted <- p.adjust(pchisq(p, 1, lower.tail = FALSE), "holm")
for (k in 1:3) {
    put("colon_logrank", "logrank_test", "statistic", p[k], arm = pairs[[k]][1], reference = pairs[[k]][2])
    put("colon_logrank", "logrank_test", "p_value", adjusted[k], arm = pairs[[k]][1], reference = pairs[[k]][2])
}
# ---- Fine-Gray ---------------------------------------------------------------------------------------------------
fine_gray <- function(run, names, X, cause) {
    f <- crr(m$time, m$status, X, failcode = cause, gtol = 1e-14, maxiter = 100)
    put(run, "log_subhazard_ratio", "estimate", f$coef, term = names, cause = cause)
    put(run, "log_subhazard_ratio", "std_error", sqrt(diag(f$var)), term = names, cause = cause)
    put(run, "subhazard_ratio", "estimate", exp(f$coef), term = names, cause = cause)
    put(run, "subhazard_ratio", "conf_high", exp(f$coef + qnorm(.975) * sqrt(diag(f$var))), term = names, cause = cause)
    put(run, "log_subhazard_ratio", "p_value", 2 * pnorm(-abs(f$coef / sqrt(diag(f$var)))), term = names, cause = cause)
    put(run, "loglik", "estimate", f$loglik.null, term = "null", cause = cause)
    put(run, "loglik", "estimate", f$loglik, term = "model", cause = cause)
    put(run, "lr_test", "statistic", 2 * (f$loglik - f$loglik.null), cause = cause)
}
fine_gray("mgus2_finegray", c("age", "sex=M"), cbind(m$age - 70, m$sex == "M"), 1)
fine_gray("mgus2_finegray_2", c("age", "sex=M", "age:sex=M"), cbind(m$age, m$sex == "M", m$age * (m$sex == "M")), 2)

# ---- recurrent events, states ------------------------------------------------------------------------------------
g <- read("cgd")
for (type in c("log", "plain")) for (a in sort(unique(g$treat))) {
    d <- g[g$treat == a, ]
    f <- survfit(Surv(d$tstart, d$tstop, d$status) ~ 1, id = d$id, robust = TRUE, timefix = FALSE)
    at <- c(100, 300)
    k <- sapply(at, function(t) sum(f$time <= t))
    h <- f$cumhaz[k]
    se <- f$std.chaz[k]
    run <- paste0("cgd_mcf_", type)
    put(run, "mean_cumulative_count", "estimate", h, arm = a, time = at)
    put(run, "mean_cumulative_count", "std_error", se, arm = a, time = at)
    z <- qnorm(.975)
    put(run, "mean_cumulative_count", "conf_low", if (type == "log") h * exp(-z * se / h) else pmax(h - z * se, 0), arm = a, time = at)
}
p <- read.csv("tests/reference/paths_rows.csv")
p <- p[p$set == 12, ]
f <- survfit(Surv(entry, time, factor(to, c(-1, sort(unique(p$from))))) ~ 1, data = p, id = id, istate = factor(from), timefix = FALSE)
s <- summary(f, times = c(3, 5))
for (state in f$states) {
    column <- match(state, f$states)
    put("paths_states", "state_occupation", "estimate", s$pstate[, column], term = as.numeric(state) + 1, time = c(3, 5))
    put("paths_states", "state_occupation", "std_error", s$std.err[, column], term = as.numeric(state) + 1, time = c(3, 5))
}

# ---- parametric models -------------------------------------------------------------------------------------------
l <- read("lung")
to <- read("tobin")
for (dist in c("weibull", "exponential", "lognormal", "loglogistic")) {
    run <- paste0("lung_", dist)
    f <- survreg(Surv(time, st) ~ age + factor(sex), l, dist = dist, control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
    se <- sqrt(diag(vcov(f)))
    put(run, "coefficient", "estimate", coef(f)[1], term = "(intercept)")
    put(run, "coefficient", "std_error", se[1], term = "(intercept)")
    put(run, "log_time_ratio", "estimate", coef(f)[2:3], term = c("age", "factor(sex)=2"))
    put(run, "log_time_ratio", "std_error", se[2:3], term = c("age", "factor(sex)=2"))
    put(run, "time_ratio", "conf_high", exp(coef(f)[2:3] + qnorm(.975) * se[2:3]), term = c("age", "factor(sex)=2"))
    put(run, "loglik", "estimate", f$loglik, term = c("null", "model"))
    put(run, "lr_test", "statistic", 2 * diff(f$loglik))
    if (dist != "exponential") put(run, "coefficient", "estimate", log(f$scale), term = "log(scale)")
    if (dist != "exponential") put(run, "coefficient", "std_error", se[4], term = "log(scale)")
    f <- survreg(Surv(left, right, type = "interval2") ~ age, to, dist = dist, control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
    run <- paste0("tobin_", dist)
    put(run, "log_time_ratio", "estimate", coef(f)[2], term = "age")
    put(run, "log_time_ratio", "std_error", sqrt(vcov(f)[2, 2]), term = "age")
    put(run, "loglik", "estimate", f$loglik, term = c("null", "model"))
}

# ---- least squares -----------------------------------------------------------------------------------------------
f <- lm(wt.loss ~ age + factor(sex) + offset(ph.ecog), l)
terms <- c("(intercept)", "age", "factor(sex)=2")
table <- summary(f)$coefficients
put("lung_linear", "coefficient", "estimate", table[, 1], term = terms)
put("lung_linear", "coefficient", "std_error", table[, 2], term = terms)
put("lung_linear", "coefficient", "statistic", table[, 3], term = terms)
put("lung_linear", "coefficient", "p_value", table[, 4], term = terms)
put("lung_linear", "coefficient", "conf_low", confint(f)[, 1], term = terms)
put("lung_linear", "dispersion", "estimate", summary(f)$sigma, term = "sigma")
a <- anova(lm(wt.loss ~ factor(inst), l))
put("lung_anova", "wald_test", "statistic", a[1, "F value"])
put("lung_anova", "wald_test", "p_value", a[1, "Pr(>F)"])
put("lung_anova", "wald_test", "df", a[1, "Df"])
put("lung_anova", "wald_test", "df2", a[2, "Df"])

writeLines(answers, "tests/reference/fit_model_answers.csv")
