# SPDX-License-Identifier: GPL-3.0-or-later
# Every number of results.h5 for the shipped studies, computed by R from the data files and nothing else.
#
#   Rscript scripts/references/whole.R          writes tests/reference/whole_TABLE.csv
#
# Made with R 4.2.2 and survival 3.5-3.  The rules of the studies (arms, outcomes, days, margins) are written out here
# again, by hand; where R has a function (survfit, survdiff, quantile, prop.test, chisq.test) the number is R's.
suppressMessages(library(survival))

Z <- qnorm(.975)
rows <- list()
put <- function(table, ...) rows[[table]] <<- c(rows[[table]], list(list(...)))

# ---- from estimates of arms to rows ----------------------------------------------------------------------

# The columns that our table fixes; whatever is not named is missing.
estimate <- function(study, analysis, outcome, measure, ..., status = "shown") {
    row <- list(study = study, analysis = analysis, outcome = outcome, population = "all", adjustment = "unadjusted",
                estimand = "", stratum = "", measure = measure, term = "", cause = "", arm = "", reference = "",
                time = NA, estimate = NA, std_error = NA, conf_low = NA, conf_high = NA, conf_level = NA,
                statistic = NA, df = NA, df2 = NA, p_value = NA, n = NA, n_event = NA, person_time = NA,
                status = status, method = "")
    given <- list(...)
    row[names(given)] <- given
    if (is.na(row$conf_level) && !is.na(row$conf_low)) row$conf_level <- .95
    if (is.na(row$conf_level) && !is.na(row$conf_high)) row$conf_level <- .95
    rows[["estimates"]] <<- c(rows[["estimates"]], list(row))
}

wilson <- function(x, n, level = .95)
    as.numeric(suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int)

newcombe <- function(x1, n1, x0, n0, level = .95) {
    p1 <- x1 / n1; p0 <- x0 / n0
    w1 <- wilson(x1, n1, level); w0 <- wilson(x0, n0, level)
    c(p1 - p0 - sqrt((p1 - w1[1])^2 + (w0[2] - p0)^2), p1 - p0 + sqrt((w1[2] - p1)^2 + (p0 - w0[1])^2))
}

two_sided <- function(z) 2 * pnorm(-abs(z))

# Measures of counted risks: x events among n, arm 1 against reference 0.
counted_arm <- function(key, x, n, ...)
    do.call(estimate, c(key, list(measure = "risk", estimate = x / n, std_error = sqrt(x / n * (1 - x / n) / n),
                                  conf_low = wilson(x, n)[1], conf_high = wilson(x, n)[2], n = n, n_event = x,
                                  method = "events/n; Wilson limits", ...)))

counted_pair <- function(key, measure, x1, n1, x0, n0, ...) {
    p1 <- x1 / n1; p0 <- x0 / n0
    both <- list(n = n1 + n0, n_event = x1 + x0, measure = measure, ...)
    if (measure == "risk_difference") {
        w <- newcombe(x1, n1, x0, n0)
        return(do.call(estimate, c(key, both, list(estimate = p1 - p0,
            std_error = sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0), conf_low = w[1], conf_high = w[2],
            method = "events/n; Newcombe limits"))))
    }
    ratio <- if (measure == "risk_ratio") p1 / p0 else p1 / (1 - p1) / (p0 / (1 - p0))
    se <- if (measure == "risk_ratio") sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
          else sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x0 + 1 / (n0 - x0))
    z <- log(ratio) / se
    do.call(estimate, c(key, both, list(estimate = ratio, std_error = se, conf_low = ratio * exp(-Z * se),
        conf_high = ratio * exp(Z * se), statistic = z, p_value = two_sided(z),
        method = if (measure == "risk_ratio") "events/n; log limits (Katz)" else "events/n; log limits (Woolf)")))
}

chi_square <- function(key, x, n, ...) {
    test <- suppressWarnings(chisq.test(cbind(x, n - x), correct = FALSE))
    do.call(estimate, c(key, list(measure = "chi_square_test", statistic = unname(test$statistic),
        df = unname(test$parameter), p_value = test$p.value, n = sum(n), n_event = sum(x),
        method = "Pearson chi-square, no continuity correction", ...)))
}

