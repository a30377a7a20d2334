# SPDX-License-Identifier: GPL-3.0-or-later
# glm.R ROWS - R's glm(binomial) on the shape of bench_adjust logistic: 8 factors of 3 levels and 14 numbers.  Prints seconds of CPU and those that passed.
n <- as.numeric(commandArgs(TRUE)[1]); set.seed(1)
y <- as.numeric(seq_len(n) <= n / 3)
d <- as.data.frame(c(setNames(lapply(1:8, function(k) factor(pmin(floor(3 * (runif(n) + 0.05 * y)), 2))), paste0("f", 1:8)),
                     setNames(lapply(1:14, function(k) runif(n) + 0.1 * y), paste0("x", 1:14))))
d$y <- y
t <- system.time(fit <- glm(y ~ ., binomial, d))
cat(sprintf("glm %.0f rows x %d columns: %.2f s of CPU, %.2f s passed, %d iterations\n", n, length(coef(fit)) - 1, t[[1]] + t[[2]], t[[3]], fit$iter))
