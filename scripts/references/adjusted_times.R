# SPDX-License-Identifier: GPL-3.0-or-later
# adjusted_times.R - quantiles of weighted curves, and Fine and Gray's regression with covariates.
#
#     Rscript scripts/references/adjusted_times.R      writes tests/reference/adjusted_times.csv
#
# Made with R 4.2.2, survival 3.5-3 and cmprsk 2.2-11, of tests/reference/adjusted_people.csv (adjusted.R).  Curves are survfit(weights =);
# the error of each of their steps is that of stacked equations: slopes by the weight of each person and by the coefficients of
# glm(binomial), by central differences.  Limits of a quantile: where the log-log band comes down to 1 - p.

suppressMessages({library(survival); library(cmprsk)})
x <- read.csv("tests/reference/adjusted_people.csv", header = FALSE)
names(x) <- c("arm", "days", "start", "what", "cluster", "age", "sex")
n <- nrow(x); treated <- as.numeric(x$arm == 1)
X <- model.matrix(~ age + factor(sex), x)
ps <- glm(treated ~ age + factor(sex), binomial, x, epsilon = 1e-15, maxit = 50)
weight <- function(beta, estimand) {
  e <- plogis(drop(X %*% beta))
  if (estimand == "iptw") ifelse(treated == 1, 1 / e, 1 / (1 - e)) else ifelse(treated == 1, 1 - e, e)
}
central <- function(f, v, j, h) {
  up <- down <- v; up[j] <- v[j] + h; down[j] <- v[j] - h
  a <- (f(up) - f(down)) / (2 * h)
  up[j] <- v[j] + h / 2; down[j] <- v[j] - h / 2
  b <- (f(up) - f(down)) / h
  (4 * b - a) / 3
}
score <- (treated - fitted(ps)) * X
inverse <- solve(crossprod(X * sqrt(fitted(ps) * (1 - fitted(ps)))))
first <- function(t, s, p) { k <- which(!is.na(s) & s <= 1 - p); if (length(k)) t[min(k)] else NA }
rows <- list()
for (estimand in c("iptw", "overlap")) for (arm in 1:0) {
  i <- treated == arm
  t <- sort(unique(x$days[i]))
  S <- function(w) { # free of both events
    s <- 1; out <- numeric(length(t))
    for (k in seq_along(t)) {
      Y <- sum(w[i & x$days >= t[k]]); D <- sum(w[i & x$days == t[k] & x$what > 0])
      s <- s * (1 - D / Y); out[k] <- s
    }
    out
  }
  w <- weight(coef(ps), estimand)
  surv <- S(w)
  stopifnot(max(abs(surv - summary(survfit(Surv(days, what > 0) ~ 1, x[i, ], weights = w[i]), times = t)$surv)) < 1e-12)
  d <- sapply(seq_len(n), function(j) if (i[j]) central(S, w, j, 1e-3 * w[j]) else numeric(length(t)))
  b <- sapply(1:3, function(j) central(function(beta) S(weight(beta, estimand)), coef(ps), j, 1e-3 / max(abs(X[, j]))))
  phi <- t(d) * w + score %*% inverse %*% t(b)
  error <- sqrt(colSums(phi^2)); G <- length(unique(x$cluster))
  clustered <- sqrt(colSums(rowsum(phi, x$cluster)^2) * G / (G - 1))
  z <- qnorm(0.975)
  for (p in c(0.25, 0.5)) {
    limits <- sapply(list(error, clustered), function(e) {
      h <- z * e / (surv * abs(log(surv)))
      c(first(t, surv^exp(h), p), first(t, surv^exp(-h), p)) # lower band, upper band
    })
    rows[[length(rows) + 1]] <- data.frame(what = paste(estimand, arm, p), estimate = first(t, surv, p), low = limits[1, 1],
      high = limits[2, 1], clustered_low = limits[1, 2], clustered_high = limits[2, 2])
  }
}
fit <- crr(x$days, x$what, cbind(x$age, x$sex == 2, treated), gtol = 1e-12, maxiter = 50)
rows[[length(rows) + 1]] <- data.frame(what = "crr", estimate = fit$coef[[3]], low = sqrt(fit$var[3, 3]), high = NA, clustered_low = NA,
                                       clustered_high = NA)
all <- do.call(rbind, rows)
for (k in names(all)[-1]) all[[k]] <- ifelse(is.na(all[[k]]), "", sprintf("%.17g", all[[k]]))
write.csv(all, "tests/reference/adjusted_times.csv", row.names = FALSE, quote = FALSE)
