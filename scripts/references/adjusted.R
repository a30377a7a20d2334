# SPDX-License-Identifier: GPL-3.0-or-later
# adjusted.R - adjusted risks, restricted means and hazard ratios with stacked-equation errors, the slow way.
#
#     Rscript scripts/references/adjusted.R      writes tests/reference/adjusted_people.csv and adjusted_answers.csv
#
# Made with R 4.2.2 and survival 3.5-3.  The propensity is glm(binomial); curves are survfit(weights =), hazard ratios
# coxph(weights =, ties = "efron").  Every number theta(w, beta) is differentiated by the weight of each person and by the
# coefficients of the propensity numerically (central differences), so that
#     phi_i = w_i d theta / d w_i + (d theta / d beta) I^-1 s_i,     var = sum phi_i^2, within clusters times G / (G - 1).

suppressMessages(library(survival))
set.seed(20261128)
number <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))

n <- 160
x <- data.frame(age = round(runif(n, 18, 70)), sex = sample(1:2, n, TRUE), cluster = sample(1:12, n, TRUE))
x$arm <- ifelse(runif(n) < plogis(-2.2 + 0.04 * x$age + 0.5 * (x$sex == 2)), 1, 2)
x$days <- pmax(1, round(rexp(n, 0.02 * exp(0.01 * (x$age - 40) - 0.3 * (x$arm == 1)))))
x$what <- ifelse(x$days > 90 | runif(n) < 0.15, 0, sample(1:2, n, TRUE, c(3, 1)))
x$days <- pmin(x$days, 90)
write.table(with(x, data.frame(arm, days, "", what, cluster, age, sex)), "tests/reference/adjusted_people.csv", sep = ",",
            row.names = FALSE, col.names = FALSE, quote = FALSE)

treated <- as.numeric(x$arm == 1)
X <- model.matrix(~ age + factor(sex), x)
ps <- glm(treated ~ age + factor(sex), binomial, x, epsilon = 1e-15, maxit = 50)
weight <- function(beta, estimand) {
  e <- plogis(drop(X %*% beta))
  switch(estimand, ate = ifelse(treated == 1, 1 / e, 1 / (1 - e)), att = ifelse(treated == 1, 1, e / (1 - e)),
         atc = ifelse(treated == 1, (1 - e) / e, 1), ato = ifelse(treated == 1, 1 - e, e))
}

# One arm's numbers: relapse by day 30 and 60 (death competing), free of both to day 60, restricted mean to 80.
arm_numbers <- function(w, arm) {
  i <- which(treated == arm)
  t <- sort(unique(x$days[i])); S <- 1; F <- 0; area <- 0; last <- 0; risk <- c(0, 0); surv <- NA; tau <- 80
  at <- c(30, 60); rmst <- NA
  for (s in t) {
    if (s > 30 && risk[1] == 0) risk[1] <- F
    if (s > 60 && risk[2] == 0) { risk[2] <- F; surv <- S }
    if (s >= tau && is.na(rmst)) rmst <- area + S * (tau - last)
    area <- area + S * (s - last); last <- s
    Y <- sum(w[i][x$days[i] >= s]); D1 <- sum(w[i][x$days[i] == s & x$what[i] == 1])
    D <- sum(w[i][x$days[i] == s & x$what[i] > 0])
    F <- F + S * D1 / Y; S <- S * (1 - D / Y)
  }
  c(risk30 = risk[1], risk60 = risk[2], surv60 = surv, rmst80 = rmst)
}
# The same from survfit, once, to see that the loop is right.
check <- function(w, arm) {
  i <- treated == arm
  f <- summary(survfit(Surv(days, factor(what, 0:2)) ~ 1, x[i, ], weights = w[i]), times = c(30, 60))
  s <- survfit(Surv(days, what > 0) ~ 1, x[i, ], weights = w[i])
  a <- arm_numbers(w, arm)
  stopifnot(max(abs(f$pstate[, 2] - a[1:2])) < 1e-12, abs(summary(s, times = 60)$surv - a[3]) < 1e-12,
            abs(summary(s, rmean = 80)$table["rmean"] - a[4]) < 1e-9)
}
log_hazard <- function(w) coxph(Surv(days, what == 1) ~ treated, cbind(x, treated), weights = w, ties = "efron",
                                control = coxph.control(eps = 1e-15, toler.chol = 1e-16, iter.max = 50))
