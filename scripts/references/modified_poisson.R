# SPDX-License-Identifier: GPL-3.0-or-later
# modified_poisson.R - risk ratios by modified Poisson regression.
#
#     Rscript scripts/references/modified_poisson.R      writes tests/reference/modified_poisson.csv
#
# Made with R 4.2.2 and sandwich 3.0-2, of tests/reference/adjusted_people.csv (adjusted.R).
#   plain      relapse at any time, yes or no: glm(poisson), vcovHC(type = "HC0"), vcovCL(type = "HC0", cadjust = TRUE)
#   day 60     relapse by day 60, death competing; who was lost gives way by 1 / P(not lost), estimated in each arm by
#              Kaplan-Meier; d log ratio / d f_i, f_i how often person i counts, by central differences of whole refits

suppressMessages(library(sandwich))
x <- read.csv("tests/reference/adjusted_people.csv", header = FALSE)
names(x) <- c("arm", "days", "start", "what", "cluster", "age", "sex")
n <- nrow(x); treated <- as.numeric(x$arm == 1); X <- model.matrix(~ age + factor(sex) + treated, x)
number <- function(v) sprintf("%.17g", v)
relapse <- as.numeric(x$what == 1)
fit <- glm(relapse ~ x$age + factor(x$sex) + treated, poisson, epsilon = 1e-15, maxit = 60)
rows <- data.frame(case = 1, value = coef(fit)[["treated"]], error = sqrt(vcovHC(fit, type = "HC0")["treated", "treated"]),
                   clustered = sqrt(vcovCL(fit, x$cluster, type = "HC0", cadjust = TRUE)["treated", "treated"]))

poisson_fit <- function(y, w) {
  b <- c(log(mean(y[w > 0])), 0, 0, 0)
  for (k in 1:80) {
    m <- exp(drop(X %*% b))
    step <- solve(crossprod(X, X * (w * m)), crossprod(X, w * (y - m)))
    b <- b + drop(step)
    if (max(abs(step)) < 1e-14) break
  }
  b
}
not_lost <- function(f, in_arm, v) {
  t <- sort(unique(x$days[in_arm & x$what == 0])); G <- rep(1, length(v))
  for (s in t) {
    Y <- sum(f[in_arm & (x$days > s | (x$days == s & x$what == 0))])
    C <- sum(f[in_arm & x$days == s & x$what == 0])
    G <- ifelse(v > s, G * (1 - C / Y), G)
  }
  G
}
log_ratio <- function(f, t = 60) {
  ended <- x$what > 0 & x$days <= t
  v <- ifelse(ended, x$days, t)
  G <- ifelse(treated == 1, not_lost(f, treated == 1, v), not_lost(f, treated == 0, v))
  w <- f * ifelse(ended | x$days >= t, 1 / G, 0)
  poisson_fit(as.numeric(ended & x$what == 1), w)[[4]]
}
stopifnot(abs(poisson_fit(relapse, rep(1, n))[[4]] - coef(fit)[["treated"]]) < 1e-12)
phi <- sapply(seq_len(n), function(i) {
  g <- function(h) { f <- rep(1, n); f[i] <- 1 + h; log_ratio(f) }
  a <- (g(1e-3) - g(-1e-3)) / 2e-3; b <- (g(5e-4) - g(-5e-4)) / 1e-3
  (4 * b - a) / 3
})
s <- tapply(phi, x$cluster, sum)
rows <- rbind(rows, data.frame(case = 2, value = log_ratio(rep(1, n)), error = sqrt(sum(phi^2)),
                               clustered = sqrt(sum(s^2) * length(s) / (length(s) - 1))))
for (k in c("value", "error", "clustered")) rows[[k]] <- number(rows[[k]])
write.csv(rows, "tests/reference/modified_poisson.csv", row.names = FALSE, quote = FALSE)
