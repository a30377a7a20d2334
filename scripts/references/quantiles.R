# SPDX-License-Identifier: GPL-3.0-or-later
# quantiles.R - quantiles and tails of chi-square, beta, t, F, Poisson and binomial variables, for small and very large shapes.
#
#     Rscript scripts/references/quantiles.R      writes tests/reference/quantiles_*.csv
#
# Made with R 4.2.2.  R's qgamma stops some 1e-13 short of the quantile far out: two steps of Newton's method on pgamma follow.
# Odds of a beta quantile are the ratio of the quantiles of X and of 1 - X, as x / (1 - x) would lose those near 1; R's qf takes F for
# chi-square from 400,000 degrees of freedom on and is not used.

write_values <- function(table, name) {
  for (k in names(table)) table[[k]] <- sprintf("%.17g", table[[k]])
  write.csv(table, file.path("tests/reference", paste0("quantiles_", name, ".csv")), row.names = FALSE, quote = FALSE)
}
chi_square <- function(p, df, lower) {
  x <- qchisq(p, df, lower.tail = lower)
  for (k in 1:2) {
    tail <- pchisq(x, df, lower.tail = lower, log.p = TRUE)
    step <- (tail - log(p)) / exp(dchisq(x, df, log = TRUE) - tail)
    x <- if (lower) x - step else x + step
  }
  x
}
tails <- c(1e-12, 1e-6, 1e-3, 0.025, 0.3, 0.5, 0.7, 0.975, 1 - 2^-20)

# Degrees of freedom of large counts, of what is not whole, and of few.
cases <- expand.grid(p = tails, df = c(0.5, 1, 2, 2.385, 5, 10, 100, 2318, 4634, 10000.5, 961716, 1e6, 9999999, 1e7, 1e8, 1e9))
cases$lower <- chi_square(cases$p, cases$df, TRUE)
cases$upper <- chi_square(cases$p, cases$df, FALSE)
write_values(cases, "chi_square")

shapes <- c(0.5, 1, 3.7, 50, 1e3, 1e5, 1e6, 1e8)
cases <- expand.grid(p = tails[c(1, 3, 4, 6, 8)], a = shapes, b = shapes)
cases$odds <- with(cases, qbeta(p, a, b) / qbeta(p, b, a, lower.tail = FALSE))
write_values(cases, "beta")

cases <- expand.grid(p = c(tails, 1e-100), df = c(0.3, 1, 2, 2.385, 7, 30, 1e3, 1e6, 1e9, 1e20))
student <- function(p, df) { # R's qt is off by up to 1e-3 below one degree of freedom; above a half the other tail, turned round
  t <- qt(p, df, lower.tail = FALSE)
  for (k in 1:3) {
    tail <- pt(t, df, lower.tail = FALSE, log.p = TRUE)
    t <- ifelse(t == 0, 0, t + (tail - log(p)) / exp(dt(t, df, log = TRUE) - tail))
  }
  t
}
cases$t <- with(cases, ifelse(p == 0.5, 0, ifelse(p < 0.5, 1, -1) * student(pmin(p, 1 - p), df)))
write_values(cases[is.finite(cases$t), ], "t")

# f from quantiles, rounded so that they are read as they are.
cases <- expand.grid(p = tails[c(1, 3, 4, 6, 8)], df1 = c(1, 2, 7, 1000, 2e6), df2 = c(1, 2.5, 17, 5e3, 1e6, 2e8))
cases$f <- with(cases, signif(df2 / df1 * qbeta(p, df1 / 2, df2 / 2, lower.tail = FALSE) / qbeta(p, df2 / 2, df1 / 2), 7))
cases <- cases[is.finite(cases$f) & cases$f > 0, ]
cases$upper <- with(cases, pf(f, df1, df2, lower.tail = FALSE))
cases$log_upper <- with(cases, pf(f, df1, df2, lower.tail = FALSE, log.p = TRUE))
write_values(cases[c("f", "df1", "df2", "upper", "log_upper")], "f_tails")

# Counts: n = 0 is Poisson with this mean.
tails <- c(1e-12, 1e-3, 0.025, 0.5, 0.975, 0.999)
binomial <- expand.grid(tail = tails, n = c(1, 10, 350, 1e5, 1e6, 1e8), share = c(1e-4, 0.21, 0.5, 0.97))
binomial$mean <- binomial$n * binomial$share
binomial$x <- with(binomial, qbinom(tail, n, share))
binomial$lower <- with(binomial, pbinom(x, n, share))
binomial$at <- with(binomial, dbinom(x, n, share))
poisson <- expand.grid(tail = tails, n = 0, share = 0, mean = c(0.2, 2.5, 1000, 480858, 1e6, 1e7, 9e8))
poisson$x <- with(poisson, qpois(tail, mean))
poisson$lower <- with(poisson, ppois(x, mean))
poisson$at <- with(poisson, dpois(x, mean))
counts <- rbind(binomial, poisson)
counts$limit <- with(counts, pmax((x - (lower - tail) / at) / ifelse(n > 0, n, mean), 0)) # of funnels
write_values(counts, "counts")

# Garwood's limits of a Poisson count: qgamma as above.
limits <- expand.grid(count = c(1, 10, 1159, 2185, 2316, 1e5, 300000, 1e6, 1e7, 1e9), level = c(0.9, 0.95, 0.998))
limits$low <- with(limits, chi_square((1 - level) / 2, 2 * count, TRUE) / 2)
limits$high <- with(limits, chi_square((1 - level) / 2, 2 * count + 2, FALSE) / 2)
write_values(limits, "poisson_limits")
