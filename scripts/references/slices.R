# SPDX-License-Identifier: GPL-3.0-or-later
# Parts of a comparison as R gives them (metafor, survival): trials pooled by meta-analysis, effects by subgroup with tests of
# interaction and Holm's adjustment.  Writes tests/reference/slices_rows.csv (arm,days,start,what,n,age,sex as the small
# studies of the tests have them; `start` is the trial) and slices_answers.csv.
#   Rscript scripts/references/slices.R       from the root of the repository
suppressMessages({library(metafor); library(survival)})
set.seed(20261128)
n <- 900
d <- data.frame(arm = sample(1:2, n, TRUE), start = sample(1:6, n, TRUE, c(6, 5, 4, 3, 2, 1)), sex = sample(1:2, n, TRUE))
d$age <- round(pmin(pmax(rnorm(n, 38, 11), 18), 80))
hazard <- exp(-4.2 + 0.35 * (d$arm == 1) - 0.4 * (d$arm == 1 & d$sex == 2) + 0.12 * d$start)
t <- rexp(n, hazard); c <- runif(n, 40, 300)
d$days <- ceiling(pmin(t, c)); d$what <- as.integer(t <= c)
# Trial 6 has an arm without an event within the days that are looked at.
d$what[d$start == 6 & d$arm == 2] <- 0
write.table(data.frame(d$arm, d$days, d$start, d$what, 1, d$age, d$sex), "tests/reference/slices_rows.csv",
            sep = ",", row.names = FALSE, col.names = c("arm", "days", "start", "what", "n", "age", "sex"), quote = FALSE)

answers <- "outcome,adjustment,stratum,measure,term,time,estimate,std_error,conf_low,conf_high,statistic,df,p_value"
number <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
say <- function(outcome, adjustment, stratum, measure, term = "", time = NA, estimate = NA, se = NA, low = NA, high = NA,
                statistic = NA, df = NA, p = NA)
  answers <<- c(answers, paste(outcome, adjustment, stratum, measure, term, number(time), number(estimate), number(se),
                               number(low), number(high), number(statistic), number(df), number(p), sep = ","))
iop <- d$arm == 1
count <- function(keep) c(a = sum(d$what[keep & iop]), n1 = sum(keep & iop), c = sum(d$what[keep & !iop]), n0 = sum(keep & !iop))
# ---- trials ---------------------------------------------------------------------------------------------------------
trials <- t(sapply(1:6, function(k) count(d$start == k)))
a <- trials[, "a"]; b <- trials[, "n1"] - a; cc <- trials[, "c"]; dd <- trials[, "n0"] - cc
tight <- list(threshold = 1e-13, tol = 1e-14, maxiter = 10000)
for (m in list(c("RD", "risk_difference"), c("RR", "risk_ratio"), c("OR", "odds_ratio"))) {
  e <- escalc(m[1], ai = a, bi = b, ci = cc, di = dd)
  cut <- function(x, limit) if (m[1] != "RD") x else if (limit < 0) max(x, limit) else min(x, limit)
  back <- if (m[1] == "RD") identity else exp
  for (method in c("reml", "dl", "pm", "fixed")) {
    name <- paste0("meta_", method)
    how <- c(reml = "REML", dl = "DL", pm = "PM", fixed = "EE")[method]
    r <- rma(yi, vi, data = e, method = how, control = tight)
    say("yes", name, "", m[2], "", NA, back(r$b[1]), r$se, back(r$ci.lb), back(r$ci.ub), r$zval, NA, r$pval)
    say("yes", name, "", "heterogeneity", m[2], NA, statistic = r$QE, df = r$k - 1, p = r$QEp)
    if (method != "fixed") {
      say("yes", name, "", "tau_squared", m[2], NA, r$tau2, low = confint(r)$random["tau^2", "ci.lb"],
          high = confint(r)$random["tau^2", "ci.ub"])
      h <- rma(yi, vi, data = e, method = how, test = "knha", control = tight)
      say("yes", name, "", m[2], "Hartung-Knapp", NA, back(h$b[1]), h$se, back(h$ci.lb), back(h$ci.ub), h$zval, r$k - 1, h$pval)
      reach <- qt(.975, r$k - 2) * sqrt(r$tau2 + r$se^2)
      say("yes", name, "", "prediction_interval", m[2], NA, back(r$b[1]), low = cut(back(r$b[1] - reach), -1), high = cut(back(r$b[1] + reach), 1))
    }
  }
  h <- rma.mh(measure = m[1], ai = a, bi = b, ci = cc, di = dd, correct = FALSE)
  say("yes", "meta_mh", "", m[2], "", NA, back(h$b[1]), h$se, back(h$ci.lb), back(h$ci.ub), h$zval, NA, h$pval)
}
# ---- subgroups ------------------------------------------------------------------------------------------------------
cox <- function(keep) {
  f <- coxph(Surv(days, what) ~ I(arm == 1), d[keep, ], ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100))
  c(coef(f), sqrt(vcov(f)))
}
interaction <- function(y) { w <- 1 / y[, 2]^2; q <- sum(w * (y[, 1] - sum(w * y[, 1]) / sum(w))^2); c(q, nrow(y) - 1, pchisq(q, nrow(y) - 1, lower = FALSE)) }
by_sex <- t(sapply(1:2, function(s) cox(d$sex == s)))
for (s in 1:2)
  say("relapse", "unadjusted", c("sex=female", "sex=male")[s], "hazard_ratio", "", NA, exp(by_sex[s, 1]), by_sex[s, 2],
      exp(by_sex[s, 1] - qnorm(.975) * by_sex[s, 2]), exp(by_sex[s, 1] + qnorm(.975) * by_sex[s, 2]))
by_trial <- t(sapply(1:5, function(s) cox(d$start == s))) # in the sixth no ratio exists
for (s in 1:5)
  say("relapse", "unadjusted", paste0("start=", s), "hazard_ratio", "", NA, exp(by_trial[s, 1]), by_trial[s, 2])
i <- list(sex = interaction(by_sex), start = interaction(by_trial))
p <- p.adjust(c(i$sex[3], i$start[3]), "holm")
say("relapse", "unadjusted", "sex", "interaction_test", "hazard_ratio", NA, statistic = i$sex[1], df = i$sex[2], p = p[1])
say("relapse", "unadjusted", "start", "interaction_test", "hazard_ratio", NA, statistic = i$start[1], df = i$start[2], p = p[2])
risk <- function(keep, arm, t) { f <- summary(survfit(Surv(days, what) ~ 1, d[keep & d$arm == arm, ]), times = t); c(1 - f$surv, f$std.err) }
diff <- function(keep) { x <- risk(keep, 1, 60); y <- risk(keep, 2, 60); c(x[1] - y[1], sqrt(x[2]^2 + y[2]^2)) }
by_sex <- t(sapply(1:2, function(s) diff(d$sex == s)))
by_trial <- t(sapply(1:6, function(s) diff(d$start == s)))
for (s in 1:2)
  say("relapse", "unadjusted", c("sex=female", "sex=male")[s], "risk_difference", "", 60, by_sex[s, 1], by_sex[s, 2])
i <- list(sex = interaction(by_sex), start = interaction(by_trial))
p <- p.adjust(c(i$sex[3], i$start[3]), "holm")
say("relapse", "unadjusted", "sex", "interaction_test", "risk_difference", 60, statistic = i$sex[1], df = i$sex[2], p = p[1])
say("relapse", "unadjusted", "start", "interaction_test", "risk_difference", 60, statistic = i$start[1], df = i$start[2], p = p[2])
writeLines(answers, "tests/reference/slices_answers.csv")
