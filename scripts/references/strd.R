# SPDX-License-Identifier: GPL-3.0-or-later
# strd.R - what R says about the data sets with certified values of NIST (StRD), to compare digits with.
#
#     Rscript scripts/references/strd.R        writes tests/reference/strd/r.csv
#
# Made with R 4.2.2.  NumAcc2-4 and SmLs01-09 follow a rule and are made here and in the test.

folder <- "tests/reference/strd"
answers <- NULL
add <- function(set, quantity, value)
  answers <<- rbind(answers, data.frame(set, quantity, value = sprintf("%.17g", value)))
read <- function(set) read.csv(file.path(folder, paste0(set, ".csv")))

summaries <- list(NumAcc1 = c(10000001, 10000003, 10000002))
for (set in c("Lew", "Lottery", "Mavro", "Michelso", "PiDigits")) summaries[[set]] <- read(set)$y
for (k in 2:4) {
  base <- c(0, 1, 1000000, 10000000)[k]
  summaries[[paste0("NumAcc", k)]] <- c(base * 10 + 2, rep(c(base * 10 + 1, base * 10 + 3), 500)) / 10
}
for (set in names(summaries)) {
  y <- summaries[[set]]
  d <- y - mean(y)
  add(set, "mean", mean(y))
  add(set, "sd", sd(y))
  add(set, "lag1", sum(d[-1] * d[-length(d)]) / sum(d^2))
}

designs <- list(SiRstv = read("SiRstv"))
for (k in 1:9) {
  base <- c(1, 1000001, 1000000000001)[(k - 1) %/% 3 + 1]
  pairs <- c(10, 100, 1000)[(k - 1) %% 3 + 1]
  middle <- c(4, 3, 5, 3, 5, 3, 5, 3, 5)
  y <- unlist(lapply(middle, function(m) (base * 10 + c(m, rep(c(m - 1, m + 1), pairs))) / 10))
  designs[[sprintf("SmLs%02d", k)]] <- data.frame(treatment = rep(1:9, each = 2 * pairs + 1), y = y)
}
for (set in names(designs)) {
  fit <- lm(y ~ factor(treatment), designs[[set]])
  table <- anova(fit)
  add(set, "SS_between", table[1, "Sum Sq"])
  add(set, "SS_within", table[2, "Sum Sq"])
  add(set, "F", table[1, "F value"])
  add(set, "R2", summary(fit)$r.squared)
  add(set, "resid_sd", summary(fit)$sigma)
}

powers <- function(n) reformulate(c("x", if (n > 1) sprintf("I(x^%d)", 2:n)), "y")
formulas <- list(Norris = powers(1), Pontius = powers(2), Filip = powers(10), NoInt1 = y ~ x - 1, NoInt2 = y ~ x - 1,
                 Longley = y ~ x1 + x2 + x3 + x4 + x5 + x6)
for (k in 1:5) formulas[[paste0("Wampler", k)]] <- powers(5)
for (set in names(formulas)) {
  fit <- lm(formulas[[set]], read(set), tol = 1e-20)
  table <- suppressWarnings(summary(fit))$coefficients
  first <- if (set %in% c("NoInt1", "NoInt2")) 1 else 0
  for (k in seq_len(nrow(table))) add(set, paste0("b", first + k - 1), table[k, 1])
  for (k in seq_len(nrow(table))) add(set, paste0("se", first + k - 1), table[k, 2])
  add(set, "resid_sd", suppressWarnings(summary(fit))$sigma)
}
write.csv(answers, file.path(folder, "r.csv"), row.names = FALSE, quote = FALSE)