# A margin on a risk difference, counted risks: the verdict, and the two tests behind it.
margin <- function(study, analysis, outcome, arm, reference, time, margin, worse, role, x1, n1, x0, n0) {
    p1 <- x1 / n1; p0 <- x0 / n0; d <- p1 - p0
    se <- sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    plan <- sqrt(p0 * (1 - p0) * (1 / n1 + 1 / n0))
    limits <- newcombe(x1, n1, x0, n0)
    sign <- if (worse == "higher") 1 else -1
    loss <- sort(sign * limits)
    needed <- function(power) ceiling((n1 + n0) * ((Z + qnorm(power)) * plan / margin)^2)
    put("verdicts", study = study, analysis = analysis, outcome = outcome, population = "all",
        adjustment = "unadjusted", estimand = "", measure = "risk_difference", arm = arm, reference = reference,
        time = time, margin = margin, worse_is = worse, role = role, estimate = d, conf_low = limits[1],
        conf_high = limits[2], conf_level = .95,
        verdict = if (loss[2] < margin) "non-inferior" else if (loss[1] > margin) "inferior" else "inconclusive",
        statistically = if (loss[2] < 0) "better" else if (loss[1] > 0) "worse" else "not different",
        power = pnorm(margin / plan - Z), n_needed_80 = needed(.8), n_needed_90 = needed(.9))
    key <- list(study, analysis, outcome, term = "risk_difference", arm = arm, reference = reference, time = time,
                estimate = d, std_error = se, n = n1 + n0, n_event = x1 + x0)
    z <- (margin - sign * d) / se
    do.call(estimate, c(key, list(measure = "noninferiority_test", conf_low = limits[1], conf_high = limits[2],
        statistic = z, p_value = pnorm(z, lower.tail = FALSE), method = "z test against the margin")))
    ninety <- newcombe(x1, n1, x0, n0, .9)
    other <- (sign * d + margin) / se
    do.call(estimate, c(key, list(measure = "equivalence_test", conf_low = ninety[1], conf_high = ninety[2],
        conf_level = .9, statistic = min(z, other), p_value = pnorm(min(z, other), lower.tail = FALSE),
        method = "two one-sided z tests against the margin; 90 % interval")))
}

# ---- outcomes with a time ----------------------------------------------------------------------------------

# d: arm (factor, the first the arm, the second the reference), time, event.
timed <- function(study, analysis, outcome, d, at = NULL, at_least = NULL, tau, survival = FALSE, ratios = NULL) {
    key <- list(study, analysis, outcome)
    arms <- levels(d$arm)
    by <- split(d, d$arm)
    n <- sapply(by, nrow)
    fits <- lapply(by, function(g) survfit(Surv(time, event) ~ 1, data = g, conf.type = "log-log", timefix = FALSE))
    person_time <- function(t) sapply(by, function(g) sum(pmin(g$time, t)))
    first_censored <- if (any(d$event == 0)) min(d$time[d$event == 0]) else Inf

    for (t in sort(unique(c(at, at_least)))) for (least in c(FALSE, TRUE)) {
        if (!(t %in% if (least) at_least else at)) next
        stopifnot(first_censored >= t) # these studies have counted risks throughout
        x <- sapply(by, function(g) sum(g$event == 1 & if (least) g$time < t else g$time <= t))
        day <- list(time = t, term = if (least) "at least" else "")
        for (a in arms)
            do.call(counted_arm, c(list(key, x[[a]], n[[a]], arm = a, person_time = person_time(t)[[a]]), day))
        for (measure in c("risk_difference", ratios))
            do.call(counted_pair, c(list(key, measure, x[[1]], n[[1]], x[[2]], n[[2]], arm = arms[1],
                                         reference = arms[2]), day))
        if (survival && !least) {
            s <- lapply(fits, function(f) summary(f, times = t))
            for (a in arms)
                estimate(study, analysis, outcome, "survival", arm = a, time = t, estimate = s[[a]]$surv,
                         std_error = s[[a]]$std.err, conf_low = s[[a]]$lower, conf_high = s[[a]]$upper, n = n[[a]],
                         n_event = x[[a]], person_time = person_time(t)[[a]],
                         method = "Kaplan-Meier; Greenwood errors")
            difference <- s[[1]]$surv - s[[2]]$surv
            se <- sqrt(s[[1]]$std.err^2 + s[[2]]$std.err^2)
            estimate(study, analysis, outcome, "survival_difference", arm = arms[1], reference = arms[2], time = t,
                     estimate = difference, std_error = se, conf_low = difference - Z * se,
                     conf_high = difference + Z * se, statistic = difference / se, p_value = two_sided(difference / se),
                     n = sum(n), n_event = sum(x), method = "Kaplan-Meier; Greenwood errors")
        }
    }

    for (a in arms) {
        q <- quantile(fits[[a]], .5)
        estimate(study, analysis, outcome, "quantile_time", term = "0.5", arm = a, estimate = unname(q$quantile),
                 conf_low = unname(q$lower), conf_high = unname(q$upper), n = n[[a]], n_event = sum(fits[[a]]$n.event),
                 method = "Kaplan-Meier; Brookmeyer-Crowley limits")
    }

    means <- lapply(fits, function(f) survival:::survmean(f, rmean = tau)$matrix[c("rmean", "se(rmean)")])
    x <- sapply(by, function(g) sum(g$event == 1 & g$time <= tau))
    method <- "area under Kaplan-Meier; Greenwood errors"
    for (a in arms)
        estimate(study, analysis, outcome, "rmst", arm = a, time = tau, estimate = means[[a]][[1]],
                 std_error = means[[a]][[2]], conf_low = means[[a]][[1]] - Z * means[[a]][[2]],
                 conf_high = means[[a]][[1]] + Z * means[[a]][[2]], n = n[[a]], n_event = x[[a]],
                 person_time = person_time(tau)[[a]], method = method)
    difference <- means[[1]][[1]] - means[[2]][[1]]
    se <- sqrt(means[[1]][[2]]^2 + means[[2]][[2]]^2)
    estimate(study, analysis, outcome, "rmst_difference", arm = arms[1], reference = arms[2], time = tau,
             estimate = difference, std_error = se, conf_low = difference - Z * se, conf_high = difference + Z * se,
             statistic = difference / se, p_value = two_sided(difference / se), n = sum(n), n_event = sum(x),
             method = method)

    test <- survdiff(Surv(time, event) ~ arm, data = d)
    estimate(study, analysis, outcome, "logrank_test", arm = arms[1], reference = arms[2], statistic = test$chisq,
             df = length(arms) - 1, p_value = pchisq(test$chisq, length(arms) - 1, lower.tail = FALSE), n = nrow(d),
             n_event = sum(d$event), method = "log-rank")

    for (a in arms) {
        curve(study, analysis, outcome, a, fits[[a]])
        by_day(study, analysis, outcome, a, by[[a]])
    }
}

