# SPDX-License-Identifier: GPL-3.0-or-later
# adjusted_models.R - standardised and doubly robust numbers with infinitesimal-jackknife errors, the slow way.
#
#     Rscript scripts/references/adjusted_models.R      writes tests/reference/adjusted_models.csv
#
# Made with R 4.2.2.  People are those of adjusted_people.csv (adjusted.R).  Each number is a function of how often every
# person counts, theta(f): the censoring curve of each arm, the regression of the outcome in it (glm, lm with weights) and the
# propensity are fitted anew for every f.  d theta / d f_i by central differences is the linear part of person i, whatever is
# estimated on the way, so var = sum of squares, within clusters first times G / (G - 1).

x <- read.csv("tests/reference/adjusted_people.csv", header = FALSE)
names(x) <- c("arm", "days", "start", "what", "cluster", "age", "sex")
n <- nrow(x); treated <- as.numeric(x$arm == 1); X <- model.matrix(~ age + factor(sex), x)
number <- function(v) sprintf("%.17g", v)

# IRLS with weights; numerically exact for weights that are not whole numbers.
logistic <- function(y, w) {
  b <- rep(0, ncol(X))
  for (k in 1:60) {
    m <- plogis(drop(X %*% b))
    step <- solve(crossprod(X, X * (w * m * (1 - m))), crossprod(X, w * (y - m)))
    b <- b + drop(step)
    if (max(abs(step)) < 1e-14) break
  }
  b
}
linear <- function(y, w) solve(crossprod(X, X * w), crossprod(X, w * y))
# P(not lost before v) in an arm: events go before losses at one time.
not_lost <- function(f, in_arm, v) {
  t <- sort(unique(x$days[in_arm & x$what == 0])); G <- rep(1, length(v))
  for (s in t) {
    Y <- sum(f[in_arm & (x$days > s | (x$days == s & x$what == 0))])
    C <- sum(f[in_arm & x$days == s & x$what == 0])
    G <- ifelse(v > s, G * (1 - C / Y), G)
  }
  G
}
# The number of one arm.  kind: "risk" (cause 1 by t), "free" (of all causes after t), "mean" (days free up to t)
number_of <- function(f, arm, kind, t, target, robust) {
  in_arm <- treated == arm
  ended <- x$what > 0 & x$days <= t
  seen <- in_arm & (ended | x$days >= t)
  v <- ifelse(ended, x$days, t)
  y <- switch(kind, risk = ended & x$what == 1, free = !ended, mean = pmin(x$days, t)) + 0
  ipcw <- ifelse(seen, 1 / not_lost(f, in_arm, v), 0)
  w <- f * ipcw
  m <- if (kind == "mean") drop(X %*% linear(y, w)) else plogis(drop(X %*% logistic(y, w)))
  h <- f * target
  value <- sum(h * m) / sum(h)
  if (robust) {
    e <- plogis(drop(X %*% logistic(treated, f)))
    a <- ipcw * f * if (all(target == 1)) ifelse(treated == 1, 1 / e, 1 / (1 - e)) else ifelse(treated == 1, 1, e / (1 - e))
    value <- value + sum(a * (y - m)) / sum(a)
  }
  value
}
numbers <- function(f, target, robust) {
  p <- sapply(0:1, function(arm) number_of(f, arm, "risk", 60, target, robust))
  q <- sapply(0:1, function(arm) number_of(f, arm, "risk", 30, target, robust))
  s <- sapply(0:1, function(arm) number_of(f, arm, "free", 60, target, robust))
  d <- sapply(0:1, function(arm) number_of(f, arm, "mean", 80, target, robust))
  c(p[2], p[1], q[2] - q[1], p[2] - p[1], log(p[2] / p[1]), s[2] - s[1], d[2] - d[1])
}
variance <- function(phi, cluster = NULL) {
  if (is.null(cluster)) return(sum(phi^2))
  s <- tapply(phi, cluster, sum); sum(s^2) * length(s) / (length(s) - 1)
}
answers <- list()
for (method in 1:4) { # regression ate, regression att, doubly robust ate, doubly robust att
  target <- if (method %% 2 == 1) rep(1, n) else treated
  f <- rep(1, n); theta <- numbers(f, target, method > 2)
  phi <- t(sapply(1:n, function(j) {
    g <- function(h) { u <- f; u[j] <- 1 + h; numbers(u, target, method > 2) }
    a <- (g(0.02) - g(-0.02)) / 0.04; b <- (g(0.01) - g(-0.01)) / 0.02
    (4 * b - a) / 3
  }))
  for (k in seq_along(theta))
    answers[[length(answers) + 1]] <- data.frame(method = method, number = k, value = number(theta[k]),
      error = number(sqrt(variance(phi[, k]))), clustered = number(sqrt(variance(phi[, k], x$cluster))))
}
write.csv(do.call(rbind, answers), "tests/reference/adjusted_models.csv", row.names = FALSE, quote = FALSE)
