# SPDX-License-Identifier: GPL-3.0-or-later
# loss.R - weighted curves with inverse-probability-of-censoring weights that depend on covariates, slowly.
#
#     Rscript scripts/references/loss.R      writes tests/reference/loss_answers.csv (people: strategies_people.csv)
#
# Made with R 4.2.2 and survival 3.5-3.  Being lost has proportional hazards (coxph, Breslow ties; events of a day before its
# losses); curves are computed from their definition; standard errors are infinitesimal jackknives of the whole procedure: each
# person's case weight is moved up and down, the regression is fitted again, and the numbers' slopes are squared and added.

suppressMessages(library(survival))
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))
people <- read.csv("tests/reference/strategies_people.csv")
at <- c(8, 25, 50); end <- 60
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50)

numbers <- function(x, a, case) {
  lost <- x$cause == 0 & x$time < end
  when <- ifelse(lost, x$time + 0.5, ifelse(x$time < end, x$time, end))
  fit <- coxph(Surv(when, lost) ~ age + sex + factor(site), x, weights = case, ties = "breslow", control = tight)
  eta <- drop(model.matrix(~ age + sex + factor(site), x)[, -1] %*% coef(fit))
  r <- exp(eta - sum(case * eta) / sum(case))
  days <- sort(unique(when[lost]))
  jump <- sapply(days, function(s) sum(case[lost & when == s]) / sum((case * r)[when >= s]))
  times <- sort(unique(x$time[x$cause > 0]))
  level <- sapply(times, function(t) -sum(log(1 - jump[days < t])))
  S <- 1; F <- c(0, 0); grid <- 0; surv <- 1; inc <- matrix(0, 1, 2)
  for (k in seq_along(times)) {
    w <- case * a * exp(r * level[k])
    Y <- sum(w[x$time >= times[k]])
    for (j in 1:2) F[j] <- F[j] + S * sum(w[x$time == times[k] & x$cause == j]) / Y
    S <- S * (1 - sum(w[x$time == times[k] & x$cause > 0]) / Y)
    grid <- c(grid, times[k]); surv <- c(surv, S); inc <- rbind(inc, F)
  }
  read <- function(v) v[findInterval(at, grid)]
  area <- sapply(at, function(tau) { g <- c(grid[grid < tau], tau); sum(surv[seq_len(length(g) - 1)] * diff(g)) })
  unname(c(read(surv), read(inc[, 1]), read(inc[, 2]), area))
}

one <- function(x) {
  n <- nrow(x); a <- 0.5 + (x$age - 18) / 52; h <- 1e-4
  value <- numbers(x, a, rep(1, n))
  slope <- sapply(seq_len(n), function(i) {
    up <- down <- rep(1, n); up[i] <- 1 + h; down[i] <- 1 - h
    (numbers(x, a, up) - numbers(x, a, down)) / (2 * h)
  })
  answers <- as.data.frame(cbind(matrix(value, 3), matrix(sqrt(rowSums(slope^2)), 3)))
  names(answers) <- c("surv", "risk_1", "risk_2", "rmst", "surv_se", "risk_1_se", "risk_2_se", "rmst_se")
  data.frame(set = x$set[1], at, lapply(answers, number))
}
write.csv(do.call(rbind, lapply(split(people, people$set), one)), "tests/reference/loss_answers.csv", row.names = FALSE, quote = FALSE)