curve <- function(study, analysis, outcome, arm, f) {
    corner <- function(time, risk, event, censor, surv, se, low, high)
        put("curves", study = study, analysis = analysis, outcome = outcome, population = "all",
            adjustment = "unadjusted", stratum = "", measure = "survival", cause = "", arm = arm, time = time,
            n_risk = risk, n_event = event, n_censor = censor, estimate = surv, std_error = se, conf_low = low,
            conf_high = high)
    if (f$time[1] != 0) corner(0, f$n, 0, 0, 1, 0, NA, NA)
    se <- ifelse(f$surv > 0, f$surv * f$std.err, NA) # R keeps the error of log S; with S = 0 there is none
    for (k in seq_along(f$time))
        corner(f$time[k], f$n.risk[k], f$n.event[k], f$n.censor[k], f$surv[k], se[k], f$lower[k], f$upper[k])
}

by_day <- function(study, analysis, outcome, arm, g) {
    line <- function(time, entered, event, censor)
        put("risk_tables", study = study, analysis = analysis, outcome = outcome, population = "all",
            adjustment = "unadjusted", stratum = "", arm = arm, time = time, entered = entered, n_event_1 = event,
            n_censor = censor)
    line(NA, nrow(g), 0, 0)
    for (t in sort(unique(g$time))) line(t, 0, sum(g$event[g$time == t] == 1), sum(g$event[g$time == t] == 0))
}

# ---- outcomes without ----------------------------------------------------------------------------------------

# x, n: events and people by arm; pairs: list of c(arm, reference).
yes_no <- function(study, analysis, outcome, x, n, pairs, measures) {
    key <- list(study, analysis, outcome)
    for (a in names(n)) counted_arm(key, x[[a]], n[[a]], arm = a)
    for (pair in pairs) for (measure in intersect(c("risk_difference", "risk_ratio", "odds_ratio"), measures))
        counted_pair(key, measure, x[[pair[1]]], n[[pair[1]]], x[[pair[2]]], n[[pair[2]]], arm = pair[1],
                     reference = pair[2])
    if (!("chi_square_test" %in% measures)) return(invisible())
    if (length(n) > 2) chi_square(key, x, n)
    for (pair in pairs) chi_square(key, x[pair], n[pair], arm = pair[1], reference = pair[2])
}

