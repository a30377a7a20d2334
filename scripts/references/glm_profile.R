# SPDX-License-Identifier: GPL-3.0-or-later
# glm_profile.R - profile likelihood limits, by roots of whole fits.
#
#     Rscript scripts/references/glm_profile.R      writes tests/reference/glm_profiles.csv
#
# Made with R 4.2.2 and MASS 7.3-58.2, of tests/reference/gee_rows.csv (gee.R).  The limits are roots (uniroot) of the deviance of glm() with the
# coefficient held by an offset; those of confint(), which interpolates, stand beside.

suppressMessages(library(MASS))
x <- read.csv("tests/reference/gee_rows.csv")
control <- glm.control(epsilon = 1e-15, maxit = 100)
rows <- list()
for (model in c("logistic", "poisson")) {
  X <- model.matrix(~ arm + age + factor(site), x)
  y <- if (model == "logistic") x$y else x$count
  o <- if (model == "logistic") rep(0, nrow(x)) else log(x$days)
  family <- if (model == "logistic") binomial() else poisson()
  fit <- glm.fit(X, y, offset = o, family = family, control = control)
  error <- sqrt(diag(chol2inv(fit$qr$qr[1:5, 1:5])))
  for (j in 2:5) {
    excess <- function(b) glm.fit(X[, -j], y, offset = o + b * X[, j], family = family, control = control)$deviance - fit$deviance - qchisq(0.95, 1)
    b <- coef(fit)[[j]]
    low <- uniroot(excess, c(b - 5 * error[j], b), tol = 1e-13)$root
    high <- uniroot(excess, c(b, b + 5 * error[j]), tol = 1e-13)$root
    rows[[length(rows) + 1]] <- data.frame(model = model, k = j - 1, low = low, high = high)
  }
}
full <- glm(y ~ arm + age + factor(site), binomial, x)
limits <- suppressMessages(confint(full))[2:5, ]
mass <- rbind(limits, matrix(NA, 4, 2))
all <- do.call(rbind, rows); all$mass_low <- mass[, 1]; all$mass_high <- mass[, 2]
for (k in c("low", "high", "mass_low", "mass_high")) all[[k]] <- ifelse(is.na(all[[k]]), "", sprintf("%.17g", all[[k]]))
write.csv(all, "tests/reference/glm_profiles.csv", row.names = FALSE, quote = FALSE)
