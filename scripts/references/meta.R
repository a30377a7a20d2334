# SPDX-License-Identifier: GPL-3.0-or-later
# meta.R - reference values for meta-analysis.
#
#     Rscript scripts/references/meta.R        writes tests/reference/meta_*.csv
#
# Made with R 4.2.2 and metafor 3.8-1.  Set 1 to 3: the BCG trials (dat.bcg of metafor: Colditz et al. 1994) as risk
# difference, log risk ratio and log odds ratio; set 4: two trials of day treatment against inpatient care; the others are random.

suppressMessages(library(metafor))
set.seed(20261128)

write_values <- function(table, name) {
  text <- lapply(table, function(column) {
    if (is.character(column)) column
    else ifelse(is.na(column), "NA", sprintf("%.17g", column))
  })
  write.csv(as.data.frame(text), file.path("tests/reference", paste0("meta_", name, ".csv")),
            row.names = FALSE, quote = FALSE)
}

# ---- studies of two arms: estimates, and Peto's pooled odds ratio --------------------------------------

bcg <- with(dat.bcg, data.frame(x1 = tpos, n1 = tpos + tneg, x0 = cpos, n0 = cpos + cneg))
day <- data.frame(x1 = c(15, 30), n1 = c(32, 56), x0 = c(40, 49), n0 = c(42, 55))
rare <- function(k) {
  n1 <- sample(20:200, k, TRUE); n0 <- sample(20:200, k, TRUE)
  data.frame(x1 = rbinom(k, n1, 0.04), n1 = n1, x0 = rbinom(k, n0, 0.06), n0 = n0)
}
arms <- c(list(bcg, day), lapply(1:12, function(i) rare(sample(2:15, 1))))
measures <- c("RD", "RR", "OR")
arm_rows <- do.call(rbind, lapply(seq_along(arms), function(i) {
  x <- arms[[i]]
  y <- lapply(measures, function(m) escalc(m, ai = x1, n1i = n1, ci = x0, n2i = n0, data = x, add = 1/2, to = "only0"))
  peto <- rma.peto(ai = x$x1, n1i = x$n1, ci = x$x0, n2i = x$n0)
  data.frame(set = i, x, rd = c(y[[1]]$yi), rd_v = y[[1]]$vi, rr = c(y[[2]]$yi), rr_v = y[[2]]$vi, or = c(y[[3]]$yi),
             or_v = y[[3]]$vi, peto = c(peto$beta), peto_se = peto$se, peto_low = peto$ci.lb, peto_high = peto$ci.ub)
}))
write_values(arm_rows, "arms")

# ---- estimates and standard errors --------------------------------------------------------------------

pick <- function(i, what) subset(arm_rows, set == i)[[what]]
random_set <- function(i) {
  k <- sample(2:30, 1)
  se <- exp(rnorm(k, -1.5, 0.6))
  list(y = rnorm(k, rnorm(1), sqrt(se^2 + sample(c(0, 0.01, 0.1, 1), 1))), se = se)
}
sets <- c(list(list(y = pick(1, "rd"), se = sqrt(pick(1, "rd_v"))), list(y = pick(1, "rr"), se = sqrt(pick(1, "rr_v"))),
               list(y = pick(1, "or"), se = sqrt(pick(1, "or_v"))), list(y = pick(2, "rd"), se = sqrt(pick(2, "rd_v")))),
          lapply(1:80, random_set))
write_values(do.call(rbind, lapply(seq_along(sets), function(i) data.frame(set = i, y = sets[[i]]$y, se = sets[[i]]$se))),
             "studies")

tight <- list(threshold = 1e-14, maxiter = 100000, tol = 1e-15)
answer <- function(i, method) {
  s <- sets[[i]]
  fit <- rma(s$y, sei = s$se, method = method, control = tight)
  hk <- rma(s$y, sei = s$se, method = method, test = "knha", control = tight)
  profile <- confint(rma(s$y, sei = s$se, method = "DL"), control = list(tol = 1e-15, tau2.max = 1e6))$random["tau^2", ]
  k <- length(s$y)
  width <- if (k >= 3 && method != "FE") qt(0.975, k - 2) * sqrt(fit$tau2 + fit$se^2) else NA
  data.frame(set = i, method = match(method, c("REML", "DL", "PM", "FE")) - 1, estimate = c(fit$beta), se = fit$se,
             low = fit$ci.lb, high = fit$ci.ub, p = fit$pval, tau2 = fit$tau2, i2 = fit$I2 / 100, q = fit$QE, q_p = fit$QEp,
             hk_se = hk$se, hk_low = hk$ci.lb, hk_high = hk$ci.ub, hk_p = hk$pval, tau2_low = profile[["ci.lb"]],
             tau2_high = profile[["ci.ub"]], pi_low = c(fit$beta) - width, pi_high = c(fit$beta) + width)
}
write_values(do.call(rbind, lapply(seq_along(sets), function(i)
  do.call(rbind, lapply(c("REML", "DL", "PM", "FE"), function(m) answer(i, m))))), "answers")
