# SPDX-License-Identifier: GPL-3.0-or-later
# rate_ratio.R - exact limits of the ratio of two rates, from poisson.test().
#
#     Rscript scripts/references/rate_ratio.R      writes tests/reference/rate_ratios.csv
#
# Made with R 4.2.2.

cases <- data.frame(a = c(11, 0, 5, 40, 1, 300, 1159, 2316, 100000, 3, 1e6, 5e6), t = c(800, 12.5, 31, 1e4, 3, 71234, 5e5, 1e6, 1e7, 100, 3e7, 1e9),
                    b = c(6, 4, 7, 38, 1, 421, 1048, 2185, 100500, 500000, 998500, 5001000), u = c(1083, 40, 31, 9e3, 900, 80000.5, 4.9e5, 1e6, 1e7, 2e7, 3e7, 1e9))
rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) with(cases[i, ], {
  f <- poisson.test(c(a, b), c(t, u))
  data.frame(a = a, t = t, b = b, u = u, estimate = unname(f$estimate), low = f$conf.int[1], high = f$conf.int[2], p = f$p.value)
})))
for (k in names(rows)) rows[[k]] <- sprintf("%.17g", rows[[k]])
write.csv(rows, "tests/reference/rate_ratios.csv", row.names = FALSE, quote = FALSE)
