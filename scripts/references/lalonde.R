# SPDX-License-Identifier: GPL-3.0-or-later
# lalonde.R - 614 men of the National Supported Work demonstration and the PSID, and what R makes of them.
#
#     Rscript scripts/references/lalonde.R        writes tests/reference/lalonde*.csv
#
# Data: MatchIt::lalonde (MatchIt 4.5.1, GPL-2 or later), a part of the data of Lalonde 1986 and Dehejia & Wahba 1999,
# doi:10.1080/01621459.1999.10473858.  score: fitted value of glm(binomial), fitted to 1e-15.

suppressMessages(library(MatchIt))
data(lalonde)
tight <- glm.control(epsilon = 1e-15, maxit = 100)
fit <- glm(treat ~ age + educ + race + married + nodegree + re74 + re75, binomial, lalonde, control = tight)
score <- fitted(fit)
text <- function(x) if (is.factor(x)) as.character(x) else sprintf("%.17g", x)
write.csv(as.data.frame(lapply(cbind(lalonde, score = score), text)), "tests/reference/lalonde.csv", row.names = FALSE,
          quote = FALSE)

# Greedy nearest neighbours, the largest score first, the first control in order among equals.
greedy <- function(caliper) {
  treated <- which(lalonde$treat == 1); control <- which(lalonde$treat == 0); used <- rep(FALSE, nrow(lalonde)); pairs <- NULL
  for (i in treated[order(-score[treated])]) {
    d <- abs(score[control] - score[i]); d[used[control]] <- Inf
    j <- which.min(d)
    if (d[j] <= caliper) { used[control[j]] <- TRUE; pairs <- rbind(pairs, c(i, control[j])) }
  }
  pairs
}
row <- function(caliper) {
  p <- greedy(caliper)
  data.frame(caliper = sprintf("%.17g", caliper), pairs = nrow(p),
             distance = sprintf("%.17g", sum(sort(abs(score[p[, 1]] - score[p[, 2]])))))
}
write.csv(do.call(rbind, lapply(c(1, 0.2, 0.05, 0.001) * sd(score), row)), "tests/reference/lalonde_match.csv",
          row.names = FALSE, quote = FALSE)

# ---- weights: a propensity of age and marriage, and the difference in earnings --------------------------------

write.csv(lalonde[c("treat", "age", "married", "educ", "re78")], "tests/reference/lalonde_two.csv", row.names = FALSE, quote = FALSE)
X <- with(lalonde, cbind(1, age, married)); a <- lalonde$treat; y <- lalonde$re78
b <- coef(glm(a ~ X - 1, binomial, control = tight))
weight <- function(e, k) switch(k, ifelse(a == 1, 1 / e, 1 / (1 - e)), ifelse(a == 1, 1, e / (1 - e)), ifelse(a == 1, (1 - e) / e, 1),
                                ifelse(a == 1, 1 - e, e))
# Estimating equations of the model and both means; their slopes by central differences.
psi <- function(theta, k) {
  e <- plogis(drop(X %*% theta[1:3])); w <- weight(e, k)
  cbind(X * (a - e), w * a * (y - theta[4]), w * (1 - a) * (y - theta[5]))
}
stacked <- function(k) {
  w <- weight(plogis(drop(X %*% b)), k)
  theta <- c(b, weighted.mean(y[a == 1], w[a == 1]), weighted.mean(y[a == 0], w[a == 0]))
  A <- sapply(1:5, function(j) {
    h <- 1e-5 * max(abs(theta[j]), 1e-2); up <- theta; down <- theta; up[j] <- up[j] + h; down[j] <- down[j] - h
    colSums(psi(up, k) - psi(down, k)) / (2 * h)
  })
  bread <- solve(A); p <- psi(theta, k); l <- c(0, 0, 0, 1, -1)
  by_educ <- rowsum(p, lalonde$educ); g <- nrow(by_educ)
  se <- function(B) sqrt(drop(l %*% bread %*% B %*% t(bread) %*% l))
  ess <- function(w) sum(w)^2 / sum(w^2)
  data.frame(estimand = k - 1, difference = theta[4] - theta[5], se = se(crossprod(p)),
             se_clustered = sqrt(g / (g - 1)) * se(crossprod(by_educ)), ess_treated = ess(w[a == 1]), ess_control = ess(w[a == 0]))
}
write.csv(as.data.frame(lapply(do.call(rbind, lapply(1:4, stacked)), function(x) sprintf("%.17g", x))),
          "tests/reference/lalonde_weights.csv", row.names = FALSE, quote = FALSE)

# ---- balance under those weights -----------------------------------------------------------------------------

moments <- function(x, w) {
  m <- weighted.mean(x, w)
  c(m, sum(w * (x - m)^2) / (sum(w) - sum(w^2) / sum(w)))
}
ks <- function(x, w) {
  at <- sort(unique(x))
  F <- function(i) sapply(at, function(q) sum(w[i & x <= q])) / sum(w[i])
  max(abs(F(a == 1) - F(a == 0)))
}
balance <- function(k, name) {
  w <- if (k == 0) rep(1, nrow(lalonde)) else weight(plogis(drop(X %*% b)), k)
  x <- lalonde[[name]]
  m1 <- moments(x[a == 1], w[a == 1]); m0 <- moments(x[a == 0], w[a == 0])
  data.frame(estimand = k - 1, column = match(name, names(lalonde)), mean_treated = m1[1], var_treated = m1[2], mean_control = m0[1],
             var_control = m0[2], ks = ks(x, w))
}
rows <- do.call(rbind, lapply(0:4, function(k) do.call(rbind, lapply(c("age", "re78"), function(v) balance(k, v)))))
stopifnot(all.equal(rows$ks[1], unname(suppressWarnings(ks.test(lalonde$age[a == 1], lalonde$age[a == 0]))$statistic)))
write.csv(as.data.frame(lapply(rows, function(x) sprintf("%.17g", x))), "tests/reference/lalonde_balance.csv", row.names = FALSE,
          quote = FALSE)
