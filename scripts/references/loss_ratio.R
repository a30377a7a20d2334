# SPDX-License-Identifier: GPL-3.0-or-later
# loss_ratio.R - ratios of hazards and of subdistribution hazards of two arms, with inverse-probability-of-censoring weights that depend on
# covariates.
#
#     Rscript scripts/references/loss_ratio.R      writes tests/reference/loss_ratio_answers.csv (people: strategies_people.csv)
#
# Made with R 4.2.2 and survival 3.5-3.  The arms are two sets of people.  Being lost has proportional hazards in each arm (coxph, Breslow
# ties; events of a day before its losses).  Every person is written out day by day with the inverse of the chance of being seen that far; a
# Cox regression of the arm alone on these rows (coxph, Breslow ties) is the ratio.  For subdistribution hazards a person with the other
# event stays in the rows to the end, at the weight of that day.  Standard errors are infinitesimal jackknives of the whole procedure: each
# person's case weight is moved up and down, everything is fitted again, and the numbers' slopes are squared and added.

suppressMessages(library(survival))
number <- function(x) sprintf("%.17g", x)
people <- read.csv("tests/reference/strategies_people.csv")
end <- 60
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50)

# 1 / G at the first k days of every person, k = 0 .. end.
seen <- function(x, case) {
  lost <- x$cause == 0 & x$time < end
  when <- ifelse(lost, x$time + 0.5, ifelse(x$time < end, x$time, end))
  fit <- coxph(Surv(when, lost) ~ age + sex + factor(site), x, weights = case, ties = "breslow", control = tight)
  eta <- drop(model.matrix(~ age + sex + factor(site), x)[, -1] %*% coef(fit))
  r <- exp(eta - sum(case * eta) / sum(case))
  days <- sort(unique(when[lost]))
  jump <- sapply(days, function(s) sum(case[lost & when == s]) / sum((case * r)[when >= s]))
  level <- sapply(0:end, function(k) -sum(log(1 - jump[days < k])))
  exp(outer(r, level))
}

# A row a person and day; behind the other event a person stays in the rows of a subdistribution to the end.
days_of <- function(x, arm, sub) {
  last <- ifelse(sub & x$cause == 2, end, x$time)
  who <- rep(seq_len(nrow(x)), last + 1); k <- sequence(last + 1) - 1
  data.frame(who, seen = pmin(k, x$time[who]) + 1, start = k - 0.5, stop = k, event = as.numeric(x$cause[who] == 1 & k == x$time[who]), arm)
}

weights_of <- function(x, days, case) {
  g <- seen(x, case); a <- 0.5 + (x$age - 18) / 52
  (case * a)[days$who] * g[cbind(days$who, days$seen)]
}

one <- function(reference, treated, sub) {
  x <- people[people$set == reference, ]; z <- people[people$set == treated, ]; h <- 1e-4
  n <- nrow(x); m <- nrow(z); case <- rep(1, n + m)
  from <- days_of(x, 0, sub); to <- days_of(z, 1, sub); rows <- rbind(from, to)
  at <- function(case) {
    w <- c(weights_of(x, from, case[1:n]), weights_of(z, to, case[n + 1:m]))
    unname(coef(coxph(Surv(start, stop, event) ~ arm, rows, weights = w, ties = "breslow", control = tight)))
  }
  slope <- sapply(seq_len(n + m), function(i) {
    up <- down <- case; up[i] <- 1 + h; down[i] <- 1 - h
    (at(up) - at(down)) / (2 * h)
  })
  data.frame(reference, treated, subhazard = as.integer(sub), log_ratio = number(at(case)), std_error = number(sqrt(sum(slope^2))))
}

pairs <- list(c(1, 2), c(2, 3), c(3, 1))
answers <- do.call(rbind, lapply(pairs, function(p) rbind(one(p[1], p[2], FALSE), one(p[1], p[2], TRUE))))
write.csv(answers, "tests/reference/loss_ratio_answers.csv", row.names = FALSE, quote = FALSE)