# ---- who was compared ----------------------------------------------------------------------------------------

smd_line <- function(study, term, level, arms, smd, variance_ratio = NA, ks = NA)
    put("balance", study = study, analysis = "", outcome = "", population = "all", adjustment = "unadjusted", term = term,
        level = level, arm = arms[1], reference = arms[2], smd = smd, variance_ratio = variance_ratio, ks_statistic = ks,
        denominator = "pooled")

number <- function(study, term, x, arm) {
    by <- split(x, arm)
    for (a in names(by))
        put("baseline", study = study, population = "all", term = term, level = "", arm = a, n = sum(!is.na(by[[a]])),
            n_missing = sum(is.na(by[[a]])), mean = mean(by[[a]], na.rm = TRUE), std_dev = sd(by[[a]], na.rm = TRUE),
            percent = NA)
    m <- sapply(by, mean, na.rm = TRUE)
    v <- sapply(by, var, na.rm = TRUE)
    at <- sort(unique(x))
    smd_line(study, term, "", names(by), (m[[1]] - m[[2]]) / sqrt(mean(v)), v[[1]] / v[[2]],
             max(abs(ecdf(by[[1]])(at) - ecdf(by[[2]])(at))))
}

factor_of <- function(study, term, x, arm) {
    count <- table(x, arm)
    known <- colSums(count)
    share <- sweep(count, 2, known, "/")
    for (level in rownames(count)) for (a in colnames(count))
        put("baseline", study = study, population = "all", term = term, level = level, arm = a, n = count[level, a],
            n_missing = sum(is.na(x[arm == a])), mean = NA, std_dev = NA, percent = 100 * share[level, a])
    arms <- colnames(count)
    # Distance of the whole factor: the first level left out.
    p <- share[-1, 1]; q <- share[-1, 2]
    covariance <- function(p) diag(p, length(p)) - outer(p, p)
    difference <- p - q
    smd_line(study, term, "", arms,
             sqrt(sum(difference * solve((covariance(p) + covariance(q)) / 2, difference))))
    for (level in rownames(count)) {
        p <- share[level, 1]; q <- share[level, 2]
        smd_line(study, term, level, arms, (p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2))
    }
}

arms <- function(study, n, references)
    for (a in names(n)) put("arms", study = study, arm = a, is_reference = as.integer(a %in% references), n = n[[a]])

# ---- uis -------------------------------------------------------------------------------------------------------

uis <- read.csv("datasets/uis/uis.csv")
uis$arm <- factor(uis$treat, 0:1, c("short", "long"))
relapse <- data.frame(arm = uis$arm, time = uis$time, event = uis$censor)
timed("uis", "relapse", "relapse", relapse, at = c(90, 180, 365), tau = 365, survival = TRUE, ratios = "risk_ratio")
x <- tapply(relapse$event == 1 & relapse$time <= 180, relapse$arm, sum)
n <- table(uis$arm)
arms("uis", n, "long")
margin("uis", "relapse", "relapse", "short", "long", 180, .10, "higher", "primary", x[["short"]], n[["short"]],
       x[["long"]], n[["long"]])
timed("uis", "retention", "retention", data.frame(arm = uis$arm, time = uis$los, event = 1), at = c(30, 90),
      at_least = 90, tau = 180)
all_measures <- c("risk_difference", "risk_ratio", "odds_ratio", "chi_square_test")
yes_no("uis", "planned_stay", "over_90_days", tapply(uis$los > 90, uis$arm, sum), n, list(c("short", "long")),
       all_measures)
yes_no("uis", "planned_stay", "planned_stay_reached",
       tapply(uis$los >= ifelse(uis$treat == 0, 90, 180), uis$arm, sum), n, list(c("short", "long")), all_measures)
number("uis", "age", uis$age, uis$arm)
number("uis", "beck", uis$beck, uis$arm)
number("uis", "ndrugtx", uis$ndrugtx, uis$arm)
drugs <- c("heroin and cocaine", "heroin only", "cocaine only", "neither")
factor_of("uis", "hercoc", factor(uis$hercoc, 1:4, drugs), uis$arm)
factor_of("uis", "ivhx", factor(uis$ivhx, 1:3, c("never", "previous", "recent")), uis$arm)
factor_of("uis", "race", factor(uis$race, 0:1, c("white", "other")), uis$arm)
factor_of("uis", "site", factor(uis$site, 0:1, c("A", "B")), uis$arm)

# ---- pharmaco ----------------------------------------------------------------------------------------------------

