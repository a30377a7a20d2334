# SPDX-License-Identifier: GPL-3.0-or-later
# Pooling after Rubin and Barnard & Rubin as mice 3.15.0 does it, and a multinomial logistic regression as nnet 7.3-18 fits it:
# writes tests/reference/rubin_answers.csv, rubin_estimates.csv, multinomial_rows.csv and multinomial_answers.csv.
#   Rscript scripts/references/imputation.R       from the root of the repository
suppressMessages({library(mice); library(nnet)})
set.seed(20261128)
digits <- function(x) sprintf("%.17g", x)
estimates <- "set,estimate,std_error"
answers <- "set,m,complete_df,estimate,std_error,df,missing,within,between"
for (s in 0:11) {
  m <- c(2, 5, 20, 50)[s %% 4 + 1]; n <- c(25, 300, Inf)[s %% 3 + 1]; k <- 3
  q <- rnorm(m, 0.7, 10^runif(1, -3, 0)); u <- runif(m, 0.2, 0.4)
  p <- pool.scalar(q, u^2, n = n, k = k)
  estimates <- c(estimates, paste(s, digits(q), digits(u), sep = ","))
  answers <- c(answers, paste(s, m, if (is.finite(n)) n - k else -1, digits(p$qbar), digits(sqrt(p$t)), digits(p$df), digits(p$fmi),
                              digits(p$ubar), digits(p$b), sep = ","))
}
# nhanes, five imputations: the values of the whole way through lm().
imp <- mice(nhanes, m = 5, seed = 123, printFlag = FALSE)
fit <- with(imp, lm(chl ~ age + bmi))
pooled <- summary(pool(fit))
for (term in 2:3) {
  q <- sapply(fit$analyses, function(f) coef(f)[term]); u <- sapply(fit$analyses, function(f) sqrt(vcov(f)[term, term]))
  r <- pool(fit)$pooled[term, ]
  estimates <- c(estimates, paste(10 + term, digits(q), digits(u), sep = ","))
  answers <- c(answers, paste(10 + term, 5, 25 - 3, digits(r$estimate), digits(sqrt(r$t)), digits(r$df), digits(r$fmi), digits(r$ubar),
                              digits(r$b), sep = ","))
}
writeLines(estimates, "tests/reference/rubin_estimates.csv")
writeLines(answers, "tests/reference/rubin_answers.csv")

n <- 400
d <- data.frame(x1 = rnorm(n), x2 = rbinom(n, 1, 0.4), w = sample(1:4, n, TRUE))
eta <- cbind(0, 0.4 + 0.8 * d$x1, -0.3 - 0.5 * d$x1 + 1.1 * d$x2)
d$code <- apply(exp(eta) / rowSums(exp(eta)), 1, function(p) sample(0:2, 1, prob = p))
write.csv(data.frame(x1 = digits(d$x1), x2 = d$x2, w = d$w, code = d$code), "tests/reference/multinomial_rows.csv", row.names = FALSE, quote = FALSE)
out <- "weighted,level,column,coef,std_error"
for (weighted in 0:1) {
  f <- multinom(factor(code) ~ x1 + x2, d, weights = if (weighted) d$w else rep(1, n), trace = FALSE, reltol = 1e-15, abstol = 1e-15, maxit = 1000, Hess = TRUE)
  # nnet stops at the precision of the likelihood: a Newton step from there.
  X <- cbind(1, d$x1, d$x2); w <- if (weighted) d$w else rep(1, n); b <- coef(f)
  for (step in 1:3) {
    e <- exp(cbind(0, X %*% t(b))); p <- e / rowSums(e)
    score <- unlist(lapply(1:2, function(l) colSums(w * ((d$code == l) - p[, l + 1]) * X)))
    H <- matrix(0, 6, 6)
    for (l in 1:2) for (k in 1:2) H[(l - 1) * 3 + 1:3, (k - 1) * 3 + 1:3] <- t(X) %*% (w * p[, l + 1] * ((l == k) - p[, k + 1]) * X)
    b <- b + matrix(solve(H, score), 2, 3, byrow = TRUE)
  }
  stopifnot(max(abs(b - coef(f))) < 1e-4)
  se <- sqrt(diag(solve(H)))
  for (l in 1:2) for (j in 1:3) out <- c(out, paste(weighted, l, j - 1, digits(b[l, j]), digits(se[(l - 1) * 3 + j]), sep = ","))
}
writeLines(out, "tests/reference/multinomial_answers.csv")
