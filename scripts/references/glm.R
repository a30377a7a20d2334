# SPDX-License-Identifier: GPL-3.0-or-later
# glm.R - reference values for logistic, Poisson and negative binomial regression.
#
#     Rscript scripts/references/glm.R        writes tests/reference/glm_*.csv
#
# Made with R 4.2.2, sandwich 3.0-2 and MASS 7.3-58.2; fitted to 1e-15.  Firth's estimates maximise the penalised likelihood
# by Newton's method written out here.  Set 0 is tests/reference/lalonde.csv; 1 to 25 are random.

suppressMessages({library(sandwich); library(MASS)})
set.seed(20261130)
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))
write_values <- function(table, name)
  write.csv(as.data.frame(lapply(table, number)), file.path("tests/reference", paste0("glm_", name, ".csv")), row.names = FALSE,
            quote = FALSE)
# No early stop: Fisher scoring of the negative binomial comes closer by a factor only.
tight <- glm.control(epsilon = 1e-300, maxit = 60)

lalonde <- read.csv("tests/reference/lalonde.csv")
first <- with(lalonde, data.frame(set = 0, x1 = age, x2 = re74 / 1000, f = match(race, c("black", "hispan", "white")) - 1, weight = 1,
                                  offset = 0, cluster = educ, y = treat, count = educ))
draw <- function(set) {
  n <- sample(40:200, 1)
  d <- data.frame(set = set, x1 = round(rnorm(n), 3), x2 = round(rnorm(n, 3, 1), 3), f = sample(0:2, n, TRUE), weight = sample(1:3, n, TRUE),
                  offset = round(rnorm(n, 0, 0.3), 3), cluster = sample(0:14, n, TRUE))
  eta <- 0.3 + 0.5 * d$x1 - 0.2 * (d$x2 - 3) + 0.4 * (d$f == 1) + d$offset
  d$y <- rbinom(n, 1, plogis(eta))
  d$count <- rnbinom(n, mu = exp(eta), size = 1.7)
  d
}
sets <- c(list(first), lapply(1:25, draw))

firth <- function(X, y, w, o) {
  b <- rep(0, ncol(X))
  for (k in 1:500) {
    m <- plogis(drop(X %*% b) + o); W <- w * m * (1 - m)
    V <- solve(crossprod(X * sqrt(W)))
    h <- rowSums((X %*% V) * X) * W
    step <- drop(V %*% crossprod(X, w * (y - m) + h * (0.5 - m)))
    step <- step * min(1, 2 / max(abs(X %*% step)))
    b <- b + step
    if (max(abs(step) / sqrt(diag(V))) < 1e-14) break
  }
  m <- plogis(drop(X %*% b) + o)
  V <- solve(crossprod(X * sqrt(w * m * (1 - m))))
  list(b = b, se = sqrt(diag(V)), loglik = sum(w * log(ifelse(y == 1, m, 1 - m))) - as.numeric(determinant(V)$modulus) / 2)
}

