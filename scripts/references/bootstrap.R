# SPDX-License-Identifier: GPL-3.0-or-later
# Bootstrap limits of given replicates, by boot.ci of R's package boot.
#
#   Rscript scripts/references/bootstrap.R    writes tests/reference/bootstrap_replicates.csv and bootstrap_limits.csv
#
# Made with R 4.2.2, boot 1.3-28.1.  Replicates: set, t.  Limits: set, estimate, acceleration, level, perc_low, perc_high, bca_low, bca_high.
suppressMessages(library(boot))
set.seed(as.numeric(Sys.getenv("REFERENCE_SEED", "29")))
number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
rows <- limits <- character()
for (set in 1:12) {
    x <- switch(1 + set %% 3, rexp(25), rnorm(40), rgamma(15, .7))
    statistic <- if (set %% 2 == 0) function(d, i) mean(d[i]) else function(d, i) log(var(d[i]))
    b <- boot(x, statistic, R = c(99, 199, 250)[1 + set %% 3])
    L <- empinf(b, type = "jack")
    a <- sum(L^3) / (6 * sum(L^2)^1.5)
    rows <- c(rows, paste(set, number(b$t), sep = ","))
    for (level in c(.5, .9)) {
        ci <- boot.ci(b, conf = level, type = c("perc", "bca"), L = L)
        limits <- c(limits, paste(c(set, number(c(b$t0, a, level, ci$percent[4:5], ci$bca[4:5]))), collapse = ","))
    }
}
writeLines(c("set,t", rows), "tests/reference/bootstrap_replicates.csv")
writeLines(c("set,estimate,acceleration,level,perc_low,perc_high,bca_low,bca_high", limits), "tests/reference/bootstrap_limits.csv")