pharmaco <- read.csv("datasets/pharmaco/pharmaco.csv")
pharmaco$arm <- factor(pharmaco$grp, c("combination", "patchOnly"), c("combination", "patch_only"))
relapse <- data.frame(arm = pharmaco$arm, time = pharmaco$ttr, event = pharmaco$relapse)
timed("pharmaco", "relapse", "relapse", relapse, at = c(28, 90, 180), tau = 180, ratios = c("risk_ratio", "odds_ratio"))
x <- tapply(relapse$event == 1 & relapse$time <= 180, relapse$arm, sum)
n <- table(pharmaco$arm)
arms("pharmaco", n, "patch_only")
margin("pharmaco", "relapse", "relapse", "combination", "patch_only", 180, .10, "higher", "primary", x[[1]], n[[1]],
       x[[2]], n[[2]])
number("pharmaco", "age", pharmaco$age, pharmaco$arm)
factor_of("pharmaco", "gender", factor(pharmaco$gender, c("Female", "Male"), c("female", "male")), pharmaco$arm)
factor_of("pharmaco", "race", factor(pharmaco$race, c("black", "hispanic", "white", "other")), pharmaco$arm)
jobs <- factor(pharmaco$employment, c("ft", "pt", "other"), c("full time", "part time", "other"))
factor_of("pharmaco", "employment", jobs, pharmaco$arm)
number("pharmaco", "yearsSmoking", pharmaco$yearsSmoking, pharmaco$arm)
factor_of("pharmaco", "levelSmoking", factor(pharmaco$levelSmoking, c("heavy", "light")), pharmaco$arm)
number("pharmaco", "priorAttempts", pharmaco$priorAttempts, pharmaco$arm)
number("pharmaco", "longestNoSmoke", pharmaco$longestNoSmoke, pharmaco$arm)

# ---- teds2004 ------------------------------------------------------------------------------------------------------

teds <- read.csv("datasets/teds2004/discharges.csv")
services <- c(iop = "Intensive outpatient", short_term = "Short-term residential", long_term = "Long-term residential",
              hospital = "Hospital residential")
counted <- function(reasons)
    sapply(services, function(s) sum(teds$discharges[teds$service == s & teds$reason %in% reasons]))
every <- c("completed", "transferred", "dropped_out", "terminated", "other")
pairs <- list(c("iop", "short_term"), c("iop", "long_term"), c("iop", "hospital"))
everybody <- counted(every)
arms("teds2004", everybody, c("short_term", "long_term", "hospital"))
for (outcome in list(list("completed", "completed"), list("completed_or_transferred", c("completed", "transferred")),
                     list("transferred", "transferred"), list("dropped_out", "dropped_out"),
                     list("terminated", "terminated"))) {
    x <- counted(outcome[[2]])
    yes_no("teds2004", "reasons", outcome[[1]], x, everybody, pairs, all_measures)
    role <- c(completed = "primary", completed_or_transferred = "secondary")[outcome[[1]]]
    for (pair in if (is.na(role)) list() else pairs)
        margin("teds2004", "reasons", outcome[[1]], pair[1], pair[2], NA, c(primary = .10, secondary = .01)[role][[1]], "lower",
               # One verdict is primary: that on short-term residential treatment, which `primary` names.
               if (pair[2] == "short_term") role[[1]] else "secondary", x[[pair[1]]],
               everybody[[pair[1]]], x[[pair[2]]], everybody[[pair[2]]])
}
yes_no("teds2004", "definitions", "completed_v_dropped_out", counted("completed"),
       counted(c("completed", "dropped_out")), pairs, "risk_difference")
yes_no("teds2004", "definitions", "completed_v_dropped_out_or_terminated", counted("completed"),
       counted(c("completed", "dropped_out", "terminated")), pairs, "risk_difference")

# ---- files -----------------------------------------------------------------------------------------------------------

cell <- function(x) {
    if (is.character(x)) { if (grepl("[,\"]", x)) paste0('"', x, '"') else x }
    else if (is.na(x)) "" else sprintf("%.17g", x)
}
for (table in names(rows)) {
    lines <- vapply(rows[[table]], function(row) paste(vapply(row, cell, ""), collapse = ","), "")
    stopifnot(!any(grepl("nan|inf", gsub("inferior|noninferiority", "", lines), ignore.case = TRUE)))
    writeLines(c(paste(names(rows[[table]][[1]]), collapse = ","), lines),
               file.path("tests/reference", paste0("whole_", table, ".csv")))
}