# Frequencies as copies of the row, so that R's n and leverages are those of people.
copies <- function(d) d[rep(seq_len(nrow(d)), d$weight), ]
se <- function(V) sqrt(diag(V))
answer <- function(d, family) {
  e <- copies(d)
  f <- if (family == 0) y ~ x1 + x2 + factor(f) + offset(offset) else count ~ x1 + x2 + factor(f) + offset(offset)
  theta <- NA; theta_se <- NA
  if (family == 2) {
    # glm.nb stops early and can fail to start: its likelihood equations, solved in turn
    slope <- function(l, y, m) { t <- exp(l); sum(digamma(t + y) - digamma(t) + log(t) + 1 - log(t + m) - (y + t) / (m + t)) }
    fit <- glm(f, poisson(), e, control = tight)
    if (slope(log(1e5), fit$y, fitted(fit)) > 0) return(NULL)
    for (k in 1:100) {
      theta <- exp(uniroot(slope, c(-7, 12), fit$y, fitted(fit), tol = 1e-15)$root)
      fit <- glm(f, negative.binomial(theta), e, control = tight)
    }
    y <- fit$y; m <- fitted(fit)
    theta_se <- 1 / sqrt(-sum(trigamma(theta + y) - trigamma(theta) + 1 / theta - 2 / (m + theta) + (y + theta) / (m + theta)^2))
    V <- summary(fit, dispersion = 1)$cov.scaled
    ll <- sum(dnbinom(fit$y, size = theta, mu = fitted(fit), log = TRUE))
    null <- glm(update(f, . ~ offset(offset)), negative.binomial(theta), e, control = tight)
    ll0 <- sum(dnbinom(fit$y, size = theta, mu = fitted(null), log = TRUE))
  } else {
    kind <- if (family == 0) binomial() else poisson()
    fit <- glm(f, kind, e, control = tight)
    V <- vcov(fit); ll <- as.numeric(logLik(fit))
    null <- glm(update(f, . ~ offset(offset)), kind, e, control = tight)
    ll0 <- as.numeric(logLik(null))
  }
  # glm() stops when the deviance stands still, which leaves 1e-8 in the coefficients: a few Newton steps more.
  polish <- function(X, b, y, w, o) {
    for (k in 1:(if (family == 2) 400 else 12)) {
      m <- (if (family == 0) plogis else exp)(drop(X %*% b) + o)
      info <- switch(family + 1, m * (1 - m), m, m / (1 + m / theta))
      V <- solve(crossprod(X * sqrt(w * info)))
      b <- b + drop(V %*% crossprod(X, w * (y - m) * (if (family == 2) 1 / (1 + m / theta) else 1)))
    }
    list(b = b, V = V)
  }
  better <- polish(model.matrix(f, d), coef(fit), if (family == 0) d$y else d$count, d$weight, d$offset)
  V <- better$V
  hc <- function(type) se(vcovHC(fit, type))
  cl <- se(vcovCL(fit, cluster = e$cluster, type = "HC0"))
  # sampling weights: the same rows once, weighted
  X <- model.matrix(f, d)
  m <- predict(fit, d, type = "response")
  y <- if (family == 0) d$y else d$count
  w <- d$weight
  info <- switch(family + 1, m * (1 - m), m, m / (1 + m / theta))
  r <- switch(family + 1, y - m, y - m, (y - m) / (1 + m / theta))
  A <- solve(crossprod(X * sqrt(w * info)))
  sampling <- se(A %*% crossprod(X * (w * r)) %*% A)
  score <- {
    m0 <- predict(null, d, type = "response")
    i0 <- switch(family + 1, m0 * (1 - m0), m0, m0 / (1 + m0 / theta)); r0 <- switch(family + 1, y - m0, y - m0, (y - m0) / (1 + m0 / theta))
    U <- crossprod(X, w * r0)
    drop(t(U) %*% solve(crossprod(X * sqrt(w * i0)), U))
  }
  b <- better$b; k <- 2:length(b)
  wald <- drop(t(b[k]) %*% solve(V[k, k], b[k]))
  fi <- if (family == 0) firth(X, y, w, d$offset) else list(b = rep(NA, 5), se = rep(NA, 5), loglik = NA)
  data.frame(set = d$set[1], family = family, term = seq_along(b) - 1, coef = b, se = se(V), hc0 = hc("HC0"), hc1 = hc("HC1"),
             hc2 = hc("HC2"), hc3 = hc("HC3"), clustered = cl, sampling = sampling, loglik = ll, loglik_null = ll0,
             deviance = deviance(fit), score = score, wald = wald, theta = theta, theta_se = theta_se, firth = fi$b, firth_se = fi$se,
             firth_loglik = fi$loglik)
}
write_values(do.call(rbind, sets), "rows")
write_values(do.call(rbind, lapply(sets, function(d) do.call(rbind, lapply(0:2, function(g)
  if (g == 2 && d$set[1] == 0) NULL else answer(d, g))))), "answers")
