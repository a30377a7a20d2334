# SPDX-License-Identifier: GPL-3.0-or-later
# gee.R - generalised estimating equations with exchangeable and independent working correlation.
#
#     Rscript scripts/references/gee.R      writes tests/reference/gee_rows.csv and gee_answers.csv
#
# Made with R 4.2.2 and geepack 1.3.9: geeglm(std.err = "san.se"), whose errors are without the factor G / (G - 1).  Rows are made up: clusters
# of 1 to 12 that share a normal effect.

suppressMessages(library(geepack))
set.seed(20261129)
number <- function(x) sprintf("%.17g", x)
G <- 60
size <- sample(1:12, G, TRUE)
x <- data.frame(cluster = rep(seq_len(G), size))
n <- nrow(x)
x$age <- round(runif(n, 18, 70)); x$arm <- rep(rbinom(G, 1, 0.5), size); x$site <- sample(1:3, n, TRUE)
effect <- rep(rnorm(G, 0, 0.9), size)
x$y <- rbinom(n, 1, plogis(-0.6 + 0.5 * x$arm + 0.02 * (x$age - 40) + effect))
x$days <- round(runif(n, 30, 365))
x$count <- rpois(n, x$days / 100 * exp(0.2 - 0.3 * x$arm + 0.01 * (x$age - 40) + effect / 2))
write.csv(x, "tests/reference/gee_rows.csv", row.names = FALSE, quote = FALSE)
control <- geese.control(epsilon = 1e-12, maxit = 200)
answers <- list()
for (model in c("logistic", "poisson")) for (structure in c("independence", "exchangeable")) {
  fit <- if (model == "logistic") geeglm(y ~ arm + age + factor(site), binomial, x, id = cluster, corstr = structure, control = control)
         else geeglm(count ~ arm + age + factor(site) + offset(log(days)), poisson, x, id = cluster, corstr = structure, control = control)
  s <- summary(fit)
  error <- sqrt(diag(fit$geese$vbeta) * G / (G - 1))
  alpha <- if (structure == "exchangeable") fit$geese$alpha[[1]] else 0
  for (k in seq_along(coef(fit)))
    answers[[length(answers) + 1]] <- data.frame(model = model, working = structure, k = k - 1, coef = coef(fit)[[k]], error = error[[k]],
                                                 alpha = alpha, phi = fit$geese$gamma[[1]])
}
all <- do.call(rbind, answers)
for (k in c("coef", "error", "alpha", "phi")) all[[k]] <- number(all[[k]])
write.csv(all, "tests/reference/gee_answers.csv", row.names = FALSE, quote = FALSE)
