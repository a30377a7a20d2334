# SPDX-License-Identifier: GPL-3.0-or-later
# weighted_subhazard.R - subdistribution hazard ratios of an arm under weights of a propensity, the slow way.
#
#     Rscript scripts/references/weighted_subhazard.R      writes tests/reference/weighted_subhazard.csv
#
# Made with R 4.2.2 and cmprsk 2.2-11, of tests/reference/adjusted_people.csv (adjusted.R).  Relapse, death competing.  Weights enter the
# score, the risk sets and the Kaplan-Meier curve of the censoring; with whole weights the ratio is that of crr() of so many copies.
# d log ratio / d f_i, f_i how often person i counts, by central differences of whole refits: propensity, censoring, ratio.

suppressMessages(library(cmprsk))
x <- read.csv("tests/reference/adjusted_people.csv", header = FALSE)
names(x) <- c("arm", "days", "start", "what", "cluster", "age", "sex")
n <- nrow(x); z <- as.numeric(x$arm == 1); X <- model.matrix(~ age + factor(sex), x)
number <- function(v) sprintf("%.17g", v)
propensity <- function(f) {
  b <- c(0, 0, 0)
  for (k in 1:60) {
    e <- plogis(drop(X %*% b)); step <- solve(crossprod(X, X * (f * e * (1 - e))), crossprod(X, f * (z - e)))
    b <- b + drop(step)
    if (max(abs(step)) < 1e-14) break
  }
  plogis(drop(X %*% b))
}
weights <- function(f, estimand) {
  e <- propensity(f)
  f * switch(estimand, ate = ifelse(z == 1, 1 / e, 1 / (1 - e)), att = ifelse(z == 1, 1, e / (1 - e)), ato = ifelse(z == 1, 1 - e, e))
}
times <- sort(unique(x$days)); events <- sort(unique(x$days[x$what == 1]))
log_ratio <- function(w) {
  G <- function(t) prod(vapply(times[times < t], function(s) 1 - sum(w[x$days == s & x$what == 0]) / sum(w[x$days >= s]), 0))
  own <- sapply(x$days, G); at <- sapply(events, G); b <- 0
  for (k in 1:60) {
    score <- info <- 0
    for (j in seq_along(events)) {
      t <- events[j]
      v <- w * ifelse(x$days >= t, 1, ifelse(x$what == 2, at[j] / own, 0)) * exp(b * z)
      E <- sum(v * z) / sum(v); d <- x$days == t & x$what == 1
      score <- score + sum(w[d] * (z[d] - E)); info <- info + sum(w[d]) * E * (1 - E)
    }
    b <- b + score / info
    if (abs(score / info) < 1e-14) break
  }
  b
}
copies <- rep(seq_len(n), 1 + seq_len(n) %% 3)
stopifnot(abs(log_ratio(1 + seq_len(n) %% 3) - crr(x$days[copies], x$what[copies], cbind(z[copies]), gtol = 1e-12)$coef[[1]]) < 1e-8)
rows <- do.call(rbind, lapply(c("ate", "att", "ato"), function(estimand) {
  f <- rep(1, n)
  phi <- sapply(seq_len(n), function(i) {
    g <- function(h) { f[i] <- 1 + h; log_ratio(weights(f, estimand)) }
    a <- (g(1e-2) - g(-1e-2)) / 2e-2; b <- (g(5e-3) - g(-5e-3)) / 1e-2
    (4 * b - a) / 3
  })
  s <- tapply(phi, x$cluster, sum)
  data.frame(estimand = match(estimand, c("ate", "att", "ato")), value = log_ratio(weights(f, estimand)), error = sqrt(sum(phi^2)),
             clustered = sqrt(sum(s^2) * length(s) / (length(s) - 1)))
}))
for (k in c("value", "error", "clustered")) rows[[k]] <- number(rows[[k]])
write.csv(rows, "tests/reference/weighted_subhazard.csv", row.names = FALSE, quote = FALSE)