contrasts <- function(w) {
  p1 <- arm_numbers(w, 1); p0 <- arm_numbers(w, 0)
  c(risk_1 = p1[[2]], risk_0 = p0[[2]], risk_difference_30 = p1[[1]] - p0[[1]], risk_difference_60 = p1[[2]] - p0[[2]],
    log_risk_ratio_60 = log(p1[[2]] / p0[[2]]), survival_difference_60 = p1[[3]] - p0[[3]],
    rmst_difference_80 = p1[[4]] - p0[[4]])
}
central <- function(f, x, j, h) {
  up <- down <- x; up[j] <- x[j] + h; down[j] <- x[j] - h
  a <- (f(up) - f(down)) / (2 * h)
  up[j] <- x[j] + h / 2; down[j] <- x[j] - h / 2
  b <- (f(up) - f(down)) / h
  (4 * b - a) / 3 # Richardson
}
score <- (treated - fitted(ps)) * X
inverse <- solve(crossprod(X * sqrt(fitted(ps) * (1 - fitted(ps)))))
variance <- function(phi, cluster = NULL) {
  if (is.null(cluster)) return(sum(phi^2))
  s <- tapply(phi, cluster, sum); sum(s^2) * length(s) / (length(s) - 1)
}
answers <- list()
for (estimand in c("ate", "att", "atc", "ato")) {
  w <- weight(coef(ps), estimand)
  check(w, 1); check(w, 0)
  theta <- contrasts(w)
  d <- sapply(seq_len(n), function(j) central(contrasts, w, j, 1e-3 * w[j]))
  b <- sapply(1:3, function(j) central(function(beta) contrasts(weight(beta, estimand)), coef(ps), j,
                                       1e-3 / max(abs(X[, j]))))
  fit <- log_hazard(w)
  hr <- coef(fit)[[1]]
  d <- rbind(d, residuals(fit, type = "dfbeta", weighted = FALSE))
  b <- rbind(b, sapply(1:3, function(j) central(function(beta) coef(log_hazard(weight(beta, estimand)))[[1]], coef(ps), j,
                                                1e-3 / max(abs(X[, j])))))
  theta <- c(theta, log_hazard_ratio = hr)
  phi <- t(d) * w + score %*% inverse %*% t(b)
  for (k in seq_along(theta))
    answers[[length(answers) + 1]] <- data.frame(estimand = match(estimand, c("ate", "att", "atc", "ato")), number = k,
      name = names(theta)[k], value = theta[[k]], error = sqrt(variance(phi[, k])),
      clustered = sqrt(variance(phi[, k], x$cluster)))
}
# Stabilised weights: the share of the arm is estimated too; only the hazard ratio, which mixes the arms, moves.
w <- weight(coef(ps), "ate"); n1 <- sum(treated); n0 <- n - n1
share <- function(w, m1, m0) w * ifelse(treated == 1, m1, m0) / (m1 + m0)
v <- share(w, n1, n0); fit <- log_hazard(v)
b <- sapply(1:3, function(j) central(function(beta) coef(log_hazard(share(weight(beta, "ate"), n1, n0)))[[1]], coef(ps), j,
                                     1e-3 / max(abs(X[, j]))))
m <- sapply(1:2, function(j) central(function(m) coef(log_hazard(share(w, m[1], m[2])))[[1]], c(n1, n0), j, 0.1))
phi <- v * residuals(fit, type = "dfbeta", weighted = FALSE) + drop(score %*% inverse %*% b) + ifelse(treated == 1, m[1], m[2])
answers[[length(answers) + 1]] <- data.frame(estimand = 5, number = 8, name = "log_hazard_ratio", value = coef(fit)[[1]],
  error = sqrt(variance(phi)), clustered = sqrt(variance(phi, x$cluster)))
all <- do.call(rbind, answers)
for (k in c("value", "error", "clustered")) all[[k]] <- number(all[[k]])
write.csv(all, "tests/reference/adjusted_answers.csv", row.names = FALSE, quote = FALSE)
