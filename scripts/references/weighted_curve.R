# SPDX-License-Identifier: GPL-3.0-or-later
# weighted_curve.R - weighted survival and cumulative incidence with infinitesimal-jackknife errors.
#
#     Rscript scripts/references/weighted_curve.R      writes tests/reference/weighted_curve_*.csv
#
# Made with R 4.2.2 and survival 3.5-3: survfit with weights and robust errors, one state and two competing causes.

suppressMessages(library(survival))
set.seed(20261129)
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))

draw <- function(set) {
  n <- sample(12:60, 1)
  data.frame(set = set, time = sample(1:20, n, TRUE), cause = sample(0:2, n, TRUE), weight = round(rexp(n) + 0.05, 3))
}
answers <- function(x) {
  x$id <- seq_len(nrow(x))
  one <- survfit(Surv(time, cause > 0) ~ 1, x, weights = weight, id = id, robust = TRUE)
  two <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, x, weights = weight, id = id)
  at <- c(3, 8, 14)
  s <- summary(one, times = at, extend = TRUE); f <- summary(two, times = at, extend = TRUE)
  data.frame(set = x$set[1], at = at, surv = s$surv, surv_se = s$std.err, risk_1 = f$pstate[, 2], risk_2 = f$pstate[, 3],
             risk_1_se = f$std.err[, 2], risk_2_se = f$std.err[, 3])
}
sets <- lapply(1:40, draw)
write.csv(as.data.frame(lapply(do.call(rbind, sets), number)), "tests/reference/weighted_curve_rows.csv",
          row.names = FALSE, quote = FALSE)
write.csv(as.data.frame(lapply(do.call(rbind, lapply(sets, answers)), number)), "tests/reference/weighted_curve_answers.csv",
          row.names = FALSE, quote = FALSE)
